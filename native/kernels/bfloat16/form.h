// How the products in bfloat16 are computed by the set this file is compiled for.
//
//   tiles    the matrix unit (AMX-BF16): pairs of operands, weights in panels of two tiles
//   dots     vdpbf16ps (AVX512-BF16): pairs of operands, weights in panels of two packets
//   widened  what every set has: weights become float32 as they are loaded, operands are float32 numbers rounded to bfloat16
//
// Panels are the same in all of them: for each pair of depth rows k, k + 1 and each column a word of 32 bits, the even row in its lower
// half. All sums run over k in a fixed order, which the operations decide (tile_unit.h, dot.h): forms differ in bits.
#pragma once

#include <cstdint>

#include "kernels/packet.h"

// Tests compile tiles and dots for any processor, with plain operations.
#if defined(BPTT_PLAIN_TILES)
#define BPTT_TILES 1
#elif defined(BPTT_PLAIN_DOTS)
#define BPTT_DOTS 1
#elif defined(__AMX_BF16__)
#define BPTT_TILES 1
#elif defined(__AVX512BF16__)
#define BPTT_DOTS 1
#endif

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

using Word = std::uint32_t;  // two weights or operands

#if defined(BPTT_TILES)
using Number = std::uint16_t;  // of an operand
constexpr int tile_columns = 16, depth_unit = 32;
#elif defined(BPTT_DOTS)
using Number = std::uint16_t;
constexpr int tile_columns = lanes, depth_unit = 2;
#else
using Number = float;
constexpr int tile_columns = lanes, depth_unit = 2;
#endif
constexpr int panel_columns = 2 * tile_columns;

static inline int whole_units(int depth) { return (depth + depth_unit - 1) / depth_unit * depth_unit; }
// Columns that a panel is stored with, of which so many are used.
static inline int stored_columns(int used) { return used > tile_columns ? panel_columns : tile_columns; }

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

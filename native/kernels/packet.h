// The packet of the instruction set this file is compiled for, on Eigen's own packet types.
#pragma once

#include <Eigen/Core>

#include "kernels/kernels.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

using Scalar = BPTT_SCALAR;
using Packet = Eigen::internal::packet_traits<Scalar>::type;
using Index = std::ptrdiff_t;

constexpr int lanes = Eigen::internal::unpacket_traits<Packet>::size;
// A panel is two packets wide: with six rows that is 12 sums in 16 registers, with twelve rows 24 in 32.
constexpr int panel_packets = 2;
constexpr int panel = panel_packets * lanes;
#if defined(EIGEN_VECTORIZE_AVX512) || defined(EIGEN_VECTORIZE_NEON)
constexpr int tile_rows = 12;
#else
constexpr int tile_rows = 6;
#endif
constexpr int tile_sums = tile_rows * panel_packets;

static inline Packet load(const Scalar* p) { return Eigen::internal::ploadu<Packet>(p); }
static inline void store(Scalar* p, const Packet& x) { Eigen::internal::pstoreu(p, x); }
static inline Packet broadcast(Scalar x) { return Eigen::internal::pset1<Packet>(x); }
static inline Packet add(const Packet& a, const Packet& b) { return Eigen::internal::padd(a, b); }
static inline Packet subtract(const Packet& a, const Packet& b) { return Eigen::internal::psub(a, b); }
static inline Packet multiply(const Packet& a, const Packet& b) { return Eigen::internal::pmul(a, b); }
static inline Packet divide(const Packet& a, const Packet& b) { return Eigen::internal::pdiv(a, b); }
// a·b + c
static inline Packet multiply_add(const Packet& a, const Packet& b, const Packet& c) { return Eigen::internal::pmadd(a, b, c); }
// c − a·b
static inline Packet subtract_product(const Packet& c, const Packet& a, const Packet& b) { return Eigen::internal::pnmadd(a, b, c); }

// Brings a cache line near; p may lie anywhere.
static inline void fetch(const char* p) { Eigen::internal::prefetch(reinterpret_cast<const Scalar*>(p)); }

// The first `count` lanes, the others 0.
static inline Packet load_part(const Scalar* p, int count) {
  alignas(64) Scalar lane[lanes] = {};
  for (int i = 0; i < count; ++i) lane[i] = p[i];
  return Eigen::internal::pload<Packet>(lane);
}
static inline void store_part(Scalar* p, const Packet& x, int count) {
  alignas(64) Scalar lane[lanes];
  Eigen::internal::pstore(lane, x);
  for (int i = 0; i < count; ++i) p[i] = lane[i];
}

static inline int smaller(int a, int b) { return a < b ? a : b; }
// Units or columns rounded up to whole packets.
static inline int padded(int n) { return (n + lanes - 1) / lanes * lanes; }

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

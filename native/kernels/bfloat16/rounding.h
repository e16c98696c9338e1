// float32 → bfloat16: the upper half of the 32 bits, rounded to nearest, ties to even. NaN stays a (quiet) NaN.
#pragma once

#include <cstring>

#include "kernels/bfloat16/form.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

static EIGEN_STRONG_INLINE Word bits_of(float x) {
  Word bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
static EIGEN_STRONG_INLINE float from_bits(Word bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}
// In the upper half, the lower one 0.
static EIGEN_STRONG_INLINE Word rounded(float x) {
  const Word bits = bits_of(x);
  const Word nearest = bits + 0x7fffu + (bits >> 16 & 1u);
  return ((bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x400000u : nearest) & 0xffff0000u;
}
static EIGEN_STRONG_INLINE Word pair(float even, float odd) { return rounded(odd) | rounded(even) >> 16; }

static EIGEN_STRONG_INLINE void put(float x, std::uint16_t* to) { *to = static_cast<std::uint16_t>(rounded(x) >> 16); }
static EIGEN_STRONG_INLINE void put(float x, float* to) { *to = from_bits(rounded(x)); }

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

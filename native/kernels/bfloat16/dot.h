// The step of a dot product in packets: each lane adds the two products of a pair of operands and a pair of weights, the odd one first,
// each by a fused multiply-add.
//
//   vdpbf16ps  takes denormal numbers for 0 and gives 0 for denormal sums, whatever the processor is set to
//   widened    does not; where a processor has no fused multiply-add it rounds twice
//   plain      what vdpbf16ps does, in C++, lane by lane
#pragma once

#include <cmath>
#include <limits>

#include "kernels/bfloat16/rounding.h"

#if defined(BPTT_DOTS) && !defined(BPTT_PLAIN_DOTS)
#include <immintrin.h>
#endif

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

// 0 of the same sign in place of a denormal number.
static EIGEN_STRONG_INLINE float flushed(float x) {
  const Word bits = bits_of(x);
  return (bits & 0x7f800000u) == 0 ? from_bits(bits & 0x80000000u) : x;
}
static EIGEN_STRONG_INLINE float lower(Word pair) { return from_bits(pair << 16); }
static EIGEN_STRONG_INLINE float upper(Word pair) { return from_bits(pair & 0xffff0000u); }
// sum + a · b as these instructions compute it, of a and b in bfloat16: their product is exact where it is neither denormal nor too large.
static EIGEN_STRONG_INLINE float flushed_multiply_add(float a, float b, float sum) {
  const float product = a * b;
  if (std::fabs(product) >= std::numeric_limits<float>::min() && std::fabs(product) <= std::numeric_limits<float>::max()) return flushed(product + flushed(sum));
  return flushed(std::fmaf(flushed(a), flushed(b), flushed(sum)));
}

#if defined(BPTT_PLAIN_DOTS)

struct Weights {
  alignas(64) Word lane[lanes];
};
static inline Weights load_weights(const Word* words) {
  Weights weights;
  std::memcpy(weights.lane, words, sizeof weights.lane);
  return weights;
}
static inline Packet add_dots(const Packet& sums, const Number* a, const Weights& weights) {
  alignas(64) float sum[lanes];
  store(sum, sums);
  const float even = from_bits(Word(a[0]) << 16), odd = from_bits(Word(a[1]) << 16);
  for (int i = 0; i < lanes; ++i)
    sum[i] = flushed_multiply_add(even, lower(weights.lane[i]), flushed_multiply_add(odd, upper(weights.lane[i]), sum[i]));
  return load(sum);
}

#elif defined(BPTT_DOTS)

using Weights = __m512bh;
static EIGEN_STRONG_INLINE Weights load_weights(const Word* words) { return (__m512bh)_mm512_loadu_si512(words); }
static EIGEN_STRONG_INLINE Packet add_dots(const Packet& sums, const Number* a, const Weights& weights) {
  int pair;
  std::memcpy(&pair, a, sizeof pair);
  return _mm512_dpbf16_ps(sums, (__m512bh)_mm512_set1_epi32(pair), weights);
}

#elif !defined(BPTT_TILES)

struct Weights {
  Packet even, odd;
};
static EIGEN_STRONG_INLINE Weights load_weights(const Word* words) {
  using namespace Eigen::internal;
  using Integers = typename unpacket_traits<Packet>::integer_packet;
  const Packet pairs = ploadu<Packet>(reinterpret_cast<const float*>(words));
  return {preinterpret<Packet>(plogical_shift_left<16>(preinterpret<Integers>(pairs))), pand(pairs, preinterpret<Packet>(pset1<Integers>(int(0xffff0000u))))};
}
static EIGEN_STRONG_INLINE Packet add_dots(const Packet& sums, const Number* a, const Weights& weights) {
  return multiply_add(broadcast(a[0]), weights.even, multiply_add(broadcast(a[1]), weights.odd, sums));
}

#endif

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

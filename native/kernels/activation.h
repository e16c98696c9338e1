// The nonlinearities on packets. NaN in gives NaN out. The errors stated are those of float32, largest over a sample of
// all bit patterns (test/native/kernels/activation_error.cpp holds them to 5 and 3 ulp).
#pragma once

#include "kernels/packet.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

static inline Packet exponential(const Packet& x) { return Eigen::internal::pexp(x); }

// At most 4.3 ulp with fused multiply-add, 4.8 without. tanh x = (e^2x − 1)/(e^2x + 1) would cancel near 0; Eigen's
// rational approximation does not.
static inline Packet hyperbolic_tangent(const Packet& x) { return Eigen::internal::ptanh(x); }

// e^−x is found as 2 · e^−r · 2^(m−1), where m is an integer and r small: so it may reach infinity, and σ(x) then 0.
// Adding 126 to m puts the exponent of 2^(m−1) into the low bits of a float.
static inline Packet logistic_float(const Packet& x) {
  using Integers = Eigen::internal::unpacket_traits<Packet>::integer_packet;
  const auto constant = [](double value) { return broadcast(Scalar(value)); };
  const Packet shift = constant(12582912 + 126);  // 1.5 · 2²³: what is added to it is rounded to an integer
  // In this order NaN passes.
  const Packet limited = Eigen::internal::pmax(Eigen::internal::pmin(x, constant(87)), constant(-88.8));
  const Packet shifted = multiply_add(limited, constant(-1.4426950408889634), shift);
  const Packet m = subtract(shifted, shift);
  // r = x + m·ln 2 with ln 2 in two parts; e^−r by its series, the coefficients fitted to |r| ≤ ln 2 / 2 (those of Eigen's pexp).
  const Packet r = multiply_add(m, constant(-2.12194440e-4), multiply_add(m, constant(0.693359375), limited));
  const Packet r2 = multiply(r, r);
  const Packet odd = multiply_add(r2, constant(-8.36894474923610687255859375e-3), constant(-0.16666518151760101318359375));
  Packet even = multiply_add(r2, constant(1.37449637986719608306884765625e-3), constant(4.166965186595916748046875e-2));
  even = multiply_add(r2, even, constant(0.49999988079071044921875));
  // What is small is added up first, and 1 last.
  const Packet y = subtract(constant(1), subtract_product(r, r2, multiply_add(r, odd, even)));
  const Packet power = Eigen::internal::preinterpret<Packet>(Eigen::internal::plogical_shift_left<23>(Eigen::internal::preinterpret<Integers>(shifted)));
  return divide(constant(1), multiply_add(multiply(y, power), constant(2), constant(1)));
}

// σ(x) = 1 / (1 + e^−x), at most 2.4 ulp; results below 1e-37 may be 0.
static inline Packet logistic(const Packet& x) {
  if constexpr (sizeof(Scalar) == sizeof(float)) return logistic_float(x);
  const Packet one = broadcast(Scalar(1));
  return divide(one, add(one, exponential(Eigen::internal::pnegate(x))));
}

static inline Packet rectified(const Packet& x) {
  // Written so that NaN stays NaN: max(x, 0) would drop it on some processors.
  const Packet zero = broadcast(Scalar(0));
  return Eigen::internal::pselect(Eigen::internal::pcmp_lt(x, zero), zero, x);
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

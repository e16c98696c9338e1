// The nonlinearities on packets. NaN in gives NaN out. The errors stated are those of float32, largest over a sample of
// all bit patterns (test/native/activation_error.cpp holds them to 5 and 3 ulp).
#pragma once

#include "kernels/packet.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

static inline Packet exponential(const Packet& x) { return Eigen::internal::pexp(x); }

// At most 4.3 ulp with fused multiply-add, 4.8 without. tanh x = (e^2x − 1)/(e^2x + 1) would cancel near 0; Eigen's
// rational approximation does not.
static inline Packet hyperbolic_tangent(const Packet& x) { return Eigen::internal::ptanh(x); }

// σ(x) = 1 / (1 + e^−x), at most 2.8 ulp; results below 1e-37 become 0.
static inline Packet logistic(const Packet& x) {
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

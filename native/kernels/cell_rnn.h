#pragma once

#include "kernels/cell_unit.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace {

// Saved: –, and da.
template <Activation activation>
struct Rnn {
  static constexpr SlotSource sources[] = {x_and_h};
  static constexpr int first = 0, end = 1;

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    const Packet& x = sums[0];
    if constexpr (activation == Activation::tanh) at.finish(hyperbolic_tangent(x));
    else if constexpr (activation == Activation::relu) at.finish(rectified(x));
    else if constexpr (activation == Activation::sigmoid) at.finish(logistic(x));
    else at.finish(x);
  }

  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    const Packet d = at.gradient(), h = load(at.at(at.step.h_next));
    if constexpr (activation == Activation::tanh) store(at.slot(0), through_tanh(d, h));
    else if constexpr (activation == Activation::sigmoid) store(at.slot(0), through_logistic(d, h));
    else if constexpr (activation == Activation::relu) {
      const Packet zero = broadcast(Scalar(0));
      store(at.slot(0), Eigen::internal::pselect(Eigen::internal::pcmp_lt(zero, h), d, zero));
    } else store(at.slot(0), d);
  }
};

}  // namespace
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

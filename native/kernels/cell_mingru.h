#pragma once

#include "kernels/cell_unit.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace {

// h = h⟨t−1⟩ + z (h̃ − h⟨t−1⟩), where neither z nor h̃ looks at h⟨t−1⟩. Saved: z h̃, and their gradients.
struct MinGru {
  static constexpr SlotSource sources[] = {x_alone, x_alone};
  static constexpr int first = 0, end = 2;

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    const Packet z = logistic(sums[0]), candidate = sums[1], previous = load(at.at(at.step.h_previous));
    at.finish(multiply_add(z, subtract(candidate, previous), previous));
    if (at.step.saved != nullptr) {
      at.save(0, z);
      at.save(1, candidate);
    }
  }

  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    const Packet d = at.gradient(), z = load(at.slot(0)), candidate = load(at.slot(1));
    const Packet d_candidate = multiply(d, z);
    store(at.slot(0), through_logistic(multiply(d, subtract(candidate, load(at.at(at.step.h_previous)))), z));
    store(at.slot(1), d_candidate);
    store(at.at(at.step.dh), subtract(d, d_candidate));
  }
};

}  // namespace
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

#pragma once

#include "kernels/cell_unit.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace {

// h = n + z (h⟨t−1⟩ − n).
EIGEN_STRONG_INLINE Packet interpolated(const Unit& at, const Packet& n, const Packet& z) {
  return multiply_add(z, subtract(load(at.at(at.step.h_previous)), n), n);
}
// What of ∂L/∂h goes to n, to z, and directly to h⟨t−1⟩.
EIGEN_STRONG_INLINE void interpolation_gradient(const UnitGradient& at, const Packet& n, const Packet& z, Packet& dn, Packet& dz) {
  const Packet d = at.gradient();
  dn = through_tanh(subtract_product(d, d, z), n);
  dz = through_logistic(multiply(d, subtract(load(at.at(at.step.h_previous)), n)), z);
  store(at.at(at.step.dh), multiply(d, z));
}

// r multiplies what the product made of h. Saved: n r z (W_hn h + b_hn), and dn_x dr dz dn_h.
struct GruAfter {
  static constexpr SlotSource sources[] = {x_and_h, x_and_h, x_alone, h_alone};
  static constexpr int first = 0, end = 4;

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    const Packet r = logistic(sums[0]), z = logistic(sums[1]);
    const Packet n = hyperbolic_tangent(multiply_add(r, sums[3], sums[2]));
    at.finish(interpolated(at, n, z));
    if (at.step.saved != nullptr) {
      at.save(0, n);
      at.save(1, r);
      at.save(2, z);
      at.save(3, sums[3]);
    }
  }

  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    const Packet n = load(at.slot(0)), r = load(at.slot(1)), z = load(at.slot(2)), hidden_part = load(at.slot(3));
    Packet dn, dz;
    interpolation_gradient(at, n, z, dn, dz);
    store(at.slot(0), dn);
    store(at.slot(1), through_logistic(multiply(dn, hidden_part), r));
    store(at.slot(2), dz);
    store(at.slot(3), multiply(dn, r));
  }
};

// r multiplies h before the candidate's product. Saved: n r z, and their gradients; the backward pass runs the candidate first.
struct GruBeforeGates {
  static constexpr SlotSource sources[] = {x_and_h, x_and_h};
  static constexpr int first = 1, end = 2;

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    const CellForward<Scalar>& step = at.step;
    const Packet r = logistic(sums[0]);
    at.save(1, r);
    at.save(2, logistic(sums[1]));
    // The product's h may be masked; its units beyond H are not read.
    const Scalar* h = at.at(step.h_product);
    store(at.at(step.reset_hidden), multiply(r, at.unit + lanes <= step.hidden ? load(h) : load_part(h, step.hidden - at.unit)));
  }

  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    const Packet r = load(at.slot(1)), d = load(at.at(at.step.reset_gradient));
    store(at.slot(1), through_logistic(multiply(d, load(at.at(at.step.h_product))), r));
    store(at.at(at.step.reset_gradient), multiply(d, r));
  }
};

struct GruBeforeCandidate {
  static constexpr SlotSource sources[] = {x_and_h};
  static constexpr int first = 0, end = 3;

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    const Packet n = hyperbolic_tangent(sums[0]);
    at.finish(interpolated(at, n, load(at.slot(2))));
    at.save(0, n);
  }

  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    Packet dn, dz;
    interpolation_gradient(at, load(at.slot(0)), load(at.slot(2)), dn, dz);
    store(at.slot(0), dn);
    store(at.slot(2), dz);
  }
};

}  // namespace
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

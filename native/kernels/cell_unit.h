// What the cells (cell_….h) are made of. A cell has one struct for each of its stages:
//
//   sources    which inputs each slot of sums takes, in the order of the panels
//   forward    the pointwise part: the sums of a packet of units become the new state
//   backward   its gradient: what was saved becomes the gradients of the sums
//   first, end the slots of `saved` that `backward` writes
//
// Equations: docs/equations.md; what is saved: CellForward. All is of one file of one scalar type alone, in an unnamed namespace: the linker
// would merge what float and double name alike.
#pragma once

#include "kernels/activation.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

constexpr int most_slots = 4;

// Which inputs a slot of sums takes: x and h, x alone, h alone.
struct SlotSource {
  bool x, h;
};
constexpr SlotSource x_and_h{true, true}, x_alone{true, false}, h_alone{false, true};

namespace {

// Where the numbers of one row and packet of units lie.
struct Unit {
  const CellForward<Scalar>& step;
  int row, unit;

  Scalar* at(Scalar* rows) const { return rows + row * step.ld_state + unit; }
  const Scalar* at(const Scalar* rows) const { return rows + row * step.ld_state + unit; }
  Scalar* slot(int s) const { return step.saved + row * step.ld_saved + s * Index(step.padded) + unit; }
  void save(int s, const Packet& value) const { store(slot(s), value); }
  void finish(const Packet& h) const {
    store(at(step.h_next), h);
    if (step.output == nullptr) return;
    Scalar* out = step.output + row * step.ldo + unit;
    if (unit + lanes <= step.hidden) store(out, h);
    else store_part(out, h, step.hidden - unit);
  }
};

// The same on the way back.
struct UnitGradient {
  const CellBackward<Scalar>& step;
  int row, unit;

  template <class T>
  T* at(T* rows) const {
    return rows + row * step.ld_state + unit;
  }
  Scalar* slot(int s) const { return step.saved + row * step.ld_saved + s * Index(step.padded) + unit; }
  // ∂L/∂h⟨t⟩ in whole: what came back through time and what came from the output.
  Packet gradient() const {
    const Packet dh = load(at(step.dh));
    if (step.d_output == nullptr) return dh;
    const Scalar* from = step.d_output + row * step.ldo + unit;
    return add(dh, unit + lanes <= step.hidden ? load(from) : load_part(from, step.hidden - unit));
  }
};

// d·(1 − y²) and d·y·(1 − y): the derivatives of tanh and σ by their values y.
EIGEN_STRONG_INLINE Packet through_tanh(const Packet& d, const Packet& y) { return subtract_product(d, multiply(d, y), y); }
EIGEN_STRONG_INLINE Packet through_logistic(const Packet& d, const Packet& y) {
  const Packet dy = multiply(d, y);
  return subtract_product(dy, dy, y);
}

}  // namespace
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

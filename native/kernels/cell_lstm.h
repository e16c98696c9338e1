#pragma once

#include "kernels/cell_unit.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace {

enum Peephole { peephole_i, peephole_f, peephole_o };

// sum + p ⊙ c with the peepholes p of a gate, if there are any.
template <bool peepholes, class U>
EIGEN_STRONG_INLINE Packet peeping(const U& at, Peephole gate, const Packet& c, const Packet& sum) {
  if constexpr (peepholes) return multiply_add(load(at.step.peepholes + gate * Index(at.step.padded) + at.unit), c, sum);
  else return sum;
}

// Saved: i f g o, and their gradients.
template <bool peepholes>
struct Lstm {
  static constexpr SlotSource sources[] = {x_and_h, x_and_h, x_and_h, x_and_h};
  static constexpr int first = 0, end = 4;

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    const CellForward<Scalar>& step = at.step;
    const Packet previous = load(at.at(step.c_previous));
    const Packet i = logistic(peeping<peepholes>(at, peephole_i, previous, sums[0]));
    const Packet f = logistic(peeping<peepholes>(at, peephole_f, previous, sums[1]));
    const Packet g = hyperbolic_tangent(sums[2]);
    const Packet c = multiply_add(f, previous, multiply(i, g));
    const Packet o = logistic(peeping<peepholes>(at, peephole_o, c, sums[3]));
    store(at.at(step.c_next), c);
    at.finish(multiply(o, hyperbolic_tangent(c)));
    if (step.saved != nullptr) {
      at.save(0, i);
      at.save(1, f);
      at.save(2, g);
      at.save(3, o);
    }
  }

  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    const CellBackward<Scalar>& step = at.step;
    const Packet d = at.gradient();
    const Packet i = load(at.slot(0)), f = load(at.slot(1)), g = load(at.slot(2)), o = load(at.slot(3));
    const Packet c = hyperbolic_tangent(load(at.at(step.c_next)));
    const Packet d_o = through_logistic(multiply(d, c), o);
    const Packet dc = peeping<peepholes>(at, peephole_o, d_o, add(load(at.at(step.dc)), through_tanh(multiply(d, o), c)));
    const Packet d_i = through_logistic(multiply(dc, g), i), d_f = through_logistic(multiply(dc, load(at.at(step.c_previous))), f);
    store(at.slot(0), d_i);
    store(at.slot(1), d_f);
    store(at.slot(2), through_tanh(multiply(dc, i), g));
    store(at.slot(3), d_o);
    store(at.at(step.dc), peeping<peepholes>(at, peephole_f, d_f, peeping<peepholes>(at, peephole_i, d_i, multiply(dc, f))));
  }
};

// The two stages of an LSTM whose memory is normalised before it becomes h: c from the gates' sums, then h from LN(c).
template <bool peepholes>
struct LstmMemory {
  static constexpr SlotSource sources[] = {x_and_h, x_and_h, x_and_h, x_and_h};
  static constexpr int first = 0, end = 3;

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    const CellForward<Scalar>& step = at.step;
    const Packet previous = load(at.at(step.c_previous));
    const Packet i = logistic(peeping<peepholes>(at, peephole_i, previous, sums[0]));
    const Packet f = logistic(peeping<peepholes>(at, peephole_f, previous, sums[1]));
    const Packet g = hyperbolic_tangent(sums[2]);
    const Packet c = multiply_add(f, previous, multiply(i, g));
    store(at.at(step.c_next), c);
    at.save(0, i);
    at.save(1, f);
    at.save(2, g);
    at.save(3, logistic(peeping<peepholes>(at, peephole_o, c, sums[3])));
  }

  // After LstmOutput's, once ∂L/∂c of h has been added to dc.
  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    const CellBackward<Scalar>& step = at.step;
    const Packet i = load(at.slot(0)), f = load(at.slot(1)), g = load(at.slot(2));
    const Packet dc = peeping<peepholes>(at, peephole_o, load(at.slot(3)), load(at.at(step.dc)));
    const Packet d_i = through_logistic(multiply(dc, g), i), d_f = through_logistic(multiply(dc, load(at.at(step.c_previous))), f);
    store(at.slot(0), d_i);
    store(at.slot(1), d_f);
    store(at.slot(2), through_tanh(multiply(dc, i), g));
    store(at.at(step.dc), peeping<peepholes>(at, peephole_f, d_f, peeping<peepholes>(at, peephole_i, d_i, multiply(dc, f))));
  }
};

struct LstmOutput {
  static constexpr SlotSource sources[] = {x_and_h};
  static constexpr int first = 3, end = 4;
  static constexpr int normal = 12;  // slot of LN(c), and its gradient

  static EIGEN_STRONG_INLINE void forward(const Unit& at, const Packet (&sums)[most_slots]) {
    at.finish(multiply(load(at.slot(3)), hyperbolic_tangent(sums[0])));
  }

  static EIGEN_STRONG_INLINE void backward(const UnitGradient& at) {
    const Packet d = at.gradient(), o = load(at.slot(3)), c = hyperbolic_tangent(load(at.slot(normal)));
    store(at.slot(3), through_logistic(multiply(d, c), o));
    store(at.slot(normal), through_tanh(multiply(d, o), c));
  }
};

}  // namespace
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

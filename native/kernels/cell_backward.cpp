// The pointwise gradients of the cells, elementwise over rows and units. Equations: docs/equations.md.
#include "kernels/activation.h"
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

struct Unit {
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

struct Rnn {
  static EIGEN_STRONG_INLINE void run(const Unit& at) {
    const Packet d = at.gradient(), h = load(at.at(at.step.h_next));
    Packet da = d;
    switch (at.step.activation) {
      case Activation::tanh: da = through_tanh(d, h); break;
      case Activation::relu: {
        const Packet zero = broadcast(Scalar(0));
        da = Eigen::internal::pselect(Eigen::internal::pcmp_lt(zero, h), d, zero);
        break;
      }
      case Activation::sigmoid: da = through_logistic(d, h); break;
      case Activation::identity: break;
    }
    store(at.slot(0), da);
  }
};

struct Lstm {
  static EIGEN_STRONG_INLINE void run(const Unit& at) {
    const Packet d = at.gradient();
    const Packet i = load(at.slot(0)), f = load(at.slot(1)), g = load(at.slot(2)), o = load(at.slot(3));
    const Packet c = hyperbolic_tangent(load(at.at(at.step.c_next)));
    const Packet dc = add(load(at.at(at.step.dc)), through_tanh(multiply(d, o), c));
    store(at.slot(0), through_logistic(multiply(dc, g), i));
    store(at.slot(1), through_logistic(multiply(dc, load(at.at(at.step.c_previous))), f));
    store(at.slot(2), through_tanh(multiply(dc, i), g));
    store(at.slot(3), through_logistic(multiply(d, c), o));
    store(at.at(at.step.dc), multiply(dc, f));
  }
};

// h = n + z (h⟨t−1⟩ − n): what goes to n, to z, and directly to h⟨t−1⟩.
EIGEN_STRONG_INLINE void interpolation(const Unit& at, const Packet& n, const Packet& z, Packet& dn, Packet& dz) {
  const Packet d = at.gradient();
  dn = through_tanh(subtract_product(d, d, z), n);
  dz = through_logistic(multiply(d, subtract(load(at.at(at.step.h_previous)), n)), z);
  store(at.at(at.step.dh), multiply(d, z));
}

struct GruAfter {
  static EIGEN_STRONG_INLINE void run(const Unit& at) {
    const Packet n = load(at.slot(0)), r = load(at.slot(1)), z = load(at.slot(2)), hidden_part = load(at.slot(3));
    Packet dn, dz;
    interpolation(at, n, z, dn, dz);
    store(at.slot(0), dn);
    store(at.slot(1), through_logistic(multiply(dn, hidden_part), r));
    store(at.slot(2), dz);
    store(at.slot(3), multiply(dn, r));
  }
};

struct GruBeforeCandidate {
  static EIGEN_STRONG_INLINE void run(const Unit& at) {
    Packet dn, dz;
    interpolation(at, load(at.slot(0)), load(at.slot(2)), dn, dz);
    store(at.slot(0), dn);
    store(at.slot(2), dz);
  }
};

struct GruBeforeGates {
  static EIGEN_STRONG_INLINE void run(const Unit& at) {
    const Packet r = load(at.slot(1)), d = load(at.at(at.step.reset_gradient));
    store(at.slot(1), through_logistic(multiply(d, load(at.at(at.step.h_product))), r));
    store(at.at(at.step.reset_gradient), multiply(d, r));
  }
};

// The products that follow run over the units beyond H too, with weights of 0: they must not find an infinity there.
void clear_padding(const Unit& at, int slot_begin, int slot_end) {
  const int units = at.step.hidden - at.unit;
  for (int slot = slot_begin; slot < slot_end; ++slot) store(at.slot(slot), load_part(at.slot(slot), units));
}

// Nothing is stored outside these slots: other threads may be reading there.
template <class Cell>
void backward(const CellBackward<Scalar>& step, int slot_begin, int slot_end) {
  const int end = step.unit_end == step.hidden ? step.padded : step.unit_end;
  for (int row = 0; row < step.rows; ++row)
    for (int unit = step.unit_begin; unit < end; unit += lanes) {
      const Unit at{step, row, unit};
      Cell::run(at);
      if (unit + lanes > step.hidden) clear_padding(at, slot_begin, slot_end);
    }
}

}  // namespace

void cell_backward(const CellBackward<Scalar>& step) {
  switch (step.stage) {
    case Stage::rnn: return backward<Rnn>(step, 0, 1);
    case Stage::lstm: return backward<Lstm>(step, 0, 4);
    case Stage::gru_after: return backward<GruAfter>(step, 0, 4);
    case Stage::gru_before_candidate: return backward<GruBeforeCandidate>(step, 0, 3);
    case Stage::gru_before_gates: return backward<GruBeforeGates>(step, 1, 2);
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

#include "layer/layer_norm.h"

#include <algorithm>

namespace bptt {

namespace {

// Gates that are normalised together.
struct Group {
  int gate, gates;
};

// The candidate of a gru is normalised by itself: r multiplies what W_hh made of it.
struct Groups {
  Group list[2];
  int count;

  const Group* begin() const { return list; }
  const Group* end() const { return list + count; }
};

Groups groups(const Cell& cell) { return cell.kind == CellKind::gru ? Groups{{{0, 2}, {2, 1}}, 2} : Groups{{{0, cell.gates()}}, 1}; }

// The slot of `saved` with the gradient of a gate's sum: that of W_ih x and of W_hh h.
int slot_x(const Cell& cell, int gate) { return cell.kind != CellKind::gru ? gate : gate == 2 ? 0 : gate + 1; }
int slot_h(const Cell& cell, int gate) { return cell.kind != CellKind::gru ? gate : gate + 1; }

// Places of the scales behind the slots.
enum Scale { scale_x = 0, scale_h = 2, scale_c = 4 };

template <class S>
S* scales(const DirectionWeights<S>& w, S* saved, int place) {
  return saved + static_cast<std::ptrdiff_t>(w.cell.saved_slots()) * w.padded + place;
}

}  // namespace

template <class S>
void normalised_step(const DirectionWeights<S>& w, CellForward<S>& step) {
  const Kernels<S>& kernels = current_kernels<S>();
  const Cell& cell = w.cell;
  const std::ptrdiff_t padded = w.padded;
  const auto slot = [&](int n) { return step.saved + n * padded; };
  Product<S> product{};
  product.rows = step.rows;
  product.column_end = w.hidden;
  product.panels = w.forward.data();
  product.total_depth = cell.gates() * w.gate_part();
  product.ldc = step.ld_saved;
  for (int gate = 0; gate < cell.gates(); ++gate) {
    product.a = step.x;
    product.lda = step.ldx;
    product.offset = gate * w.gate_part();
    product.depth = w.input;
    product.c = slot(cell.normal_x_slot() + gate);
    w.products->product(product);
    product.a = step.h;
    product.lda = step.ldh;
    product.offset += w.input_part();
    product.depth = step.h_is_zero ? 0 : w.state();
    product.c = slot(cell.normal_h_slot() + gate);
    w.products->product(product);
  }
  const auto normalise = [&](S* x, int slots, const typename DirectionWeights<S>::Norm& norm, int gate, S* y, bool accumulate, int scale) {
    kernels.normalise({step.rows, slots, w.hidden, padded, x, step.ld_saved, norm.gain.data() + gate * padded, norm.bias.data() + gate * padded, y, step.ld_saved, accumulate,
                       scales(w, step.saved, scale), step.ld_saved});
  };
  // The sums in the order of the stage: of a gru r, z, the candidate's from x, and that from h.
  int number = 0;
  for (const Group& group : groups(cell)) {
    const bool apart = cell.kind == CellKind::gru && group.gate == 2;
    normalise(slot(cell.normal_x_slot() + group.gate), group.gates, w.norm_x, group.gate, slot(group.gate), false, scale_x + number);
    normalise(slot(cell.normal_h_slot() + group.gate), group.gates, w.norm_h, group.gate, slot(apart ? 3 : group.gate), !apart, scale_h + number);
    ++number;
  }
  const auto pointwise = [&](Stage stage, const S* sums) {
    step.stage = stage;
    kernels.cell_pointwise(step, {sums, padded, step.ld_saved, 0, step.rows, 0, w.padded});
  };
  if (!cell.normalises_memory()) return pointwise(cell.traits().stage, slot(0));
  pointwise(Stage::lstm_memory, slot(0));
  S* const c = slot(cell.normal_memory_slot());
  for (int row = 0; row < step.rows; ++row) std::copy_n(step.c_next + row * step.ld_state, w.hidden, c + row * step.ld_saved);
  normalise(c, 1, w.norm_c, 0, slot(cell.memory_slot()), false, scale_c);
  pointwise(Stage::lstm_output, slot(cell.memory_slot()));
}

template <class S>
void normalised_step_back(const DirectionWeights<S>& w, CellBackward<S>& step, const SumsGradient<S>& sums) {
  const Kernels<S>& kernels = current_kernels<S>();
  const Cell& cell = w.cell;
  const std::ptrdiff_t padded = w.padded;
  const auto slot = [&](int n) { return step.saved + n * padded; };
  const auto back = [&](const S* d, int normal, int slots, const typename DirectionWeights<S>::Norm& norm, int gate, int scale, S* d_x, std::ptrdiff_t ld, bool accumulate) {
    kernels.normalise_gradient({step.rows, slots, w.hidden, padded, d, step.ld_saved, slot(normal), step.ld_saved, norm.gain.data() + gate * padded,
                                scales(w, step.saved, scale), step.ld_saved, d_x, ld, accumulate});
  };
  if (cell.normalises_memory()) {
    step.stage = Stage::lstm_output;
    kernels.cell_backward(step);
    back(slot(cell.memory_slot()), cell.normal_memory_slot(), 1, w.norm_c, 0, scale_c, step.dc, step.ld_state, true);
    step.stage = Stage::lstm_memory;
  } else {
    step.stage = cell.traits().stage;
  }
  kernels.cell_backward(step);
  int number = 0;
  for (const Group& group : groups(cell)) {
    const int x = slot_x(cell, group.gate);
    back(slot(x), cell.normal_x_slot() + group.gate, group.gates, w.norm_x, group.gate, scale_x + number, sums.x + x * padded, sums.ld, false);
    back(slot(slot_h(cell, group.gate)), cell.normal_h_slot() + group.gate, group.gates, w.norm_h, group.gate, scale_h + number, sums.h + group.gate * padded, sums.ld, false);
    ++number;
  }
}

template <class S>
void norm_gradients(const DirectionWeights<S>& w, const S* saved, std::ptrdiff_t ld_saved, int rows, Range units, S* const (&gradients)[parameter_roles]) {
  const Kernels<S>& kernels = current_kernels<S>();
  const Cell& cell = w.cell;
  const int size = units.end - units.begin;
  const auto slot = [&](int n) { return saved + static_cast<std::ptrdiff_t>(n) * w.padded + units.begin; };
  const auto of = [&](ParameterRole role, int gate) { return gradients[static_cast<int>(role)] + static_cast<std::ptrdiff_t>(gate) * w.hidden + units.begin; };
  const auto sums = [&](int d, S* to) { kernels.column_sums(slot(d), ld_saved, rows, size, to, false); };
  const auto products = [&](int d, int normal, S* to) { kernels.column_products(slot(d), ld_saved, slot(normal), ld_saved, rows, size, to, false); };
  for (int gate = 0; gate < cell.gates(); ++gate) {
    const int x = slot_x(cell, gate), h = slot_h(cell, gate);
    products(x, cell.normal_x_slot() + gate, of(ParameterRole::norm_ih, gate));
    products(h, cell.normal_h_slot() + gate, of(ParameterRole::norm_hh, gate));
    sums(x, of(ParameterRole::bias, gate));
    sums(x, of(ParameterRole::norm_ih_bias, gate));
    sums(h, of(ParameterRole::norm_hh_bias, gate));
  }
  if (cell.has_hidden_bias()) sums(slot_h(cell, 2), of(ParameterRole::bias_hn, 0));
  if (!cell.normalises_memory()) return;
  products(cell.memory_slot(), cell.normal_memory_slot(), of(ParameterRole::norm_c, 0));
  sums(cell.memory_slot(), of(ParameterRole::norm_c_bias, 0));
}

#define BPTT_INSTANTIATE(S)                                                                                                             \
  template void normalised_step(const DirectionWeights<S>&, CellForward<S>&);                                                           \
  template void normalised_step_back(const DirectionWeights<S>&, CellBackward<S>&, const SumsGradient<S>&);                             \
  template void norm_gradients(const DirectionWeights<S>&, const S*, std::ptrdiff_t, int, Range, S* const (&)[parameter_roles]);
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

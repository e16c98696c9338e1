#include "layer/direction_weights.h"

#include <algorithm>

namespace bptt {

namespace {

int round_up(int n, int step) { return (n + step - 1) / step * step; }

template <class S>
void zero_panels(const Products<S>& products, AlignedArray<std::byte>& panels, int depth, int columns) {
  panels.resize(products.panel_bytes(columns, depth));
  panels.zero();
}

// The packing of all matrices of a direction, as a list of jobs that any thread may do.
template <class S>
struct Packer {
  DirectionWeights<S>& w;
  const Products<S>& products;
  std::vector<Pack<S>> jobs;
  using Panels = typename DirectionWeights<S>::Panels;

  const S* ih(int gate) const { return w.weight_ih + static_cast<std::ptrdiff_t>(gate) * w.hidden * w.input; }
  const S* hh(int gate) const { return w.weight_hh + static_cast<std::ptrdiff_t>(gate) * w.hidden * w.hidden; }

  // Large matrices are cut into several jobs at panel borders.
  void push(const S* source, std::ptrdiff_t stride_k, std::ptrdiff_t stride_n, int depth, int columns, Panels& panels, int total_depth, int offset) {
    const int most = std::max(1, (1 << 17) / std::max(1, depth * products.panel)) * products.panel;
    for (int begin = 0; begin < columns; begin += most)
      jobs.push_back({source, stride_k, stride_n, depth, begin, std::min(begin + most, columns), panels.data(), total_depth, offset});
  }
  // Panels of units: rows of x's weights, then of h's.
  int push_gate(int gate, bool x, bool h, Panels& panels, int total_depth, int offset) {
    if (x) {
      push(ih(gate), 1, w.input, w.input, w.hidden, panels, total_depth, offset);
      offset += w.input_part();
    }
    if (h) {
      push(hh(gate), 1, w.hidden, w.hidden, w.hidden, panels, total_depth, offset);
      offset += w.hidden_part();
    }
    return offset;
  }
  void push_forward() {
    const int both = w.input_part() + w.hidden_part();
    const int gates = w.cell.gates();
    int offset = 0;
    if (w.cell.kind != CellKind::gru) {
      for (int gate = 0; gate < gates; ++gate) offset = push_gate(gate, true, true, w.forward, gates * both, offset);
      return;
    }
    const int total = w.cell.reset_after ? 3 * both : 2 * both;
    offset = push_gate(0, true, true, w.forward, total, offset);
    offset = push_gate(1, true, true, w.forward, total, offset);
    if (w.cell.reset_after) {
      offset = push_gate(2, true, false, w.forward, total, offset);
      push_gate(2, false, true, w.forward, total, offset);
    } else {
      push_gate(2, true, true, w.candidate, both, 0);
    }
  }
  // saved slot → gate: gru saves n first, so that what passes through W_hh and what passes through W_ih are both neighbours.
  int gate_of_slot(int slot) const { return w.cell.kind != CellKind::gru ? slot : slot == 0 || slot == 3 ? 2 : slot - 1; }
  void push_backward() {
    const int part = w.slot_part(), hidden_depth = w.hidden_slots() * part, input_depth = w.input_slots() * part;
    for (int i = 0; i < w.hidden_slots(); ++i)
      push(hh(gate_of_slot(w.hidden_slot() + i)), w.hidden, 1, w.hidden, w.hidden, w.hidden_transposed, hidden_depth, i * part);
    if (w.cell.has_two_stages()) push(hh(2), w.hidden, 1, w.hidden, w.hidden, w.candidate_transposed, part, 0);
    for (int i = 0; i < w.input_slots(); ++i)
      push(ih(gate_of_slot(i)), w.input, 1, w.hidden, w.input, w.input_transposed, input_depth, i * part);
  }
  void copy_bias() {
    const int hidden = w.hidden;
    const auto copy = [&](const S* from, AlignedArray<S>& to, int slot) { std::copy(from, from + hidden, to.data() + static_cast<std::ptrdiff_t>(slot) * w.padded); };
    const int first_stage = w.cell.has_two_stages() ? 2 : w.cell.gates();
    for (int gate = 0; gate < first_stage; ++gate) copy(w.bias + gate * hidden, w.stage_bias, gate);
    if (w.cell.has_two_stages()) copy(w.bias + 2 * hidden, w.candidate_bias, 0);
    if (w.bias_hn != nullptr) copy(w.bias_hn, w.stage_bias, 3);
  }
};

}  // namespace

template <class S>
void DirectionWeights<S>::allocate() {
  padded = round_up(hidden, products->lanes);
  // What packing leaves out (the units beyond H) must be 0 for good.
  const auto zero_bias = [&](AlignedArray<S>& array, std::size_t slots) {
    array.resize(checked_product({slots, static_cast<std::size_t>(padded)}));
    array.zero();
  };
  const int both = input_part() + hidden_part();
  if (cell.has_two_stages()) {
    zero_panels(*products, forward, 2 * both, hidden);
    zero_panels(*products, candidate, both, hidden);
    zero_bias(stage_bias, 2);
    zero_bias(candidate_bias, 1);
  } else {
    zero_panels(*products, forward, cell.gates() * both, hidden);
    zero_bias(stage_bias, cell.gates() + (cell.has_hidden_bias() ? 1 : 0));
  }
}

template <class S>
void pack(std::vector<DirectionWeights<S>>& directions, bool backward, ThreadPool& pool) {
  if (directions.empty()) return;
  const Products<S>& products = *directions.front().products;
  std::vector<Pack<S>> jobs;
  for (DirectionWeights<S>& w : directions) {
    // The last of them tells: an earlier attempt may have run out of memory on its way.
    if (backward && w.input_transposed.size() == 0) {
      zero_panels(products, w.hidden_transposed, w.hidden_slots() * w.slot_part(), w.hidden);
      if (w.cell.has_two_stages()) zero_panels(products, w.candidate_transposed, w.slot_part(), w.hidden);
      zero_panels(products, w.input_transposed, w.input_slots() * w.slot_part(), w.input);
    }
    Packer<S> packer{w, products, {}};
    packer.copy_bias();
    packer.push_forward();
    if (backward) packer.push_backward();
    jobs.insert(jobs.end(), packer.jobs.begin(), packer.jobs.end());
  }
  double elements = 0;
  for (const Pack<S>& job : jobs) elements += static_cast<double>(job.depth) * (job.column_end - job.column_begin);
  constexpr double worth_sharing = 2e4;
  pool.run(static_cast<int>(jobs.size()), [&](int job) { products.pack(jobs[job]); }, elements >= worth_sharing);
}

#define BPTT_INSTANTIATE(S)             \
  template struct DirectionWeights<S>; \
  template void pack<S>(std::vector<DirectionWeights<S>>&, bool, ThreadPool&);
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

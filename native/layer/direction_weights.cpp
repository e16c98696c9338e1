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

  const S* ih(int gate) const { return w.parameter(ParameterRole::weight_ih) + static_cast<std::ptrdiff_t>(gate) * w.hidden * w.input; }
  const S* hh(int gate) const { return w.parameter(ParameterRole::weight_hh) + static_cast<std::ptrdiff_t>(gate) * w.hidden * w.state(); }

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
      push(hh(gate), 1, w.state(), w.state(), w.hidden, panels, total_depth, offset);
      offset += w.hidden_part();
    }
    return offset;
  }
  void push_forward() {
    const CellTraits& cell = w.cell.traits();
    const int part = w.gate_part();
    int offset = 0;
    if (w.cell.kind != CellKind::gru) {
      for (int gate = 0; gate < cell.gates; ++gate) offset = push_gate(gate, true, cell.feeds_back, w.forward, cell.gates * part, offset);
    } else {
      const int total = (cell.two_stages ? 2 : 3) * part;
      offset = push_gate(0, true, true, w.forward, total, offset);
      offset = push_gate(1, true, true, w.forward, total, offset);
      if (cell.two_stages) {
        push_gate(2, true, true, w.candidate, part, 0);
      } else {
        offset = push_gate(2, true, false, w.forward, total, offset);
        push_gate(2, false, true, w.forward, total, offset);
      }
    }
    if (w.cell.has_projection()) push(w.parameter(ParameterRole::weight_hr), 1, w.hidden, w.hidden, w.state(), w.projection, w.whole_units(w.hidden), 0);
  }
  void push_backward() {
    const CellTraits& cell = w.cell.traits();
    const int part = w.slot_part(), state = w.state();
    for (int i = 0; i < cell.hidden_slots; ++i)
      push(hh(cell.gate_of_slot[cell.hidden_slot + i]), state, 1, w.hidden, state, w.hidden_transposed, cell.hidden_slots * part, i * part);
    if (cell.two_stages) push(hh(2), w.hidden, 1, w.hidden, w.hidden, w.candidate_transposed, part, 0);
    if (w.cell.has_projection()) push(w.parameter(ParameterRole::weight_hr), w.hidden, 1, state, w.hidden, w.projection_transposed, w.whole_units(state), 0);
    for (int i = 0; i < cell.gates; ++i) push(ih(cell.gate_of_slot[i]), w.input, 1, w.hidden, w.input, w.input_transposed, cell.gates * part, i * part);
  }
  void copy_vectors() {
    const int hidden = w.hidden;
    const auto copy = [&](const S* from, AlignedArray<S>& to, int slot) { std::copy(from, from + hidden, to.data() + static_cast<std::ptrdiff_t>(slot) * w.padded); };
    const S* const bias = w.parameter(ParameterRole::bias);
    const int first_stage = w.cell.traits().two_stages ? 2 : w.cell.gates();
    for (int gate = 0; gate < first_stage; ++gate) copy(bias + gate * hidden, w.stage_bias, gate);
    if (w.cell.traits().two_stages) copy(bias + 2 * hidden, w.candidate_bias, 0);
    if (w.cell.has_hidden_bias()) copy(w.parameter(ParameterRole::bias_hn), w.stage_bias, 3);
    for (int gate = 0; w.cell.peepholes && gate < 3; ++gate) copy(w.parameter(ParameterRole::weight_peephole) + gate * hidden, w.peepholes, gate);
    if (!w.cell.layer_norm) return;
    const auto add = [&](const S* from, AlignedArray<S>& to, int slot) {
      for (int unit = 0; unit < hidden; ++unit) to.data()[static_cast<std::ptrdiff_t>(slot) * w.padded + unit] += from[unit];
    };
    for (int gate = 0; gate < w.cell.gates(); ++gate) {
      copy(w.parameter(ParameterRole::norm_ih) + gate * hidden, w.norm_x.gain, gate);
      copy(w.parameter(ParameterRole::norm_ih_bias) + gate * hidden, w.norm_x.bias, gate);
      add(bias + gate * hidden, w.norm_x.bias, gate);
      copy(w.parameter(ParameterRole::norm_hh) + gate * hidden, w.norm_h.gain, gate);
      copy(w.parameter(ParameterRole::norm_hh_bias) + gate * hidden, w.norm_h.bias, gate);
    }
    if (w.cell.has_hidden_bias()) add(w.parameter(ParameterRole::bias_hn), w.norm_h.bias, 2);
    if (!w.cell.normalises_memory()) return;
    copy(w.parameter(ParameterRole::norm_c), w.norm_c.gain, 0);
    copy(w.parameter(ParameterRole::norm_c_bias), w.norm_c.bias, 0);
  }
};

}  // namespace

template <class S>
void DirectionWeights<S>::allocate() {
  padded = round_up(hidden, products->lanes);
  padded_state = round_up(state(), products->lanes);
  // What packing leaves out (the units beyond H) must be 0 for good.
  const auto zero_slots = [&](AlignedArray<S>& array, std::size_t slots) {
    array.resize(checked_product({slots, static_cast<std::size_t>(padded)}));
    array.zero();
  };
  if (cell.traits().two_stages) {
    zero_panels(*products, forward, 2 * gate_part(), hidden);
    zero_panels(*products, candidate, gate_part(), hidden);
    zero_slots(stage_bias, 2);
    zero_slots(candidate_bias, 1);
  } else {
    zero_panels(*products, forward, cell.gates() * gate_part(), hidden);
    zero_slots(stage_bias, cell.traits().sums);
  }
  if (cell.has_projection()) zero_panels(*products, projection, whole_units(hidden), state());
  if (cell.peepholes) zero_slots(peepholes, 3);
  if (!cell.layer_norm) return;
  for (Norm* norm : {&norm_x, &norm_h}) {
    zero_slots(norm->gain, cell.gates());
    zero_slots(norm->bias, cell.gates());
  }
  if (!cell.normalises_memory()) return;
  zero_slots(norm_c.gain, 1);
  zero_slots(norm_c.bias, 1);
}

template <class S>
void pack(std::vector<DirectionWeights<S>>& directions, bool backward, ThreadPool& pool) {
  if (directions.empty()) return;
  const Products<S>& products = *directions.front().products;
  std::vector<Pack<S>> jobs;
  for (DirectionWeights<S>& w : directions) {
    // The last of them tells: an earlier attempt may have run out of memory on its way.
    if (backward && w.input_transposed.size() == 0) {
      const CellTraits& cell = w.cell.traits();
      if (cell.feeds_back) zero_panels(products, w.hidden_transposed, cell.hidden_slots * w.slot_part(), w.state());
      if (cell.two_stages) zero_panels(products, w.candidate_transposed, w.slot_part(), w.hidden);
      if (w.cell.has_projection()) zero_panels(products, w.projection_transposed, w.whole_units(w.state()), w.hidden);
      zero_panels(products, w.input_transposed, cell.gates * w.slot_part(), w.input);
    }
    Packer<S> packer{w, products, {}};
    packer.copy_vectors();
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

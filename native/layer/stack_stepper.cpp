#include "layer/stack_stepper.h"

#include <algorithm>

#include "layer/partition.h"
#include "layer/start_sums.h"

namespace bptt {

template <class S>
StackStepper<S>::StackStepper(const StackWeights<S>& weights, int capacity, int direction)
    : weights_(weights), capacity_(capacity), direction_(direction), padded_(weights.direction(0, 0).padded) {
  const StackSpec& spec = weights.spec();
  const std::size_t rows = capacity, padded = padded_;
  h_.resize(checked_product({static_cast<std::size_t>(spec.layers), 2, rows, padded}));
  if (spec.cell.has_memory()) c_.resize(h_.size());
  if (spec.cell.has_two_stages()) {
    ld_saved_ = static_cast<std::ptrdiff_t>(spec.cell.saved_slots()) * padded_;
    saved_.resize(checked_product({rows, static_cast<std::size_t>(ld_saved_)}));
    reset_hidden_.resize(checked_product({rows, padded}));
    reset_hidden_.zero();
  }
  if (!returns_state()) output_.resize(checked_product({rows, static_cast<std::size_t>(spec.hidden)}));
  reset(0);
}

template <class S>
void StackStepper<S>::reset(int rows) {
  h_.zero();
  c_.zero();
  current_ = 0;
  rows_ = rows;
}

template <class S>
const S* StackStepper<S>::step(const S* x, ThreadPool& pool, const Starts<S>& starts) {
  const StackSpec& spec = weights_.spec();
  const S* input = x;
  Starts<S> known = starts;
  for (int layer = 0; layer < spec.layers; ++layer) {
    int parts = 1;
    if (pool.threads() > 1 && rows_ > 1) {
      const double work = static_cast<double>(spec.gates()) * spec.hidden * (spec.layer_input(layer) + spec.hidden) * rows_;
      if (worth_sharing(work)) parts = std::min(rows_, pool.threads());
    }
    if (parts == 1) step_layer(layer, input, known, 0, rows_);
    else pool.run(parts, [&](int part) { step_layer(layer, input, known, rows_ * part / parts, rows_ * (part + 1) / parts); });
    known = {};
    input = h_.data() + slot(layer, 1 - current_);
  }
  current_ = 1 - current_;
  return returns_state() ? input : output_.data();
}

template <class S>
void StackStepper<S>::step_layer(int layer, const S* x, const Starts<S>& starts, int begin, int end) {
  const DirectionWeights<S>& w = weights_.direction(layer, direction_);
  const std::ptrdiff_t ldx = layer == 0 ? w.input : padded_;
  const std::size_t before = at(layer, begin), after = slot(layer, 1 - current_) + static_cast<std::size_t>(begin) * padded_;
  CellForward<S> step{};
  step.activation = w.cell.activation;
  step.rows = end - begin;
  step.unit_end = w.hidden;
  step.input = w.input;
  step.hidden = w.hidden;
  step.padded = padded_;
  step.x = x == nullptr ? nullptr : x + begin * ldx;
  step.ldx = ldx;
  step.starts = first_stage(starts_from(starts, begin), w);
  step.h = step.h_previous = h_.data() + before;
  step.ld_state = padded_;
  step.h_next = h_.data() + after;
  if (w.cell.has_memory()) {
    step.c_previous = c_.data() + before;
    step.c_next = c_.data() + after;
  }
  if (last(layer) && !returns_state()) {
    step.output = output_.data() + static_cast<std::size_t>(begin) * w.hidden;
    step.ldo = w.hidden;
  }
  step.panels = w.forward.data();
  step.bias = w.stage_bias.data();
  if (w.cell.has_two_stages()) {
    step.saved = saved_.data() + begin * ld_saved_;
    step.ld_saved = ld_saved_;
    step.reset_hidden = reset_hidden_.data() + static_cast<std::size_t>(begin) * padded_;
    step.stage = Stage::gru_before_gates;
    kernels_.cell_forward(step);
    step.h = step.reset_hidden;
    step.panels = w.candidate.data();
    step.bias = w.candidate_bias.data();
    step.starts = starts_from(starts, begin);
  }
  step.stage = w.cell.last_stage();
  kernels_.cell_forward(step);
}

template <class S>
void StackStepper<S>::gather(const std::int32_t* parents, int count) {
  bool same = count <= rows_;
  for (int row = 0; same && row < count; ++row) same = parents[row] == row;
  if (!same) {
    const auto move = [&](AlignedArray<S>& states, int layer) {
      for (int row = 0; row < count; ++row)
        std::copy_n(states.data() + at(layer, parents[row]), padded_, states.data() + slot(layer, 1 - current_) + static_cast<std::size_t>(row) * padded_);
    };
    for (int layer = 0; layer < weights_.spec().layers; ++layer) {
      move(h_, layer);
      if (c_.size() > 0) move(c_, layer);
    }
    current_ = 1 - current_;
  }
  rows_ = count;
}

template <class S>
void StackStepper<S>::state(int row, S* h, S* c) const {
  const std::size_t hidden = weights_.spec().hidden;
  for (int layer = 0; layer < weights_.spec().layers; ++layer) {
    std::copy_n(h_.data() + at(layer, row), hidden, h + layer * hidden);
    if (c != nullptr && c_.size() > 0) std::copy_n(c_.data() + at(layer, row), hidden, c + layer * hidden);
  }
}

template <class S>
void StackStepper<S>::set_state(int row, const S* h, const S* c) {
  const std::size_t hidden = weights_.spec().hidden;
  for (int layer = 0; layer < weights_.spec().layers; ++layer) {
    std::copy_n(h + layer * hidden, hidden, h_.data() + at(layer, row));
    if (c_.size() == 0) continue;
    if (c != nullptr) std::copy_n(c + layer * hidden, hidden, c_.data() + at(layer, row));
    else std::fill_n(c_.data() + at(layer, row), hidden, S(0));
  }
}

template <class S>
std::size_t StackStepper<S>::bytes() const {
  return (h_.size() + c_.size() + saved_.size() + reset_hidden_.size() + output_.size()) * sizeof(S);
}

template class StackStepper<float>;
#ifdef BPTT_WITH_DOUBLE
template class StackStepper<double>;
#endif

}  // namespace bptt

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
  const DirectionWeights<S>& first = weights.direction(0, direction);
  x_operand_.prepare(*first.products, nullptr, spec.input, rows, spec.input);
  h_operand_.prepare(*first.products, h_.data(), padded_, slot_row(spec.layers, 0), spec.hidden);
  if (spec.cell.has_two_stages()) reset_operand_.prepare(*first.products, reset_hidden_.data(), padded_, rows, spec.hidden);
  if (!returns_state()) output_.resize(checked_product({rows, static_cast<std::size_t>(spec.hidden)}));
  reset(0);
}

template <class S>
void StackStepper<S>::reset(int rows) {
  h_.zero();
  c_.zero();
  current_ = 0;
  rows_ = rows;
  round_state(0, capacity_);
}

template <class S>
void StackStepper<S>::round_state(int row, int rows) {
  for (int layer = 0; layer < weights_.spec().layers; ++layer) h_operand_.round(slot_row(layer, current_) + row, rows, 0, weights_.spec().hidden);
}

template <class S>
const S* StackStepper<S>::step(const S* x, ThreadPool& pool, const Starts<S>& starts) {
  const StackSpec& spec = weights_.spec();
  x_operand_.refer(x);
  if (x != nullptr) x_operand_.round(0, rows_, 0, spec.input);
  Operand input = x == nullptr ? nullptr : x_operand_.at(0);
  std::ptrdiff_t ldx = x_operand_.ld();
  Starts<S> known = starts;
  for (int layer = 0; layer < spec.layers; ++layer) {
    int parts = 1;
    if (pool.threads() > 1 && rows_ > 1) {
      const double work = static_cast<double>(spec.gates()) * spec.hidden * (spec.layer_input(layer) + spec.hidden) * rows_;
      if (worth_sharing(work)) parts = std::min(rows_, pool.threads());
    }
    if (parts == 1) step_layer(layer, input, ldx, known, 0, rows_);
    else pool.run(parts, [&](int part) { step_layer(layer, input, ldx, known, rows_ * part / parts, rows_ * (part + 1) / parts); });
    known = {};
    input = h_operand_.at(slot_row(layer, 1 - current_));
    ldx = h_operand_.ld();
  }
  current_ = 1 - current_;
  return returns_state() ? h_.data() + slot(spec.layers - 1, current_) : output_.data();
}

template <class S>
void StackStepper<S>::step_layer(int layer, Operand x, std::ptrdiff_t ldx, const Starts<S>& starts, int begin, int end) {
  const DirectionWeights<S>& w = weights_.direction(layer, direction_);
  const std::size_t before = at(layer, begin), after = slot(layer, 1 - current_) + static_cast<std::size_t>(begin) * padded_;
  CellForward<S> step{};
  step.activation = w.cell.activation;
  step.rows = end - begin;
  step.unit_end = w.hidden;
  step.input = w.input;
  step.hidden = w.hidden;
  step.padded = padded_;
  step.x = x == nullptr ? nullptr : static_cast<const std::byte*>(x) + begin * ldx * w.products->operand_bytes;
  step.ldx = ldx;
  step.starts = first_stage(starts_from(starts, begin), w);
  step.h = h_operand_.at(slot_row(layer, current_) + begin);
  step.ldh = h_operand_.ld();
  step.h_product = step.h_previous = h_.data() + before;
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
    w.products->cell_forward(step);
    reset_operand_.round(begin, step.rows, 0, w.hidden);
    step.h = reset_operand_.at(begin);
    step.ldh = reset_operand_.ld();
    step.panels = w.candidate.data();
    step.bias = w.candidate_bias.data();
    step.starts = starts_from(starts, begin);
  }
  step.stage = w.cell.last_stage();
  w.products->cell_forward(step);
  h_operand_.round(slot_row(layer, 1 - current_) + begin, step.rows, 0, w.hidden);
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
    round_state(0, count);
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
  round_state(row, 1);
}

template <class S>
std::size_t StackStepper<S>::bytes() const {
  return (h_.size() + c_.size() + saved_.size() + reset_hidden_.size() + output_.size()) * sizeof(S) + x_operand_.bytes() + h_operand_.bytes() + reset_operand_.bytes();
}

template class StackStepper<float>;
#ifdef BPTT_WITH_DOUBLE
template class StackStepper<double>;
#endif

}  // namespace bptt

#include "layer/stack_stepper.h"

#include <algorithm>

#include "layer/cell_step.h"
#include "layer/start_sums.h"

namespace bptt {

template <class S>
StackStepper<S>::StackStepper(const StackWeights<S>& weights, int capacity, int direction)
    : weights_(weights), capacity_(capacity), direction_(direction), padded_(weights.direction(0, 0).padded), padded_state_(weights.direction(0, 0).padded_state) {
  const StackSpec& spec = weights.spec();
  const std::size_t rows = capacity, slots = slot_row(spec.layers, 0);
  h_.resize(checked_product({slots, static_cast<std::size_t>(padded_state_)}));
  if (spec.cell.has_memory()) c_.resize(checked_product({slots, static_cast<std::size_t>(padded_)}));
  const bool two_stages = spec.cell.traits().two_stages;
  if (two_stages || spec.cell.layer_norm) {
    ld_saved_ = static_cast<std::ptrdiff_t>(spec.cell.saved_slots()) * padded_ + spec.cell.scales();
    saved_.resize(checked_product({rows, static_cast<std::size_t>(ld_saved_)}));
  }
  const Products<S>& products = *weights.direction(0, direction).products;
  if (two_stages || spec.cell.has_projection()) {
    inner_.resize(checked_product({rows, static_cast<std::size_t>(padded_)}));
    inner_.zero();
    inner_operand_.prepare(products, inner_.data(), padded_, rows, spec.hidden);
  }
  x_operand_.prepare(products, nullptr, spec.input, rows, spec.input);
  h_operand_.prepare(products, h_.data(), padded_state_, slots, spec.state());
  if (!returns_state()) output_.resize(checked_product({rows, static_cast<std::size_t>(spec.state())}));
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
  for (int layer = 0; layer < weights_.spec().layers; ++layer) h_operand_.round(row_now(layer, row), rows, 0, weights_.spec().state());
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
      if (worth_sharing(spec.weights(layer) * rows_)) parts = std::min(rows_, pool.threads());
    }
    if (parts == 1) step_layer(layer, input, ldx, known, 0, rows_);
    else pool.run(parts, [&](int part) { step_layer(layer, input, ldx, known, rows_ * part / parts, rows_ * (part + 1) / parts); });
    known = {};
    input = h_operand_.at(slot_row(layer, 1 - current_));
    ldx = h_operand_.ld();
  }
  current_ = 1 - current_;
  return returns_state() ? h_at(row_now(spec.layers - 1, 0)) : output_.data();
}

template <class S>
void StackStepper<S>::step_layer(int layer, Operand x, std::ptrdiff_t ldx, const Starts<S>& starts, int begin, int end) {
  const DirectionWeights<S>& w = weights_.direction(layer, direction_);
  const std::size_t before = row_now(layer, begin), after = slot_row(layer, 1 - current_) + begin;
  StepRows<S> rows{};
  CellForward<S>& step = rows.step;
  step.rows = end - begin;
  step.x = x == nullptr ? nullptr : static_cast<const std::byte*>(x) + begin * ldx * w.products->operand_bytes;
  step.ldx = ldx;
  step.h = h_operand_.at(before);
  step.ldh = h_operand_.ld();
  step.h_product = step.h_previous = h_at(before);
  step.h_next = h_at(after);
  if (w.cell.has_memory()) {
    step.c_previous = c_at(before);
    step.c_next = c_at(after);
  }
  step.ld_state = padded_;
  if (last(layer) && !returns_state()) {
    step.output = output_.data() + static_cast<std::size_t>(begin) * w.state();
    step.ldo = w.state();
  }
  step.saved = saved_.size() == 0 ? nullptr : saved_.data() + begin * ld_saved_;
  step.ld_saved = ld_saved_;
  rows.starts = starts_from(starts, begin);
  rows.ld_h = padded_state_;
  rows.inner = &inner_operand_;
  rows.inner_numbers = inner_.size() == 0 ? nullptr : inner_.data() + static_cast<std::size_t>(begin) * padded_;
  rows.inner_row = begin;
  forward_step(w, rows, {0, w.hidden}, nullptr);
  h_operand_.round(after, step.rows, 0, w.state());
}

template <class S>
void StackStepper<S>::gather(const std::int32_t* parents, int count) {
  bool same = count <= rows_;
  for (int row = 0; same && row < count; ++row) same = parents[row] == row;
  if (!same) {
    for (int layer = 0; layer < weights_.spec().layers; ++layer) {
      const std::size_t from = row_now(layer, 0), to = slot_row(layer, 1 - current_);
      for (int row = 0; row < count; ++row) {
        std::copy_n(h_at(from + parents[row]), padded_state_, h_at(to + row));
        if (c_.size() > 0) std::copy_n(c_at(from + parents[row]), padded_, c_at(to + row));
      }
    }
    current_ = 1 - current_;
    round_state(0, count);
  }
  rows_ = count;
}

template <class S>
void StackStepper<S>::state(int row, S* h, S* c) const {
  const std::size_t state = weights_.spec().state(), hidden = weights_.spec().hidden;
  for (int layer = 0; layer < weights_.spec().layers; ++layer) {
    std::copy_n(h_.data() + row_now(layer, row) * padded_state_, state, h + layer * state);
    if (c != nullptr && c_.size() > 0) std::copy_n(c_.data() + row_now(layer, row) * padded_, hidden, c + layer * hidden);
  }
}

template <class S>
void StackStepper<S>::set_state(int row, const S* h, const S* c) {
  const std::size_t state = weights_.spec().state(), hidden = weights_.spec().hidden;
  for (int layer = 0; layer < weights_.spec().layers; ++layer) {
    std::copy_n(h + layer * state, state, h_at(row_now(layer, row)));
    if (c_.size() == 0) continue;
    if (c != nullptr) std::copy_n(c + layer * hidden, hidden, c_at(row_now(layer, row)));
    else std::fill_n(c_at(row_now(layer, row)), hidden, S(0));
  }
  round_state(row, 1);
}

template <class S>
std::size_t StackStepper<S>::bytes() const {
  return (h_.size() + c_.size() + saved_.size() + inner_.size() + output_.size()) * sizeof(S) + x_operand_.bytes() + h_operand_.bytes() + inner_operand_.bytes();
}

template class StackStepper<float>;
#ifdef BPTT_WITH_DOUBLE
template class StackStepper<double>;
#endif

}  // namespace bptt

#include "layer/recurrence.h"

#include <algorithm>

#include "layer/start_sums.h"

namespace bptt {

namespace {

// Steps whose input is read at once where there is one sequence: step by step, all of a layer's weights would be read for one row.
constexpr int steps_at_once = 32;

}  // namespace

template <class S>
void Recurrence<S>::round_initial() {
  for (int position = 0; position < f_.layout->batch(); ++position) {
    h_operand_.round(order_.initial_row(position), 1, 0, f_.weights->state());
    if (!f_.training) h_operand_.round(f_.layout->batch() + position, 1, 0, f_.weights->state());
  }
}

template <class S>
void Recurrence<S>::round_input(int t, Range rows, Range units) {
  const std::int64_t input = f_.weights->input, hidden = f_.weights->hidden;
  const int begin = static_cast<int>(input * units.begin / hidden), end = static_cast<int>(input * units.end / hidden);
  x_operand_.round(f_.layout->offset(t) + rows.begin, rows.end - rows.begin, begin, end - begin);
}

template <class S>
void Recurrence<S>::prepare(const Forward& forward) {
  f_ = forward;
  const DirectionWeights<S>& w = *f_.weights;
  const CellTraits& cell = w.cell.traits();
  order_.prepare(*f_.layout, f_.reverse, f_.training);
  ld_state_ = row_distance(w.padded_state, sizeof(S));
  ld_units_ = row_distance(w.padded, sizeof(S));
  ld_saved_ = row_distance(static_cast<std::ptrdiff_t>(w.cell.saved_slots()) * w.padded + w.cell.scales(), sizeof(S));
  order_.place(f_.initial_h, w.state(), w.padded_state, ld_state_, h_);
  if (cell.memory) order_.place(f_.initial_c, w.hidden, w.padded, ld_units_, c_);
  if (f_.mask != nullptr) {
    order_.place(f_.initial_h, w.state(), w.padded_state, ld_state_, masked_h_);
    for (int position = 0; position < f_.layout->batch(); ++position) {
      S* const first = masked_h_.data() + order_.initial_row(position) * ld_state_;
      kernels_.multiply(first, first, mask_of(position), w.state());
    }
  }
  const std::size_t kept = order_.kept_rows();
  saved_.resize(needs_saved() ? checked_product({kept, static_cast<std::size_t>(ld_saved_)}) : 0);
  inner_.resize(has_inner() ? checked_product({kept, static_cast<std::size_t>(ld_units_)}) : 0);
  const bool alone = f_.layout->batch() == 1 && f_.layout->rows() > 1;
  x_operand_.prepare(*w.products, f_.input, w.input, f_.layout->rows(), w.input);
  if (alone) x_operand_.round(0, f_.layout->rows(), 0, w.input);
  h_operand_.prepare(*w.products, product_h().data(), ld_state_, order_.rows(), w.state());
  round_initial();
  if (has_inner()) inner_operand_.prepare(*w.products, inner_.data(), ld_units_, kept, w.hidden);
  start_sums_.resize(alone && !w.cell.layer_norm ? checked_product({steps_at_once, static_cast<std::size_t>(start_slots(w.cell)), static_cast<std::size_t>(w.padded)}) : 0);
}

// What the sums of step t of a sequence that is alone begin with. All threads that share its units come here, each for its own.
template <class S>
Starts<S> Recurrence<S>::starts_at(int t, Range units) {
  const int rows = f_.layout->rows();
  if (start_sums_.size() == 0 || t >= rows) return {};
  const DirectionWeights<S>& w = *f_.weights;
  const std::ptrdiff_t ld = static_cast<std::ptrdiff_t>(start_slots(w.cell)) * w.padded;
  const int place = t % steps_at_once, first = t - place;
  const bool enters = f_.reverse ? t == rows - 1 || place == steps_at_once - 1 : place == 0;
  if (enters)
    start_sums(w, x_operand_.at(first), x_operand_.ld(), w.input, std::min(steps_at_once, rows - first), units, start_sums_.data(), ld);
  return {start_sums_.data() + place * ld, ld, w.input, nullptr};
}

template <class S>
void Recurrence<S>::run(Range rows, Range units, ThreadPool::Barrier* barrier) {
  const int steps = f_.layout->steps();
  // Slices of units share the input of the next step out among them; a sequence that is alone has its input already.
  const bool rounds = x_operand_.copies() && start_sums_.size() == 0;
  if (rounds && barrier != nullptr && steps > 0) {
    round_input(order_.step_at(0), active(rows, order_.step_at(0)), units);
    barrier->wait();
  }
  for (int i = 0; i < steps; ++i) {
    const int t = order_.step_at(i);
    if (barrier == nullptr) f_.stop->check();
    if (rounds && barrier == nullptr) round_input(t, active(rows, t), units);
    forward_step(t, active(rows, t), units, barrier, starts_at(t, units));
    if (rounds && barrier != nullptr && i + 1 < steps) round_input(order_.step_at(i + 1), active(rows, order_.step_at(i + 1)), units);
    if (barrier != nullptr) barrier->wait();
  }
}

template <class S>
void Recurrence<S>::step(int t, Range rows) {
  f_.stop->check();
  round_input(t, rows, {0, f_.weights->hidden});
  forward_step(t, rows, {0, f_.weights->hidden}, nullptr);
}

template <class S>
void Recurrence<S>::forward_step(int t, Range rows, Range units, ThreadPool::Barrier* barrier, const Starts<S>& starts) {
  const DirectionWeights<S>& w = *f_.weights;
  const std::ptrdiff_t from = before(t) + rows.begin, to = after(t) + rows.begin, packed = f_.layout->offset(t) + rows.begin, place = kept(t) + rows.begin;
  S* const saved = saved_rows(t);
  StepRows<S> step_rows{};
  CellForward<S>& step = step_rows.step;
  step.rows = rows.end - rows.begin;
  step.x = x_operand_.at(packed);
  step.ldx = x_operand_.ld();
  step.h = h_operand_.at(from);
  step.ldh = h_operand_.ld();
  step.h_is_zero = begins_at_zero(t);
  step.h_product = product_h().data() + from * ld_state_;
  step.h_previous = h_.data() + from * ld_state_;
  step.h_next = h_.data() + to * ld_state_;
  if (w.cell.has_memory()) {
    step.c_previous = c_.data() + from * ld_units_;
    step.c_next = c_.data() + to * ld_units_;
  }
  step.ld_state = ld_units_;
  step.output = f_.output + packed * f_.ldo;
  step.ldo = f_.ldo;
  step.saved = saved == nullptr ? nullptr : saved + rows.begin * ld_saved_;
  step.ld_saved = ld_saved_;
  step_rows.starts = starts;
  step_rows.ld_h = ld_state_;
  if (has_inner()) {
    step_rows.inner = &inner_operand_;
    step_rows.inner_numbers = inner_.data() + place * ld_units_;
    step_rows.inner_row = place;
  }
  bptt::forward_step(w, step_rows, units, barrier);
  const Range state = state_range(w, units);
  if (f_.mask != nullptr)
    for (int row = rows.begin; row < rows.end; ++row) {
      const std::ptrdiff_t at = (after(t) + row) * ld_state_ + state.begin;
      kernels_.multiply(masked_h_.data() + at, h_.data() + at, mask_of(row) + state.begin, state.end - state.begin);
    }
  h_operand_.round(to, step.rows, state.begin, state.end - state.begin);
}

template <class S>
void Recurrence<S>::final_state(S* h, S* c) const {
  order_.gather_final(h_, ld_state_, f_.weights->state(), h);
  if (f_.weights->cell.has_memory()) order_.gather_final(c_, ld_units_, f_.weights->hidden, c);
}

#define BPTT_INSTANTIATE(S)                                                              \
  template void Recurrence<S>::prepare(const Forward&);                                  \
  template void Recurrence<S>::run(Range, Range, ThreadPool::Barrier*);                  \
  template void Recurrence<S>::step(int, Range);                                         \
  template void Recurrence<S>::final_state(S*, S*) const;
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

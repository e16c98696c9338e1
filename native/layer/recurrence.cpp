#include "layer/recurrence.h"

#include <algorithm>

#include "layer/start_sums.h"

namespace bptt {

namespace {

// Steps whose input is read at once where there is one sequence: step by step, all of a layer's weights would be read for one row.
constexpr int steps_at_once = 32;

}  // namespace

template <class S>
int Recurrence<S>::before(int t) const {
  const SequenceLayout& layout = *f_.layout;
  if (!keeps_all_) return ((f_.reverse ? layout.steps() - 1 - t : t) & 1) * layout.batch();
  if (f_.reverse) return layout.offset(t);
  return t == 0 ? 0 : layout.batch() + layout.offset(t - 1);
}

template <class S>
int Recurrence<S>::after(int t) const {
  const SequenceLayout& layout = *f_.layout;
  if (!keeps_all_) return ((f_.reverse ? layout.steps() - t : t + 1) & 1) * layout.batch();
  if (f_.reverse) return t == 0 ? layout.rows() : layout.offset(t - 1);
  return layout.batch() + layout.offset(t);
}

template <class S>
std::size_t Recurrence<S>::slot_rows() const {
  const std::size_t batch = f_.layout->batch();
  return keeps_all_ ? f_.layout->rows() + batch : 2 * batch;
}

// The backward direction begins at a sequence's last step; without steps it begins and ends at the final slot.
template <class S>
int Recurrence<S>::initial_row(int position) const {
  if (!keeps_all_ || !f_.reverse) return position;
  const int length = f_.layout->length(position);
  return (length == 0 ? f_.layout->rows() : f_.layout->offset(length - 1)) + position;
}

// The initial state goes where a sequence's first step will look for it.
template <class S>
void Recurrence<S>::place_initial(AlignedArray<S>& slots, const S* initial, const S* mask) {
  const SequenceLayout& layout = *f_.layout;
  const int hidden = f_.weights->hidden;
  slots.resize(checked_product({slot_rows(), static_cast<std::size_t>(ld_state_)}));
  const auto place = [&](int row, int position) {
    S* to = slots.data() + row * ld_state_;
    if (initial == nullptr) {
      std::fill(to, to + hp_, S(0));
      return;
    }
    const S* from = initial + static_cast<std::ptrdiff_t>(layout.sequence(position)) * hidden;
    std::copy(from, from + hidden, to);
    std::fill(to + hidden, to + hp_, S(0));
    if (mask != nullptr)
      for (int unit = 0; unit < hidden; ++unit) to[unit] *= mask[static_cast<std::ptrdiff_t>(position) * hp_ + unit];
  };
  for (int position = 0; position < layout.batch(); ++position) {
    place(initial_row(position), position);
    if (!keeps_all_) place(layout.batch() + position, position);
  }
}

template <class S>
void Recurrence<S>::round_initial() {
  for (int position = 0; position < f_.layout->batch(); ++position) {
    h_operand_.round(initial_row(position), 1, 0, f_.weights->hidden);
    if (!keeps_all_) h_operand_.round(f_.layout->batch() + position, 1, 0, f_.weights->hidden);
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
  keeps_all_ = forward.training;
  const DirectionWeights<S>& w = *f_.weights;
  hp_ = w.padded;
  ld_state_ = row_distance(hp_, sizeof(S));
  ld_saved_ = row_distance(static_cast<std::ptrdiff_t>(w.cell.saved_slots()) * hp_, sizeof(S));
  const std::size_t kept = keeps_all_ ? f_.layout->rows() : f_.layout->batch();
  place_initial(h_, f_.initial_h, nullptr);
  if (w.cell.has_memory()) place_initial(c_, f_.initial_c, nullptr);
  if (f_.mask != nullptr) place_initial(masked_h_, f_.initial_h, f_.mask);
  const bool saves = f_.training || w.cell.has_two_stages();
  saved_.resize(saves ? checked_product({kept, static_cast<std::size_t>(ld_saved_)}) : 0);
  reset_hidden_.resize(w.cell.has_two_stages() ? checked_product({kept, static_cast<std::size_t>(ld_state_)}) : 0);
  const bool alone = f_.layout->batch() == 1 && f_.layout->rows() > 1;
  x_operand_.prepare(*w.products, f_.input, w.input, f_.layout->rows(), w.input);
  if (alone) x_operand_.round(0, f_.layout->rows(), 0, w.input);
  h_operand_.prepare(*w.products, product_h().data(), ld_state_, slot_rows(), w.hidden);
  round_initial();
  if (w.cell.has_two_stages()) reset_operand_.prepare(*w.products, reset_hidden_.data(), ld_state_, kept, w.hidden);
  start_sums_.resize(alone ? checked_product({steps_at_once, static_cast<std::size_t>(start_slots(w.cell)), static_cast<std::size_t>(hp_)}) : 0);
}

// What the sums of step t of a sequence that is alone begin with. All threads that share its units come here, each for its own.
template <class S>
Starts<S> Recurrence<S>::starts_at(int t, Range units) {
  const int rows = f_.layout->rows();
  if (start_sums_.size() == 0 || t >= rows) return {};
  const DirectionWeights<S>& w = *f_.weights;
  const std::ptrdiff_t ld = static_cast<std::ptrdiff_t>(start_slots(w.cell)) * hp_;
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
    round_input(step_at(0), active(rows, step_at(0)), units);
    barrier->wait();
  }
  for (int i = 0; i < steps; ++i) {
    const int t = step_at(i);
    if (barrier == nullptr) f_.stop->check();
    if (rounds && barrier == nullptr) round_input(t, active(rows, t), units);
    forward_step(t, active(rows, t), units, barrier, starts_at(t, units));
    if (rounds && barrier != nullptr && i + 1 < steps) round_input(step_at(i + 1), active(rows, step_at(i + 1)), units);
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
  const std::ptrdiff_t from = (before(t) + rows.begin) * ld_state_;
  const std::ptrdiff_t to = (after(t) + rows.begin) * ld_state_;
  const std::ptrdiff_t packed = f_.layout->offset(t) + rows.begin;

  CellForward<S> step{};
  step.activation = w.cell.activation;
  step.rows = rows.end - rows.begin;
  step.unit_begin = units.begin;
  step.unit_end = units.end;
  step.input = w.input;
  step.hidden = w.hidden;
  step.padded = hp_;
  step.x = x_operand_.at(packed);
  step.ldx = x_operand_.ld();
  step.h = h_operand_.at(before(t) + rows.begin);
  step.ldh = h_operand_.ld();
  step.h_product = product_h().data() + from;
  step.h_is_zero = begins_at_zero(t);
  step.starts = first_stage(starts, w);
  step.ld_state = ld_state_;
  step.panels = w.forward.data();
  step.bias = w.stage_bias.data();
  step.h_previous = h_.data() + from;
  step.h_next = h_.data() + to;
  if (w.cell.has_memory()) {
    step.c_previous = c_.data() + from;
    step.c_next = c_.data() + to;
  }
  step.output = f_.output + packed * f_.ldo;
  step.ldo = f_.ldo;
  step.ld_saved = ld_saved_;
  S* const saved = saved_rows(t);
  step.saved = saved == nullptr ? nullptr : saved + rows.begin * ld_saved_;

  if (w.cell.has_two_stages()) {
    const std::ptrdiff_t reset = kept(t) + rows.begin;
    step.reset_hidden = reset_hidden_.data() + reset * ld_state_;
    step.stage = Stage::gru_before_gates;
    w.products->cell_forward(step);
    reset_operand_.round(reset, step.rows, units.begin, units.end - units.begin);
    if (barrier != nullptr) barrier->wait();
    step.h = reset_operand_.at(reset);
    step.ldh = reset_operand_.ld();
    step.panels = w.candidate.data();
    step.bias = w.candidate_bias.data();
    step.starts = starts;
  }
  step.stage = w.cell.last_stage();
  w.products->cell_forward(step);
  if (f_.mask != nullptr) {
    const int end = units.end == w.hidden ? hp_ : units.end;
    for (int row = rows.begin; row < rows.end; ++row) {
      const std::ptrdiff_t at = (after(t) + row) * ld_state_ + units.begin;
      kernels_.multiply(masked_h_.data() + at, h_.data() + at, f_.mask + static_cast<std::ptrdiff_t>(row) * hp_ + units.begin, end - units.begin);
    }
  }
  h_operand_.round(after(t) + rows.begin, step.rows, units.begin, units.end - units.begin);
}

template <class S>
void Recurrence<S>::gather_final(const AlignedArray<S>& slots, S* to) const {
  if (to == nullptr) return;
  const SequenceLayout& layout = *f_.layout;
  const int hidden = f_.weights->hidden;
  for (int position = 0; position < layout.batch(); ++position) {
    const int length = layout.length(position);
    int row = position;
    if (!keeps_all_) row += (f_.reverse ? layout.steps() & 1 : length & 1) * layout.batch();
    else if (f_.reverse) row += layout.rows();
    else if (length > 0) row += layout.batch() + layout.offset(length - 1);
    const S* from = slots.data() + row * ld_state_;
    std::copy(from, from + hidden, to + static_cast<std::ptrdiff_t>(layout.sequence(position)) * hidden);
  }
}

template <class S>
void Recurrence<S>::final_state(S* h, S* c) const {
  gather_final(h_, h);
  if (f_.weights->cell.has_memory()) gather_final(c_, c);
}

#define BPTT_INSTANTIATE(S)                                                              \
  template int Recurrence<S>::before(int) const;                                         \
  template int Recurrence<S>::after(int) const;                                          \
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

#include "layer/scan.h"

#include <algorithm>

#include "layer/cell_step.h"
#include "layer/start_sums.h"

namespace bptt {

namespace {

// Rows whose sums are computed at once: enough for full tiles, few enough to stay near until they are scanned.
constexpr int rows_at_once = 96;

}  // namespace

template <class S>
void Scan<S>::prepare(const Forward& forward) {
  f_ = forward;
  const DirectionWeights<S>& w = *f_.weights;
  const int rows = f_.layout->rows();
  order_.prepare(*f_.layout, f_.reverse, f_.training);
  ld_state_ = row_distance(w.padded, sizeof(S));
  ld_saved_ = row_distance(static_cast<std::ptrdiff_t>(w.cell.traits().saved_slots) * w.padded, sizeof(S));
  order_.place(f_.initial_h, w.hidden, w.padded, ld_state_, h_);
  most_rows_ = std::max(f_.layout->batch(), rows_at_once);
  sums_.resize(checked_product({static_cast<std::size_t>(f_.training ? rows : std::min(rows, most_rows_)), static_cast<std::size_t>(ld_saved_)}));
  x_operand_.prepare(*w.products, f_.input, w.input, rows, w.input);
  x_operand_.round(0, rows, 0, w.input);
}

template <class S>
void Scan<S>::scan_step(int t, Range units, S* sums) {
  const DirectionWeights<S>& w = *f_.weights;
  CellForward<S> step{};
  step.stage = w.cell.traits().stage;
  step.rows = f_.layout->active(t);
  step.hidden = w.hidden;
  step.padded = w.padded;
  step.ld_state = ld_state_;
  step.h_previous = h_.data() + order_.before(t) * ld_state_;
  step.h_next = h_.data() + order_.after(t) * ld_state_;
  step.output = f_.output + static_cast<std::ptrdiff_t>(f_.layout->offset(t)) * f_.ldo;
  step.ldo = f_.ldo;
  step.saved = f_.training ? sums : nullptr;
  step.ld_saved = ld_saved_;
  const int end = units.end == w.hidden ? w.padded : units.end;
  kernels_.cell_pointwise(step, {sums + units.begin, w.padded, ld_saved_, 0, step.rows, units.begin, end - units.begin});
}

template <class S>
void Scan<S>::run(Range, Range units, ThreadPool::Barrier*) {
  const DirectionWeights<S>& w = *f_.weights;
  const SequenceLayout& layout = *f_.layout;
  for (int i = 0; i < layout.steps();) {
    f_.stop->check();
    // Neighbouring steps [i, end) have neighbouring rows, in either direction.
    int end = i, count = 0;
    while (end < layout.steps() && (count == 0 || count + layout.active(order_.step_at(end)) <= most_rows_)) count += layout.active(order_.step_at(end++));
    const int first = layout.offset(std::min(order_.step_at(i), order_.step_at(end - 1)));
    S* const sums = sums_.data() + (f_.training ? first * ld_saved_ : 0);
    start_sums(w, x_operand_.at(first), x_operand_.ld(), w.input, count, units, sums, ld_saved_);
    for (; i < end; ++i) {
      const int t = order_.step_at(i);
      scan_step(t, units, sums + (layout.offset(t) - first) * ld_saved_);
    }
  }
}

template <class S>
void Scan<S>::step(int t, Range rows) {
  f_.stop->check();
  const DirectionWeights<S>& w = *f_.weights;
  const std::ptrdiff_t packed = f_.layout->offset(t) + rows.begin;
  x_operand_.round(packed, rows.end - rows.begin, 0, w.input);
  StepRows<S> step_rows{};
  CellForward<S>& step = step_rows.step;
  step.rows = rows.end - rows.begin;
  step.x = x_operand_.at(packed);
  step.ldx = x_operand_.ld();
  step.h_previous = h_.data() + (order_.before(t) + rows.begin) * ld_state_;
  step.h_next = h_.data() + (order_.after(t) + rows.begin) * ld_state_;
  step.ld_state = step_rows.ld_h = ld_state_;
  step.output = f_.output + packed * f_.ldo;
  step.ldo = f_.ldo;
  step.saved = f_.training ? sums_.data() + packed * ld_saved_ : nullptr;
  step.ld_saved = ld_saved_;
  forward_step(w, step_rows, {0, w.hidden}, nullptr);
}

template <class S>
void Scan<S>::final_state(S* h, S*) const {
  order_.gather_final(h_, ld_state_, f_.weights->hidden, h);
}

template <class S>
void Scan<S>::prepare_backward(const Backward& backward) {
  b_ = backward;
  const DirectionWeights<S>& w = *f_.weights;
  order_.place_gradient(b_.d_final_h, w.hidden, ld_state_, dh_);
  gates_operand_.prepare(*w.products, sums_.data(), ld_saved_, f_.layout->rows(), w.cell.traits().saved_slots * w.slot_part());
  if (w.slot_part() != w.padded) gates_operand_.zero();
}

template <class S>
void Scan<S>::run_backward(Range, Range units, ThreadPool::Barrier*) {
  for (int i = f_.layout->steps() - 1; i >= 0; --i) {
    const int t = order_.step_at(i);
    f_.stop->check();
    backward_step(t, {0, f_.layout->active(t)}, units);
  }
}

template <class S>
void Scan<S>::step_back(int t, Range rows) {
  f_.stop->check();
  backward_step(t, rows, {0, f_.weights->hidden});
}

template <class S>
void Scan<S>::backward_step(int t, Range rows, Range units) {
  const DirectionWeights<S>& w = *f_.weights;
  const std::ptrdiff_t packed = f_.layout->offset(t) + rows.begin;
  CellBackward<S> step{};
  step.stage = w.cell.traits().stage;
  step.rows = rows.end - rows.begin;
  step.unit_begin = units.begin;
  step.unit_end = units.end;
  step.hidden = w.hidden;
  step.padded = w.padded;
  step.ld_state = ld_state_;
  step.d_output = b_.d_output == nullptr ? nullptr : b_.d_output + packed * b_.ldo;
  step.ldo = b_.ldo;
  step.saved = sums_.data() + packed * ld_saved_;
  step.ld_saved = ld_saved_;
  step.h_previous = h_.data() + (order_.before(t) + rows.begin) * ld_state_;
  step.dh = dh_.data() + rows.begin * ld_state_;
  kernels_.cell_backward(step);
  round_gates(w, gates_operand_, packed, step.rows, units, 0, w.cell.traits().saved_slots);
}

template <class S>
void Scan<S>::initial_gradient(S* dh, S*) const {
  order_.gather_gradient(dh_, ld_state_, f_.weights->hidden, dh);
}

template <class S>
int Scan<S>::prepare_gradients(S* const (&gradients)[parameter_roles], int pieces) {
  const DirectionWeights<S>& w = *f_.weights;
  jobs_.clear(*w.products);
  const RightSide<S> x{0, w.input, x_operand_.at(0), x_operand_.ld(), nullptr, nullptr, w.input, 0, 0};
  jobs_.push({group_gradient(w, w.cell.traits().groups[0], f_.layout->rows(), gates_operand_.at(0), gates_operand_.ld(), x, {}, gradients)}, pieces);
  return jobs_.count();
}

template <class S>
void Scan<S>::input_gradient(S* d_input, Range rows, bool accumulate) const {
  bptt::input_gradient(*f_.weights, gates_operand_, d_input, rows, accumulate);
}

template class Scan<float>;
#ifdef BPTT_WITH_DOUBLE
template class Scan<double>;
#endif

}  // namespace bptt

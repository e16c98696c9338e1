// Back through time, and the gradients that follow from it.
#include <algorithm>
#include <initializer_list>

#include "layer/recurrence.h"

namespace bptt {

namespace {

// Rows [B, H] in the caller's order → rows of the states by position; null: zeros.
template <class S>
void place_gradient(const SequenceLayout& layout, int hidden, std::ptrdiff_t ld, const S* from, AlignedArray<S>& to) {
  to.resize(checked_product({static_cast<std::size_t>(layout.batch()), static_cast<std::size_t>(ld)}));
  to.zero();
  if (from == nullptr) return;
  for (int position = 0; position < layout.batch(); ++position) {
    const S* row = from + static_cast<std::ptrdiff_t>(layout.sequence(position)) * hidden;
    std::copy(row, row + hidden, to.data() + position * ld);
  }
}

template <class S>
void gather_gradient(const SequenceLayout& layout, int hidden, std::ptrdiff_t ld, const AlignedArray<S>& from, S* to) {
  if (to == nullptr) return;
  for (int position = 0; position < layout.batch(); ++position) {
    const S* row = from.data() + position * ld;
    std::copy(row, row + hidden, to + static_cast<std::ptrdiff_t>(layout.sequence(position)) * hidden);
  }
}

}  // namespace

template <class S>
void Recurrence<S>::prepare_backward(const Backward& backward) {
  b_ = backward;
  const DirectionWeights<S>& w = *f_.weights;
  const SequenceLayout& layout = *f_.layout;
  // A sequence's final gradient waits in its row until its last step is reached.
  place_gradient(layout, w.hidden, ld_state_, b_.d_final_h, dh_);
  if (w.cell.has_memory()) place_gradient(layout, w.hidden, ld_state_, b_.d_final_c, dc_);
  if (w.cell.has_two_stages() || f_.mask != nullptr) {
    through_.resize(checked_product({static_cast<std::size_t>(layout.batch()), static_cast<std::size_t>(ld_state_)}));
    through_.zero();
  }
  gates_operand_.prepare(*w.products, saved_.data(), ld_saved_, layout.rows(), w.cell.saved_slots() * w.slot_part());
  if (w.slot_part() != hp_) gates_operand_.zero();
  previous_rows_.clear();
  if (!f_.reverse && !layout.full()) {
    previous_rows_.resize(layout.rows());
    for (int t = 0; t < layout.steps(); ++t)
      for (int row = 0; row < layout.active(t); ++row) previous_rows_[layout.offset(t) + row] = before(t) + row;
  }
}

template <class S>
void Recurrence<S>::run_backward(Range rows, Range units, ThreadPool::Barrier* barrier) {
  for (int i = f_.layout->steps() - 1; i >= 0; --i) {
    const int t = step_at(i);
    if (barrier == nullptr) f_.stop->check();
    backward_step(t, active(rows, t), units, barrier);
  }
}

template <class S>
void Recurrence<S>::step_back(int t, Range rows) {
  f_.stop->check();
  backward_step(t, rows, {0, f_.weights->hidden}, nullptr);
}

template <class S>
void Recurrence<S>::round_gates(int t, Range rows, Range units, int first, int slots) {
  const int end = units.end == f_.weights->hidden ? hp_ : units.end;
  for (int slot = first; slot < first + slots; ++slot)
    gates_operand_.round(kept(t) + rows.begin, rows.end - rows.begin, slot * hp_ + units.begin, end - units.begin, slot * f_.weights->slot_part() + units.begin);
}

template <class S>
void Recurrence<S>::backward_step(int t, Range rows, Range units, ThreadPool::Barrier* barrier) {
  const DirectionWeights<S>& w = *f_.weights;
  const std::ptrdiff_t from = (before(t) + rows.begin) * ld_state_;
  const std::ptrdiff_t to = (after(t) + rows.begin) * ld_state_;
  const std::ptrdiff_t state = rows.begin * ld_state_;
  const bool two_stages = w.cell.has_two_stages();

  CellBackward<S> step{};
  step.activation = w.cell.activation;
  step.rows = rows.end - rows.begin;
  step.unit_begin = units.begin;
  step.unit_end = units.end;
  step.hidden = w.hidden;
  step.padded = hp_;
  step.ld_state = ld_state_;
  step.d_output = b_.d_output == nullptr ? nullptr : b_.d_output + (f_.layout->offset(t) + rows.begin) * b_.ldo;
  step.ldo = b_.ldo;
  step.saved = saved_rows(t) + rows.begin * ld_saved_;
  step.ld_saved = ld_saved_;
  step.h_previous = h_.data() + from;
  step.h_product = product_h().data() + from;
  step.h_next = h_.data() + to;
  if (w.cell.has_memory()) {
    step.c_previous = c_.data() + from;
    step.c_next = c_.data() + to;
    step.dc = dc_.data() + state;
  }
  step.dh = dh_.data() + state;
  step.stage = w.cell.last_stage();
  kernels_.cell_backward(step);
  round_gates(t, rows, units, 0, two_stages ? 1 : w.cell.saved_slots());
  if (barrier != nullptr) barrier->wait();

  Product<S> product{};
  product.rows = step.rows;
  product.column_begin = units.begin;
  product.column_end = units.end;
  product.ldc = ld_state_;
  product.lda = gates_operand_.ld();
  if (two_stages) {
    product.depth = w.slot_part();
    product.a = gates_operand_.at(kept(t) + rows.begin);
    product.panels = w.candidate_transposed.data();
    product.c = through_.data() + state;
    w.products->product(product);
    step.stage = Stage::gru_before_gates;
    step.reset_gradient = through_.data() + state;
    kernels_.cell_backward(step);
    round_gates(t, rows, units, 1, 2);
    if (barrier != nullptr) barrier->wait();
  }
  if (begins_at_zero(t) && !b_.to_initial_h) return;
  // What came through the products joins what came directly; it waits apart where a mask lies between.
  const bool apart = f_.mask != nullptr || two_stages;
  product.depth = w.hidden_slots() * w.slot_part();
  product.a = gates_operand_.at(kept(t) + rows.begin, w.hidden_slot() * w.slot_part());
  product.panels = w.hidden_transposed.data();
  product.c = (apart ? through_ : dh_).data() + state;
  product.accumulate = two_stages || (!apart && w.cell.kind == CellKind::gru);
  w.products->product(product);
  if (apart) {
    const bool direct = w.cell.kind == CellKind::gru;
    for (int row = rows.begin; row < rows.end; ++row) {
      const std::ptrdiff_t at = row * ld_state_ + units.begin;
      const std::size_t size = units.end - units.begin;
      S* const through = through_.data() + at;
      if (f_.mask != nullptr) kernels_.multiply(through, through, f_.mask + static_cast<std::ptrdiff_t>(row) * hp_ + units.begin, size);
      if (direct) kernels_.add(dh_.data() + at, through, size);
      else std::copy(through, through + size, dh_.data() + at);
    }
  }
}

template <class S>
void Recurrence<S>::initial_gradient(S* dh, S* dc) const {
  gather_gradient(*f_.layout, f_.weights->hidden, ld_state_, dh_, dh);
  if (f_.weights->cell.has_memory()) gather_gradient(*f_.layout, f_.weights->hidden, ld_state_, dc_, dc);
}

template <class S>
void Recurrence<S>::gradient_jobs(const Gradients& g, int pieces, std::vector<Job>& jobs) const {
  const DirectionWeights<S>& w = *f_.weights;
  const int hidden = w.hidden;
  const SequenceLayout& layout = *f_.layout;
  // Rows of sequences that begin with a state of 0, where they are the first or the last ones.
  const int zeros = f_.initial_h != nullptr || layout.rows() == 0 ? 0 : layout.active(f_.reverse ? layout.length(0) - 1 : 0);
  const int first_zeros = f_.reverse ? 0 : zeros, last_zeros = f_.reverse ? zeros : 0;
  RightSide<S> x{0, w.input, x_operand_.at(0), x_operand_.ld(), nullptr, nullptr, w.input, 0, 0};
  RightSide<S> h{0, hidden, h_operand_.at(0), h_operand_.ld(), previous_rows_.empty() ? nullptr : previous_rows_.data(), nullptr, hidden, first_zeros, last_zeros};
  // `gates` neighbouring gates of the parameters, from `gate` on, which are neighbouring slots of saved too.
  const auto product = [&](int slot, int gates, int gate, bool of_x, bool of_h, S* bias) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(gate) * hidden;
    GradientProduct<S> p{};
    p.depth = layout.rows();
    p.m_end = gates * hidden;
    p.group_size = hidden;
    p.group_stride = w.slot_part();
    p.a = gates_operand_.at(0, slot * w.slot_part());
    p.lda = gates_operand_.ld();
    p.sides[0] = x;
    p.sides[1] = h;
    if (of_x) p.sides[0].c = g.weight_ih + first * w.input;
    if (of_h) p.sides[1].c = g.weight_hh + first * hidden;
    p.sums = bias;
    return p;
  };
  // Each cut along its rows, in as many jobs.
  const auto push = [&](std::initializer_list<GradientProduct<S>> products) {
    for (int piece = 0; piece < pieces; ++piece) {
      Job job{};
      for (GradientProduct<S> p : products) {
        const std::int64_t rows = p.m_end;
        p.m_begin = static_cast<int>(rows * piece / pieces);
        p.m_end = static_cast<int>(rows * (piece + 1) / pieces);
        if (p.m_begin < p.m_end) job.products[job.count++] = p;
      }
      if (job.count > 0) jobs.push_back(job);
    }
  };
  if (w.cell.kind != CellKind::gru) {
    push({product(0, w.cell.gates(), 0, true, true, g.bias)});
    return;
  }
  // gru saves n first, its parameters have it last.
  const GradientProduct<S> gates = product(1, 2, 0, true, true, g.bias);
  S* const bias_n = g.bias + 2 * hidden;
  if (w.cell.reset_after) {
    push({gates, product(0, 1, 2, true, false, bias_n), product(3, 1, 2, false, true, g.bias_hn)});
    return;
  }
  push({gates});
  h.b = reset_operand_.at(0);
  h.ldb = reset_operand_.ld();
  h.rows = nullptr;
  push({product(0, 1, 2, true, true, bias_n)});
}

template <class S>
void Recurrence<S>::input_gradient(S* d_input, Range rows, bool accumulate) const {
  const DirectionWeights<S>& w = *f_.weights;
  Product<S> product{};
  product.rows = rows.end - rows.begin;
  product.column_end = w.input;
  product.depth = w.input_slots() * w.slot_part();
  product.a = gates_operand_.at(rows.begin);
  product.lda = gates_operand_.ld();
  product.panels = w.input_transposed.data();
  product.c = d_input + static_cast<std::ptrdiff_t>(rows.begin) * w.input;
  product.ldc = w.input;
  product.accumulate = accumulate;
  w.products->product(product);
}

#define BPTT_INSTANTIATE(S)                                                                      \
  template void Recurrence<S>::prepare_backward(const Backward&);                                \
  template void Recurrence<S>::run_backward(Range, Range, ThreadPool::Barrier*);                 \
  template void Recurrence<S>::step_back(int, Range);                                            \
  template void Recurrence<S>::initial_gradient(S*, S*) const;                                   \
  template void Recurrence<S>::gradient_jobs(const Gradients&, int, std::vector<Job>&) const;    \
  template void Recurrence<S>::input_gradient(S*, Range, bool) const;
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

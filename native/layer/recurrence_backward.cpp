// Back through time, and the gradients that follow from it.
#include <algorithm>
#include <iterator>
#include <utility>

#include "layer/layer_norm.h"
#include "layer/recurrence.h"

namespace bptt {

template <class S>
void Recurrence<S>::prepare_backward(const Backward& backward) {
  b_ = backward;
  const DirectionWeights<S>& w = *f_.weights;
  const SequenceLayout& layout = *f_.layout;
  // A sequence's final gradient waits in its row until its last step is reached.
  order_.place_gradient(b_.d_final_h, w.state(), ld_state_, dh_);
  if (w.cell.has_memory()) order_.place_gradient(b_.d_final_c, w.hidden, ld_units_, dc_);
  const std::size_t batch = layout.batch(), rows = layout.rows();
  if (w.cell.traits().two_stages || f_.mask != nullptr) {
    through_.resize(checked_product({batch, static_cast<std::size_t>(ld_state_)}));
    through_.zero();
  }
  if (w.cell.has_projection()) {
    d_state_.resize(checked_product({rows, static_cast<std::size_t>(ld_state_)}));
    d_state_operand_.prepare(*w.products, d_state_.data(), ld_state_, rows, w.state());
    d_inner_.resize(checked_product({batch, static_cast<std::size_t>(ld_units_)}));
    d_inner_.zero();
  }
  if (w.cell.layer_norm) {
    ld_sums_ = row_distance(static_cast<std::ptrdiff_t>(w.cell.gates()) * w.padded, sizeof(S));
    for (const auto& [sums, operand] : {std::pair<AlignedArray<S>*, OperandRows<S>*>{&d_sums_x_, &d_sums_x_operand_}, {&d_sums_h_, &d_sums_h_operand_}}) {
      sums->resize(checked_product({rows, static_cast<std::size_t>(ld_sums_)}));
      // Units beyond H are read, and never written.
      sums->zero();
      operand->prepare(*w.products, sums->data(), ld_sums_, rows, w.cell.gates() * w.slot_part());
      if (w.slot_part() != w.padded) operand->zero();
    }
  }
  gates_operand_.prepare(*w.products, saved_.data(), ld_saved_, layout.rows(), w.cell.traits().saved_slots * w.slot_part());
  if (w.slot_part() != w.padded) gates_operand_.zero();
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
    const int t = order_.step_at(i);
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
void Recurrence<S>::unproject(int t, Range rows, Range units, ThreadPool::Barrier* barrier) {
  const DirectionWeights<S>& w = *f_.weights;
  const Range state = state_range(w, units);
  const std::size_t size = state.end - state.begin;
  for (int row = rows.begin; row < rows.end; ++row) {
    S* const to = d_state_.data() + (kept(t) + row) * ld_state_ + state.begin;
    std::copy_n(dh_.data() + row * ld_state_ + state.begin, size, to);
    if (b_.d_output != nullptr) kernels_.add(to, b_.d_output + (f_.layout->offset(t) + row) * b_.ldo + state.begin, size);
  }
  const std::ptrdiff_t first = kept(t) + rows.begin;
  d_state_operand_.round(first, rows.end - rows.begin, state.begin, state.end - state.begin);
  if (barrier != nullptr) barrier->wait();
  Product<S> product{};
  product.rows = rows.end - rows.begin;
  product.column_begin = units.begin;
  product.column_end = units.end;
  product.depth = w.state();
  product.a = d_state_operand_.at(first);
  product.lda = d_state_operand_.ld();
  product.panels = w.projection_transposed.data();
  product.c = d_inner_.data() + rows.begin * ld_units_;
  product.ldc = ld_units_;
  w.products->product(product);
}

template <class S>
void Recurrence<S>::backward_step(int t, Range rows, Range units, ThreadPool::Barrier* barrier) {
  const DirectionWeights<S>& w = *f_.weights;
  const CellTraits& cell = w.cell.traits();
  const bool projects = w.cell.has_projection();
  const std::ptrdiff_t from = before(t) + rows.begin, to = after(t) + rows.begin, state = rows.begin * ld_state_;
  if (projects) unproject(t, rows, units, barrier);

  CellBackward<S> step{};
  step.activation = w.cell.activation;
  step.rows = rows.end - rows.begin;
  step.unit_begin = units.begin;
  step.unit_end = units.end;
  step.hidden = w.hidden;
  step.padded = w.padded;
  step.ld_state = ld_units_;
  step.d_output = projects || b_.d_output == nullptr ? nullptr : b_.d_output + (f_.layout->offset(t) + rows.begin) * b_.ldo;
  step.ldo = b_.ldo;
  step.saved = saved_rows(t) + rows.begin * ld_saved_;
  step.ld_saved = ld_saved_;
  step.peepholes = w.cell.peepholes ? w.peepholes.data() : nullptr;
  step.h_previous = h_.data() + from * ld_state_;
  step.h_product = product_h().data() + from * ld_state_;
  step.h_next = h_.data() + to * ld_state_;
  if (cell.memory) {
    step.c_previous = c_.data() + from * ld_units_;
    step.c_next = c_.data() + to * ld_units_;
    step.dc = dc_.data() + rows.begin * ld_units_;
  }
  step.dh = projects ? d_inner_.data() + rows.begin * ld_units_ : dh_.data() + state;
  if (w.cell.layer_norm) {
    const std::ptrdiff_t first = kept(t) + rows.begin;
    normalised_step_back(w, step, {d_sums_x_.data() + first * ld_sums_, d_sums_h_.data() + first * ld_sums_, ld_sums_});
    round_gates(w, d_sums_x_operand_, first, step.rows, units, 0, cell.gates);
    round_gates(w, d_sums_h_operand_, first, step.rows, units, 0, cell.gates);
  } else {
    step.stage = cell.stage;
    kernels_.cell_backward(step);
    round_gates(w, gates_operand_, kept(t) + rows.begin, step.rows, units, 0, cell.two_stages ? 1 : cell.saved_slots);
  }
  if (barrier != nullptr) barrier->wait();

  Product<S> product{};
  product.rows = step.rows;
  product.column_begin = units.begin;
  product.column_end = units.end;
  product.ldc = ld_state_;
  product.lda = gates_operand_.ld();
  if (cell.two_stages) {
    product.depth = w.slot_part();
    product.a = gates_operand_.at(kept(t) + rows.begin);
    product.panels = w.candidate_transposed.data();
    product.c = through_.data() + state;
    w.products->product(product);
    step.stage = Stage::gru_before_gates;
    step.reset_gradient = through_.data() + state;
    kernels_.cell_backward(step);
    round_gates(w, gates_operand_, kept(t) + rows.begin, step.rows, units, 1, 2);
    if (barrier != nullptr) barrier->wait();
  }
  if (begins_at_zero(t) && !b_.to_initial_h) return;
  // What came through the products joins what came directly; it waits apart where a mask lies between.
  const bool apart = f_.mask != nullptr || cell.two_stages;
  const Range of_state = state_range(w, units);
  product.column_begin = of_state.begin;
  product.column_end = of_state.end;
  product.depth = cell.hidden_slots * w.slot_part();
  product.a = w.cell.layer_norm ? d_sums_h_operand_.at(kept(t) + rows.begin) : gates_operand_.at(kept(t) + rows.begin, cell.hidden_slot * w.slot_part());
  product.lda = w.cell.layer_norm ? d_sums_h_operand_.ld() : gates_operand_.ld();
  product.panels = w.hidden_transposed.data();
  product.c = (apart ? through_ : dh_).data() + state;
  product.accumulate = cell.two_stages || (!apart && cell.interpolates);
  w.products->product(product);
  if (!apart) return;
  const std::size_t size = of_state.end - of_state.begin;
  for (int row = rows.begin; row < rows.end; ++row) {
    const std::ptrdiff_t at = row * ld_state_ + of_state.begin;
    S* const through = through_.data() + at;
    if (f_.mask != nullptr) kernels_.multiply(through, through, mask_of(row) + of_state.begin, size);
    if (cell.interpolates) kernels_.add(dh_.data() + at, through, size);
    else std::copy(through, through + size, dh_.data() + at);
  }
}

template <class S>
void Recurrence<S>::initial_gradient(S* dh, S* dc) const {
  order_.gather_gradient(dh_, ld_state_, f_.weights->state(), dh);
  if (f_.weights->cell.has_memory()) order_.gather_gradient(dc_, ld_units_, f_.weights->hidden, dc);
}

template <class S>
int Recurrence<S>::prepare_gradients(S* const (&gradients)[parameter_roles], int pieces) {
  const DirectionWeights<S>& w = *f_.weights;
  const CellTraits& cell = w.cell.traits();
  const int rows = f_.layout->rows();
  jobs_.clear(*w.products);
  // Rows of sequences that begin with a state of 0, where they are the first or the last ones.
  const int zeros = f_.initial_h != nullptr ? 0 : order_.beginning_rows();
  const RightSide<S> x{0, w.input, x_operand_.at(0), x_operand_.ld(), nullptr, nullptr, w.input, 0, 0};
  const RightSide<S> h{0,       w.state(), h_operand_.at(0),      h_operand_.ld(),       previous_rows_.empty() ? nullptr : previous_rows_.data(),
                       nullptr, w.state(), f_.reverse ? 0 : zeros, f_.reverse ? zeros : 0};
  const auto product = [&](const GateGroup& group, const RightSide<S>& right) {
    return group_gradient(w, group, rows, gates_operand_.at(0, group.slot * w.slot_part()), gates_operand_.ld(), x, right, gradients);
  };
  if (w.cell.layer_norm) {
    const auto of_sums = [&](GateGroup group, const OperandRows<S>& sums) {
      GradientProduct<S> p = group_gradient(w, group, rows, sums.at(0, group.slot * w.slot_part()), sums.ld(), x, h, gradients);
      p.sums = nullptr;
      return p;
    };
    for (const GateGroup& group : cell.groups)
      if (group.x) jobs_.push({of_sums({group.slot, group.gates, group.gate, true, false, false}, d_sums_x_operand_)}, pieces);
    jobs_.push({of_sums({0, cell.gates, 0, false, true, false}, d_sums_h_operand_)}, pieces);
  } else if (cell.two_stages) {
    // The candidate's product read r ⊙ h.
    const RightSide<S> inner{0, w.hidden, inner_operand_.at(0), inner_operand_.ld(), nullptr, nullptr, w.hidden, h.first_zeros, h.last_zeros};
    jobs_.push({product(cell.groups[0], h)}, pieces);
    jobs_.push({product(cell.groups[1], inner)}, pieces);
  } else if (cell.group_count == 1) {
    jobs_.push({product(cell.groups[0], h)}, pieces);
  } else {
    jobs_.push({product(cell.groups[0], h), product(cell.groups[1], h), product(cell.groups[2], h)}, pieces);
  }
  if (w.cell.has_projection()) {
    GradientProduct<S> p{};
    p.depth = rows;
    p.m_end = p.group_size = w.state();
    p.a = d_state_operand_.at(0);
    p.lda = d_state_operand_.ld();
    p.sides[0] = {0, w.hidden, inner_operand_.at(0), inner_operand_.ld(), nullptr, gradients[static_cast<int>(ParameterRole::weight_hr)], w.hidden, 0, 0};
    jobs_.push({p}, pieces);
  }
  std::copy(std::begin(gradients), std::end(gradients), gradients_);
  vector_pieces_ = w.cell.peepholes || w.cell.layer_norm ? pieces : 0;
  return jobs_.count() + vector_pieces_;
}

template <class S>
void Recurrence<S>::run_gradient(int job, S* work) {
  if (job < jobs_.count()) return jobs_.run(job, work);
  const std::int64_t piece = job - jobs_.count(), packets = f_.weights->padded / kernels_.lanes;
  const auto begin = [&](std::int64_t n) { return static_cast<int>(packets * n / vector_pieces_) * kernels_.lanes; };
  vector_gradients({begin(piece), std::min(begin(piece + 1), f_.weights->hidden)});
}

template <class S>
void Recurrence<S>::vector_gradients(Range units) {
  const DirectionWeights<S>& w = *f_.weights;
  if (units.begin >= units.end) return;
  if (w.cell.peepholes) peephole_gradients(units);
  if (w.cell.layer_norm) norm_gradients(w, saved_.data(), ld_saved_, f_.layout->rows(), units, gradients_);
}

template <class S>
void Recurrence<S>::peephole_gradients(Range units) {
  const DirectionWeights<S>& w = *f_.weights;
  const int size = units.end - units.begin;
  // i and f look at c⟨t−1⟩, o at c⟨t⟩.
  constexpr int slots[3] = {0, 1, 3};
  for (int gate = 0; gate < 3; ++gate) {
    S* const to = gradients_[static_cast<int>(ParameterRole::weight_peephole)] + gate * w.hidden + units.begin;
    std::fill(to, to + size, S(0));
    for (int t = 0; t < f_.layout->steps(); ++t) {
      const S* const d = saved_rows(t) + static_cast<std::ptrdiff_t>(slots[gate]) * w.padded + units.begin;
      const S* const c = c_.data() + (gate == 2 ? after(t) : before(t)) * ld_units_ + units.begin;
      kernels_.column_products(d, ld_saved_, c, ld_units_, f_.layout->active(t), size, to, true);
    }
  }
}

template <class S>
void Recurrence<S>::input_gradient(S* d_input, Range rows, bool accumulate) const {
  bptt::input_gradient(*f_.weights, f_.weights->cell.layer_norm ? d_sums_x_operand_ : gates_operand_, d_input, rows, accumulate);
}

#define BPTT_INSTANTIATE(S)                                                                      \
  template void Recurrence<S>::prepare_backward(const Backward&);                                \
  template void Recurrence<S>::run_backward(Range, Range, ThreadPool::Barrier*);                 \
  template void Recurrence<S>::step_back(int, Range);                                            \
  template void Recurrence<S>::initial_gradient(S*, S*) const;                                   \
  template int Recurrence<S>::prepare_gradients(S* const (&)[parameter_roles], int);             \
  template void Recurrence<S>::run_gradient(int, S*);                                            \
  template void Recurrence<S>::input_gradient(S*, Range, bool) const;
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

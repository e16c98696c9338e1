#include "layer/cell_step.h"

#include <algorithm>

#include "layer/layer_norm.h"
#include "layer/start_sums.h"

namespace bptt {

namespace {

// h = W_hr m.
template <class S>
void project(const DirectionWeights<S>& w, const StepRows<S>& rows, S* h, S* output, Range units, ThreadPool::Barrier* barrier) {
  const int count = rows.step.rows;
  rows.inner->round(rows.inner_row, count, units.begin, units.end - units.begin);
  if (barrier != nullptr) barrier->wait();
  const Range state = state_range(w, units);
  Product<S> product{};
  product.rows = count;
  product.column_begin = state.begin;
  product.column_end = state.end;
  product.depth = w.hidden;
  product.a = rows.inner->at(rows.inner_row);
  product.lda = rows.inner->ld();
  product.panels = w.projection.data();
  product.c = h;
  product.ldc = rows.ld_h;
  w.products->product(product);
  if (output == nullptr) return;
  for (int row = 0; row < count; ++row) std::copy(h + row * rows.ld_h + state.begin, h + row * rows.ld_h + state.end, output + row * rows.step.ldo + state.begin);
}

}  // namespace

template <class S>
void forward_step(const DirectionWeights<S>& w, StepRows<S>& rows, Range units, ThreadPool::Barrier* barrier) {
  const CellTraits& cell = w.cell.traits();
  CellForward<S>& step = rows.step;
  step.activation = w.cell.activation;
  step.unit_begin = units.begin;
  step.unit_end = units.end;
  step.input = w.input;
  step.state = w.state();
  step.hidden = w.hidden;
  step.padded = w.padded;
  step.panels = w.forward.data();
  step.bias = w.stage_bias.data();
  step.peepholes = w.cell.peepholes ? w.peepholes.data() : nullptr;
  step.starts = first_stage(rows.starts, w);
  S *const h = step.h_next, *const output = step.output;
  const bool projects = w.cell.has_projection();
  if (projects) {
    step.h_next = rows.inner_numbers;
    step.output = nullptr;
  }
  if (w.cell.layer_norm) {
    normalised_step(w, step);
  } else {
    if (cell.two_stages) {
      step.reset_hidden = rows.inner_numbers;
      step.stage = Stage::gru_before_gates;
      w.products->cell_forward(step);
      rows.inner->round(rows.inner_row, step.rows, units.begin, units.end - units.begin);
      if (barrier != nullptr) barrier->wait();
      step.h = rows.inner->at(rows.inner_row);
      step.ldh = rows.inner->ld();
      step.panels = w.candidate.data();
      step.bias = w.candidate_bias.data();
      step.starts = rows.starts;
    }
    step.stage = cell.stage;
    w.products->cell_forward(step);
  }
  if (projects) project(w, rows, h, output, units, barrier);
}

template void forward_step(const DirectionWeights<float>&, StepRows<float>&, Range, ThreadPool::Barrier*);
#ifdef BPTT_WITH_DOUBLE
template void forward_step(const DirectionWeights<double>&, StepRows<double>&, Range, ThreadPool::Barrier*);
#endif

}  // namespace bptt

#include "layer/cell_step.h"

#include <algorithm>

#include "layer/layer_norm.h"
#include "layer/start_sums.h"

namespace bptt {

namespace {

// h = W_hr m.
template <class S>
void project(const DirectionWeights<S>& w, const StepRows<S>& rows, Range units, ThreadPool::Barrier* barrier) {
  rows.inner->round(rows.inner_row, rows.rows, units.begin, units.end - units.begin);
  if (barrier != nullptr) barrier->wait();
  const Range state = state_range(w, units);
  Product<S> product{};
  product.rows = rows.rows;
  product.column_begin = state.begin;
  product.column_end = state.end;
  product.depth = w.hidden;
  product.a = rows.inner->at(rows.inner_row);
  product.lda = rows.inner->ld();
  product.panels = w.projection.data();
  product.c = rows.h_next;
  product.ldc = rows.ld_state;
  w.products->product(product);
  if (rows.output == nullptr) return;
  for (int row = 0; row < rows.rows; ++row)
    std::copy(rows.h_next + row * rows.ld_state + state.begin, rows.h_next + row * rows.ld_state + state.end, rows.output + row * rows.ldo + state.begin);
}

}  // namespace

template <class S>
void forward_step(const DirectionWeights<S>& w, const StepRows<S>& rows, Range units, ThreadPool::Barrier* barrier) {
  const bool projects = w.cell.has_projection();
  CellForward<S> step{};
  step.activation = w.cell.activation;
  step.rows = rows.rows;
  step.unit_begin = units.begin;
  step.unit_end = units.end;
  step.input = w.input;
  step.state = w.state();
  step.hidden = w.hidden;
  step.padded = w.padded;
  step.x = rows.x;
  step.ldx = rows.ldx;
  step.h = rows.h;
  step.ldh = rows.ldh;
  step.h_is_zero = rows.h_is_zero;
  step.panels = w.forward.data();
  step.bias = w.stage_bias.data();
  step.peepholes = w.cell.peepholes ? w.peepholes.data() : nullptr;
  step.starts = first_stage(rows.starts, w);
  step.ld_state = rows.ld_units;
  step.h_product = rows.h_product;
  step.h_previous = rows.h_previous;
  step.c_previous = rows.c_previous;
  step.h_next = projects ? rows.inner_numbers : rows.h_next;
  step.c_next = rows.c_next;
  step.output = projects ? nullptr : rows.output;
  step.ldo = rows.ldo;
  step.saved = rows.saved;
  step.ld_saved = rows.ld_saved;
  if (w.cell.layer_norm) {
    normalised_step(w, rows, step);
    if (projects) project(w, rows, units, barrier);
    return;
  }
  if (w.cell.traits().two_stages) {
    step.reset_hidden = rows.inner_numbers;
    step.stage = Stage::gru_before_gates;
    w.products->cell_forward(step);
    rows.inner->round(rows.inner_row, rows.rows, units.begin, units.end - units.begin);
    if (barrier != nullptr) barrier->wait();
    step.h = rows.inner->at(rows.inner_row);
    step.ldh = rows.inner->ld();
    step.panels = w.candidate.data();
    step.bias = w.candidate_bias.data();
    step.starts = rows.starts;
  }
  step.stage = w.cell.traits().stage;
  w.products->cell_forward(step);
  if (projects) project(w, rows, units, barrier);
}

template void forward_step(const DirectionWeights<float>&, const StepRows<float>&, Range, ThreadPool::Barrier*);
#ifdef BPTT_WITH_DOUBLE
template void forward_step(const DirectionWeights<double>&, const StepRows<double>&, Range, ThreadPool::Barrier*);
#endif

}  // namespace bptt

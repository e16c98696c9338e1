// One step of a layer in one direction, for some rows and units: what whole passes and steppers have in common.
#pragma once

#include "layer/direction_weights.h"
#include "layer/operand.h"
#include "layer/partition.h"

namespace bptt {

// Where the step's rows lie. Rows of h have P numbers or more, all others Hp.
template <class S>
struct StepRows {
  int rows;
  Operand x;
  std::ptrdiff_t ldx;
  Operand h;  // what products read of h⟨t−1⟩
  std::ptrdiff_t ldh;
  bool h_is_zero;
  Starts<S> starts;
  const S* h_product;   // the same as numbers
  const S* h_previous;  // without recurrent dropout
  S* h_next;
  std::ptrdiff_t ld_state;
  const S* c_previous;  // cells with memory
  S* c_next;
  std::ptrdiff_t ld_units;  // of c and `inner`; ld_state too, but where there is a projection
  S* output;                // of ldo, P wide, or null
  std::ptrdiff_t ldo;
  S* saved;                 // or null; cells with two stages and layer norm need it always
  std::ptrdiff_t ld_saved;
  // What the second product reads: r ⊙ h (gru, reset before), m = o ⊙ tanh c (projection).
  OperandRows<S>* inner;
  S* inner_numbers;
  std::ptrdiff_t inner_row;
};

// With layer norm `units` are all. Slices of units wait at the barrier (null: there are none) between two products. The products' copy of h is the caller's to renew.
template <class S>
void forward_step(const DirectionWeights<S>&, const StepRows<S>&, Range units, ThreadPool::Barrier*);

// The numbers of h that a slice of the units does.
template <class S>
Range state_range(const DirectionWeights<S>& w, Range units) {
  if (!w.cell.has_projection()) return units;
  const int panel = w.products->panel, panels = (w.state() + panel - 1) / panel;
  const auto share = [&](int unit) { return unit == w.hidden ? w.state() : static_cast<int>(static_cast<std::int64_t>(panels) * unit / w.hidden) * panel; };
  return {share(units.begin), share(units.end)};
}

}  // namespace bptt

// One step of a layer in one direction, for some rows and units: what whole passes and steppers have in common.
#pragma once

#include "layer/direction_weights.h"
#include "layer/operand.h"
#include "layer/partition.h"

namespace bptt {

// Where the step's rows lie.
template <class S>
struct StepRows {
  // To be filled: rows, x, h, h_is_zero, h_product … c_next, output, saved and their distances, of which ld_state is that of c and `inner`, too.
  // `saved` is always there for cells with two stages and with layer norm. The rest comes from the weights.
  CellForward<S> step;
  Starts<S> starts;
  std::ptrdiff_t ld_h;  // of h_next; ld_state too, but where there is a projection
  // What the second product reads: r ⊙ h (gru, reset before), m = o ⊙ tanh c (projection).
  OperandRows<S>* inner;
  S* inner_numbers;
  std::ptrdiff_t inner_row;
};

// With layer norm `units` are all. Slices of units wait at the barrier (null: there are none) between two products. The products' copy of h is the caller's to renew.
template <class S>
void forward_step(const DirectionWeights<S>&, StepRows<S>&, Range units, ThreadPool::Barrier*);

// The numbers of h that a slice of the units does.
template <class S>
Range state_range(const DirectionWeights<S>& w, Range units) {
  if (!w.cell.has_projection()) return units;
  const int panel = w.products->panel, panels = (w.state() + panel - 1) / panel;
  const auto share = [&](int unit) { return unit == w.hidden ? w.state() : static_cast<int>(static_cast<std::int64_t>(panels) * unit / w.hidden) * panel; };
  return {share(units.begin), share(units.end)};
}

}  // namespace bptt

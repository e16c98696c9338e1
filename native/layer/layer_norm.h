// Layer normalisation within a step (Ba, Kiros and Hinton 2016): W_ih x and W_hh h are normalised apart, each over the gates of a group
// together, and an LSTM's c. Where all of it is kept: Cell, `saved`.
#pragma once

#include "layer/direction_weights.h"
#include "layer/partition.h"

namespace bptt {

// The step's pointwise part in whole, from products whose sums are normalised. `step` has all but the stage.
template <class S>
void normalised_step(const DirectionWeights<S>&, CellForward<S>& step);

// The gradients of the sums before they were normalised: slots of W_ih x in the order of `saved`, and of W_hh h in that of the gates.
template <class S>
struct SumsGradient {
  S* x;
  S* h;
  std::ptrdiff_t ld;
};

// The pointwise part of the gradient, back through the normalisation. `step` has all but the stage.
template <class S>
void normalised_step_back(const DirectionWeights<S>&, CellBackward<S>& step, const SumsGradient<S>&);

// ∂L/∂ of gains and biases for a slice of the units, from `rows` rows of `saved` after the way back.
template <class S>
void norm_gradients(const DirectionWeights<S>&, const S* saved, std::ptrdiff_t ld_saved, int rows, Range units, S* const (&gradients)[parameter_roles]);

}  // namespace bptt

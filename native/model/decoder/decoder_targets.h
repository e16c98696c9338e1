// What a decoder reads and what it is to emit, step by step, when it is shown the right answers y⟨1⟩ … y⟨U⟩:
//
//   symbols   reads 0, y⟨1⟩ … y⟨U⟩     is to emit y⟨1⟩ … y⟨U⟩, 0     U + 1 steps; 0 is the boundary
//   values    reads 0, y⟨1⟩ … y⟨U−1⟩   is to emit y⟨1⟩ … y⟨U⟩        U steps; 0 is a row of zeros
#pragma once

#include "model/network/batch.h"

namespace bptt {

// The targets of a batch as a batch of decoder_input() with a target at each step.
template <class S>
Batch<S> decoder_targets(const NetworkSpec&, const Batch<S>&);

}  // namespace bptt

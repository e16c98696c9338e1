// g' of the output: y = softmax(z) of classes, σ(z) of a multihot, z of values; row by row.
#pragma once

#include "model/network/network_spec.h"

namespace bptt {

// z and y [rows, O], which may be the same. log_sums [rows], null where not wanted: ln Σ e^z of classes.
template <class S>
void activate(OutputKind, const S* z, int rows, int outputs, S* y, S* log_sums);

}  // namespace bptt

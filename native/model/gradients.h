// ∂L/∂θ for all parameters: one array in the arena's layout, and the touched rows of the embedding table.
#pragma once

#include <vector>

#include "model/parameter_arena.h"
#include "model/sparse_gradient.h"

namespace bptt {

template <class S>
struct Gradients {
  AlignedArray<S> dense;
  SparseGradient<S> table;
  std::vector<S*> recurrent;  // into `dense`, as StackPass wants them

  explicit Gradients(const ParameterArena& arena)
      : dense(arena.dense_size()), table(arena.table_rows(), arena.table_columns()), recurrent(arena.recurrent(dense.data())) {
    dense.zero();  // what lies between the views is never written
  }
};

}  // namespace bptt

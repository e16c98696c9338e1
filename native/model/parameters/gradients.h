// ∂L/∂θ for all parameters: one array in the arena's layout, and the touched rows of each embedding table.
#pragma once

#include <vector>

#include "model/parameters/parameter_arena.h"
#include "model/parameters/sparse_gradient.h"

namespace bptt {

template <class S>
struct Gradients {
  AlignedArray<S> dense;
  std::vector<SparseGradient<S>> tables;  // in the arena's order
  std::vector<S*> recurrent;   // into `dense`, as StackPass wants them
  std::vector<S*> characters;  // the same of the characters' stack
  std::vector<S*> decoder;     // and of the decoder's

  explicit Gradients(const ParameterArena& arena)
      : dense(arena.dense_size()),
        recurrent(arena.recurrent(dense.data())),
        characters(arena.recurrent(dense.data(), ParameterEntry::character_recurrent)),
        decoder(arena.recurrent(dense.data(), ParameterEntry::decoder_recurrent)) {
    dense.zero();  // what lies between the views is never written
    for (std::size_t i = 0; i < arena.tables().size(); ++i) {
      tables.emplace_back(arena.table(i).rows, arena.table(i).columns);
      roles_.push_back(arena.table(i).role);
    }
  }

  // Of that role, which the network has.
  SparseGradient<S>& table(ParameterEntry::Role role) {
    std::size_t which = 0;
    while (roles_[which] != role) ++which;
    return tables[which];
  }

 private:
  std::vector<ParameterEntry::Role> roles_;  // of the tables
};

}  // namespace bptt

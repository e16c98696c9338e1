// The weights of one layer and direction as the kernels want them.
#pragma once

#include <vector>

#include "layer/cell.h"
#include "support/aligned_array.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
struct DirectionWeights {
  Cell cell;
  int input = 0;
  int hidden = 0;
  int padded = 0;  // Hp
  // The plain parameters, owned by whoever holds the arena; bias_hn is null where the cell has none.
  const S* weight_ih = nullptr;
  const S* weight_hh = nullptr;
  const S* bias = nullptr;
  const S* bias_hn = nullptr;

  AlignedArray<S> forward;              // the first stage's panels (CellForward)
  AlignedArray<S> candidate;            // the second stage's (gru, reset before)
  AlignedArray<S> stage_bias;           // [slots][Hp]
  AlignedArray<S> candidate_bias;       // [Hp]
  AlignedArray<S> hidden_transposed;    // ∂L/∂h⟨t−1⟩ = d · W_hh: panels [hidden_slots·Hp, H]
  AlignedArray<S> candidate_transposed; // the same of the second stage: [Hp, H]
  AlignedArray<S> input_transposed;     // ∂L/∂x = d · W_ih: panels [input_slots·Hp, I]

  // Slots of `saved` that pass through W_hh (in hidden_transposed) and W_ih: first one, and how many.
  int hidden_slot() const { return cell.kind == CellKind::gru ? 1 : 0; }
  int hidden_slots() const { return cell.kind == CellKind::rnn ? 1 : cell.kind == CellKind::lstm ? 4 : cell.reset_after ? 3 : 2; }
  int input_slots() const { return cell.gates(); }

  void allocate();
};

// Packs the parameters of all directions anew, in parallel; `backward` also what only the backward pass needs.
template <class S>
void pack(std::vector<DirectionWeights<S>>&, bool backward, ThreadPool&);

}  // namespace bptt

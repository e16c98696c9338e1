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
  const Products<S>* products = nullptr;
  int padded = 0;  // Hp
  // The plain parameters, owned by whoever holds the arena; bias_hn is null where the cell has none.
  const S* weight_ih = nullptr;
  const S* weight_hh = nullptr;
  const S* bias = nullptr;
  const S* bias_hn = nullptr;

  using Panels = AlignedArray<std::byte>;
  Panels forward;                 // the first stage's (CellForward)
  Panels candidate;               // the second stage's (gru, reset before)
  AlignedArray<S> stage_bias;     // [slots][Hp]
  AlignedArray<S> candidate_bias; // [Hp]
  Panels hidden_transposed;       // ∂L/∂h⟨t−1⟩ = d · W_hh: [hidden_slots parts of Hp, H]
  Panels candidate_transposed;    // the same of the second stage: [a part of Hp, H]
  Panels input_transposed;        // ∂L/∂x = d · W_ih: [input_slots parts of Hp, I]

  // Slots of `saved` that pass through W_hh (in hidden_transposed) and W_ih: first one, and how many.
  int hidden_slot() const { return cell.kind == CellKind::gru ? 1 : 0; }
  int hidden_slots() const { return cell.kind == CellKind::rnn ? 1 : cell.kind == CellKind::lstm ? 4 : cell.reset_after ? 3 : 2; }
  int input_slots() const { return cell.gates(); }
  // Depth rows that x's weights take in the forward panels of a gate, and h's: parts with a product of their own.
  int input_part() const { return whole_units(input); }
  int hidden_part() const { return whole_units(hidden); }
  // Of a slot of gates' gradients in the operand of the backward products, and in their panels.
  int slot_part() const { return whole_units(padded); }
  int whole_units(int depth) const { return (depth + products->depth_unit - 1) / products->depth_unit * products->depth_unit; }

  void allocate();
};

// Packs the parameters of all directions anew, in parallel; `backward` also what only the backward pass needs.
template <class S>
void pack(std::vector<DirectionWeights<S>>&, bool backward, ThreadPool&);

}  // namespace bptt

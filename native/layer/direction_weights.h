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
  int padded = 0;         // Hp
  int padded_state = 0;   // the same of P
  // The plain parameters, owned by whoever holds the arena; null where the cell has none.
  const S* parameters[parameter_roles] = {};

  using Panels = AlignedArray<std::byte>;
  Panels forward;                  // the first stage's (CellForward)
  Panels candidate;                // the second stage's (gru, reset before)
  Panels projection;               // h = W_hr m: [H, P]
  AlignedArray<S> stage_bias;      // [slots][Hp]
  AlignedArray<S> candidate_bias;  // [Hp]
  AlignedArray<S> peepholes;       // [3][Hp], or empty
  // With layer norm, for W_ih x, W_hh h and c: gains and biases [G][Hp], [G][Hp], [Hp]. The cell's own biases are in them.
  struct Norm {
    AlignedArray<S> gain, bias;
  };
  Norm norm_x, norm_h, norm_c;
  Panels hidden_transposed;        // ∂L/∂h⟨t−1⟩ = d · W_hh: [hidden_slots parts of Hp, P]
  Panels candidate_transposed;     // the same of the second stage: [a part of Hp, H]
  Panels projection_transposed;    // ∂L/∂m = ∂L/∂h · W_hr: [P, H]
  Panels input_transposed;         // ∂L/∂x = d · W_ih: [G parts of Hp, I]

  const S* parameter(ParameterRole role) const { return parameters[static_cast<int>(role)]; }
  // P, or H without a projection: numbers of h.
  int state() const { return cell.state(hidden); }
  // Depth rows that x's weights take in the forward panels of a gate, and h's: parts with a product of their own.
  int input_part() const { return whole_units(input); }
  int hidden_part() const { return cell.traits().feeds_back ? whole_units(state()) : 0; }
  int gate_part() const { return input_part() + hidden_part(); }
  // Of a slot of gates' gradients in the operand of the backward products, and in their panels.
  int slot_part() const { return whole_units(padded); }
  int whole_units(int depth) const { return (depth + products->depth_unit - 1) / products->depth_unit * products->depth_unit; }

  void allocate();
};

// Packs the parameters of all directions anew, in parallel; `backward` also what only the backward pass needs.
template <class S>
void pack(std::vector<DirectionWeights<S>>&, bool backward, ThreadPool&);

}  // namespace bptt

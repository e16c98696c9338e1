// The states a stack of one direction begins with, from a vector v [K]:
//
//   h = tanh(W v + b)     c = W' v + b'          for each layer
//
// One linear layer gives them all: its rows are h of the layers, then c of the layers where the cell has memory.
#pragma once

#include "layer/stack.h"
#include "model/parameters/linear.h"

namespace bptt {

// Rows of that layer: numbers in all states of one sequence.
inline int state_size(const StackSpec& stack) { return stack.layers * (stack.state() + stack.memory()); }

template <class S>
class InitialStates {
 public:
  // v [B, K].
  void forward(const Linear<S>&, const StackSpec&, const S* v, int batch, ThreadPool&);
  // h [L, B, P], c [L, B, H], valid until the next forward.
  StateView<const S> states() const { return {h_.data(), c_.size() > 0 ? c_.data() : nullptr}; }

  // Where the gradient of the states belongs before backward(), of these shapes.
  StateView<S> gradient();
  // After forward() with the same v. dw [numbers of all states, K] and db are overwritten, and dv [B, K] too; null: not wanted.
  void backward(const Linear<S>&, const S* v, S* dw, S* db, S* dv, ThreadPool&);

 private:
  int layers_ = 0, batch_ = 0, state_ = 0, memory_ = 0, size_ = 0;
  AlignedArray<S> z_;        // [B, size]; in backward its gradient
  AlignedArray<S> h_, c_;    // [L, B, P], [L, B, H]
  AlignedArray<S> dh_, dc_;  // the same
  AlignedArray<S> work_;
};

}  // namespace bptt

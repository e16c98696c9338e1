// A stack of one direction, or one direction of a single layer, step by step, for many sequences side by side: the states are
// carried from step to step, and sequences may end, change places or be doubled between two steps. A row has the bits it
// would have in any other batch, and those of StackPass. P: numbers of h, H without a projection.
#pragma once

#include <cstdint>
#include <vector>

#include "layer/operand.h"
#include "layer/stack.h"

namespace bptt {

template <class S>
class StackStepper {
 public:
  // The weights must stay. `capacity`: the most rows at a time; all memory is taken here. `direction` 1: the one that is
  // given the steps from the last to the first.
  StackStepper(const StackWeights<S>&, int capacity, int direction = 0);

  int rows() const { return rows_; }
  // Begins anew with that many rows, all states zero.
  void reset(int rows);
  // One step of all rows: x [R, I] → the top layer's h [R, P], valid until the next call. `starts`: what the sums of the first
  // layer begin with, for the R rows (start_sums.h), if that is known; where it holds all of x, x is not read.
  const S* step(const S* x, ThreadPool&, const Starts<S>& starts = {});
  // Row i becomes what row parents[i] was; afterwards there are `count` rows, at most `capacity`.
  void gather(const std::int32_t* parents, int count);
  // The state of one row, h [L, P] and c [L, H]; c is used only where the cell has memory, and null: not wanted, zeros.
  void state(int row, S* h, S* c) const;
  void set_state(int row, const S* h, const S* c);
  std::size_t bytes() const;

 private:
  void step_layer(int layer, Operand x, std::ptrdiff_t ldx, const Starts<S>&, int begin, int end);
  bool last(int layer) const { return layer == weights_.spec().layers - 1; }
  // First row of a layer's state: two slots alternate, one holds the state before a step, the other the one after it.
  std::size_t slot_row(int layer, int which) const { return (static_cast<std::size_t>(layer) * 2 + which) * capacity_; }
  std::size_t row_now(int layer, int row) const { return slot_row(layer, current_) + row; }
  S* h_at(std::size_t row) { return h_.data() + row * padded_state_; }
  S* c_at(std::size_t row) { return c_.data() + row * padded_; }
  // Renews what the products read of some rows of the state as it is now.
  void round_state(int row, int rows);
  // Rows beside each other without a gap: the state itself is what step() returns.
  bool returns_state() const { return capacity_ == 1 || padded_state_ == weights_.spec().state(); }

  const StackWeights<S>& weights_;
  int capacity_;
  int direction_;
  int padded_, padded_state_;  // Hp, Pp
  int rows_ = 0;     // R
  int current_ = 0;  // slot with the state as it is now
  std::ptrdiff_t ld_saved_ = 0;
  AlignedArray<S> h_, c_;         // [L, 2, capacity, Pp or Hp]
  AlignedArray<S> saved_, inner_; // work areas of cells with two products a step or layer norm, one row each
  OperandRows<S> x_operand_, h_operand_, inner_operand_;
  AlignedArray<S> output_;        // [capacity, P], where returns_state() does not hold
};

}  // namespace bptt

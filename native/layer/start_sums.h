// What the sums of a cell begin with, for many x at once: the bias and W_ih x. Steps that start from it have the same bits as those
// that do not, since each sum runs over the bias, x and h in this order anyway.
//
// A row has slots of Hp in the order of the panels, those of the second stage before those of the first.
#pragma once

#include "layer/direction_weights.h"
#include "layer/partition.h"

namespace bptt {

// Slots of a row.
inline int start_slots(const Cell& cell) { return cell.traits().sums; }

// For the first `inputs` elements of each row of x, and a slice of the units. sums: rows of ld, at least slots·Hp.
template <class S>
void start_sums(const DirectionWeights<S>&, Operand x, std::ptrdiff_t ldx, int inputs, int rows, Range units, S* sums, std::ptrdiff_t ld);

// Of the rows from `row` on.
template <class S>
Starts<S> starts_from(Starts<S> starts, int row) {
  if (starts.rows != nullptr) starts.rows += row;
  else if (starts.sums != nullptr) starts.sums += row * starts.ld;
  return starts;
}

// As the first stage sees them; the second one takes them as they are.
template <class S>
Starts<S> first_stage(Starts<S> starts, const DirectionWeights<S>& weights) {
  if (starts.sums != nullptr && weights.cell.traits().two_stages) starts.sums += weights.padded;
  return starts;
}

}  // namespace bptt

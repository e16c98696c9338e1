// What a network puts out has to be numbers that float32 holds: what has overflowed on the way is an error, not a prediction. A
// unit that is infinite and saturates the next one is no fault.
#pragma once

#include <cstddef>

#include "support/error.h"

namespace bptt {

// Outputs of one sequence of a batch that are not finite: ERR_NON_FINITE.
class NotFinite : public Error {
 public:
  // `step` of the outputs, from 0; −1: the sequence has one result. `sequence` as the batch counts them.
  explicit NotFinite(int sequence, int step = -1);
  int sequence() const { return sequence_; }
  int step() const { return step_; }

 private:
  int sequence_, step_;
};

// Whether no number is NaN or larger than the bound.
template <class S>
bool within(const S* x, std::size_t size, S bound);

// Whether all are numbers.
template <class S>
bool finite(const S* x, std::size_t size);

// Larger outputs have no place in sums over paths, in which −1e30 stands for what no path leads to.
template <class S>
constexpr S largest_score = S(1e29);

}  // namespace bptt

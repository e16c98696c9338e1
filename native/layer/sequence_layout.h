// Which row of a batch is worked on at which step. Sequences are ordered by length, longest first (stable), so that
// the active ones are always the first rows, and rows are packed: step t's rows follow those of step t−1. No work is
// done on padding, and no row needs a mask.
#pragma once

#include <cstdint>
#include <vector>

namespace bptt {

class SequenceLayout {
 public:
  // lengths[b] in 0 … steps. Throws ERR_SHAPE otherwise.
  SequenceLayout(int steps, const std::int32_t* lengths, int batch);
  // All lengths equal to `steps`.
  SequenceLayout(int steps, int batch);

  int steps() const { return steps_; }
  int batch() const { return batch_; }
  // Rows worked on at step t; 0 from the longest length on (t ≤ steps).
  int active(int t) const { return active_[t]; }
  // First packed row of step t; offset(steps) is the number of rows N.
  int offset(int t) const { return offset_[t]; }
  int rows() const { return offset_.back(); }
  // Sequence of the caller's batch that stands at position i, and its length.
  int sequence(int i) const { return order_[i]; }
  int length(int i) const { return lengths_[i]; }
  // Every sequence has the full length: packed rows are the padded ones, in the caller's order.
  bool full() const { return full_; }

 private:
  void count();

  int steps_;
  int batch_;
  bool full_;
  std::vector<int> order_, lengths_, active_, offset_;
};

}  // namespace bptt

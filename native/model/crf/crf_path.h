// The most probable labels of a chain: the path with the largest score (Viterbi 1967), forward by the largest sums
//
//   δ⟨t⟩(j) = z⟨t⟩(j) + max_i (δ⟨t−1⟩(i) + A(i, j))
//
// and back from the best end over the labels that these came from. Of equals the first.
#pragma once

#include <cstdint>

#include "model/parameters/crf_transitions.h"
#include "support/aligned_array.h"

namespace bptt {

// Work areas for one sequence at a time; each thread has its own.
template <class S>
class CrfPath {
 public:
  // z_of(t): the results [O] of step t of `steps`. Writes label_of(t) for each of them.
  template <class Rows, class Labels>
  void find(const CrfTransitions<S>& transitions, int steps, Rows&& z_of, Labels&& label_of) {
    if (steps == 0) return;
    begin(transitions, steps);
    for (int t = 0; t < steps; ++t) step(t, z_of(t));
    int label = transitions.labels();
    for (int t = steps - 1; t >= 0; --t) label_of(t) = label = best_before(t, label);
  }

 private:
  void begin(const CrfTransitions<S>&, int steps);
  void step(int t, const S* z);
  // The best label at step t before that one, which may be the end.
  int best_before(int t, int label) const;
  S* row(int t) { return scores_.data() + static_cast<std::size_t>(t) * transitions_->stride(); }

  const CrfTransitions<S>* transitions_ = nullptr;
  AlignedArray<S> scores_;  // [T, stride] δ less the largest of its row
};

}  // namespace bptt

// Connectionist temporal classification (Graves, Fernández, Gomez and Schmidhuber 2006): the likelihood of U labels given
// T ≥ U steps, where nobody says which step stands for which label. Class 0 is the blank. A path names a class at each step;
// its labels are what is left when repeats are merged and then blanks are taken out. −ln p(labels | x) is minus the
// logarithm of the sum over all paths with these labels.
//
// The states of an alignment are blank, l₁, blank, l₂, … l_U, blank: 2U + 1 of them. From a state a path stays, goes on to
// the next, or skips a blank between two different labels. With y⟨t⟩ = softmax(z⟨t⟩):
//
//   α⟨t⟩(s) = ln y⟨t⟩(s) + ln(e^α⟨t−1⟩(s) + e^α⟨t−1⟩(s−1) + e^α⟨t−1⟩(s−2))     the last one only where a skip is allowed
//   β⟨t⟩(s) likewise from the end, without y⟨t⟩
//   γ⟨t⟩ = softmax over s of α⟨t⟩ + β⟨t⟩                 how likely the path is in state s at step t, given the labels
//   ∂(−ln p)/∂z⟨t⟩ = y⟨t⟩ − Σ_s γ⟨t⟩(s) onehot(class of s)
//
// All in logarithms; the largest of each row of α and β is taken off, and of α's the sum kept in double, so that float32
// keeps its precision in long sequences. Labels that no path of T steps can have (see ctc_steps) have no loss.
#pragma once

#include <cstdint>

#include "support/aligned_array.h"
#include "support/stop.h"

namespace bptt {

constexpr std::int32_t ctc_blank = 0;

// The results of one sequence: step t is row rows[t] of arrays of O columns.
template <class S>
struct CtcRows {
  const S* z = nullptr;         // W a + b
  const S* y = nullptr;         // softmax(z)
  const S* log_sums = nullptr;  // ln Σ e^z of each row
  const std::int32_t* rows = nullptr;
  int steps = 0;    // T
  int classes = 0;  // O
  const Stop* stop = &Stop::never();  // looked at before each step

  const S* y_at(int t) const { return y + static_cast<std::size_t>(rows[t]) * classes; }
  const S* z_at(int t) const { return z + static_cast<std::size_t>(rows[t]) * classes; }
};

// The fewest steps with which labels can be emitted: one each, and a blank between two that are equal.
int ctc_steps(const std::int32_t* labels, int count);

// Work areas for one sequence at a time; each thread has its own.
template <class S>
class CtcAlignment {
 public:
  // ln p(labels | x); labels in 1 … O−1, with steps ≥ ctc_steps.
  double log_probability(const CtcRows<S>&, const std::int32_t* labels, int count);
  // After log_probability() with the same arguments: dz = ∂(−ln p)/∂z, row by row. dz may be the rows' z.
  void gradient(const CtcRows<S>&, const std::int32_t* labels, int count, S* dz);

 private:
  // ln y⟨t⟩ of the states, from the first or from the last one.
  void emissions(const CtcRows<S>&, const std::int32_t* labels, int t, bool reversed);
  void skips(const std::int32_t* labels, bool reversed);
  S* row(AlignedArray<S>& rows, int t) { return rows.data() + static_cast<std::size_t>(t) * stride_ + lead_; }

  int count_ = 0, states_ = 0, padded_ = 0, lead_ = 0, stride_ = 0;
  AlignedArray<S> alpha_;  // [T + 1, stride]: row t + 1 is α⟨t⟩, row 0 what comes before
  AlignedArray<S> beta_;   // two rows, from the last state to the first
  AlignedArray<S> skip_, emission_, reached_, gamma_;
};

}  // namespace bptt

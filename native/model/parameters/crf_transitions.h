// The scores of a chain of labels as its passes read them (see crf.h): with what is forbidden, and as factors e^score,
// packed for products.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/network_spec.h"
#include "model/parameters/linear.h"
#include "support/aligned_array.h"

namespace bptt {

template <class S>
class CrfTransitions {
 public:
  // What is forbidden has this score, of which e^ is 0, whatever else is added to it.
  static constexpr S unreachable = S(-1e30);

  CrfTransitions() = default;
  // scores [O + 1, O + 1] belong to the caller, as does the spec.
  CrfTransitions(const NetworkSpec&, const S* scores);
  CrfTransitions(CrfTransitions&&) = default;
  CrfTransitions& operator=(CrfTransitions&&) = default;

  // After the scores have changed.
  void pack(ThreadPool&);

  // O, which as a label stands for what is before the first step and behind the last one.
  int labels() const { return labels_; }
  bool all_allowed() const { return rules_ == nullptr; }
  bool allowed(int from, int to) const { return rules_ == nullptr || rules_->allows(from, to); }
  S score(int from, int to) const { return scores_[static_cast<std::size_t>(from) * stride_ + to]; }
  // Whether all scores that count are numbers that sums over paths can do with.
  bool finite() const { return finite_; }
  // Rows of score(), `stride` apart and at least `columns` long, a multiple of the kernels' lanes.
  const S* scores() const { return scores_.data(); }
  int stride() const { return stride_; }
  // The factor of two labels is e^(score − largest), at most 1.
  S largest() const { return largest_; }
  // Those of labels that a label follows lie beside each other.
  const S* factors_to(int to) const { return factors_.data() + static_cast<std::size_t>(to) * labels_; }

  // u [rows, O] → sums[r, j] = Σ_i u[r, i] · factor(i, j), on this thread.
  void forward(const S* u, int rows, S* sums) const { product_.forward(u, rows, sums); }
  // v [rows, O] → sums[r, i] = Σ_j factor(i, j) · v[r, j], on this thread.
  void backward(const S* v, int rows, S* sums) const { product_.backward_input(v, rows, sums, false); }

 private:
  void pack_scores(ThreadPool&);
  void pack_factors(ThreadPool&);

  int labels_ = 0, stride_ = 0;
  const S* parameters_ = nullptr;
  const ChunkRules* rules_ = nullptr;
  S largest_ = 0;
  bool finite_ = true;
  AlignedArray<S> scores_;   // [O + 1, stride], as factors_ made with the first pack()
  AlignedArray<S> factors_;  // [to, from]
  Linear<S> product_;
};

}  // namespace bptt

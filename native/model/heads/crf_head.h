// A chain of labels over the sequences of a batch (crf.h).
//
// The loss of a sequence is −ln p(its labels | x), and of a batch the sum of these over the number of known labels: nats a
// step. Where some labels are unknown (−1) it is −ln of the sum over all labels that could stand there, which is exact:
// ln Z less ln Z of the paths through what is known. With c expected and c' given (or expected, given what is known),
//
//   ∂(−ln p)/∂z⟨t⟩ = p(y⟨t⟩ | x) − p(y⟨t⟩ | x, known)      ∂(−ln p)/∂A = c − c'
//
// c(i, j) being how often j follows i. Targets that only forbidden transitions lead to have no likelihood: they are not counted,
// but told.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/crf/crf.h"
#include "model/crf/crf_path.h"
#include "model/heads/head.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class CrfHead : public Head<S> {
 public:
  // The rows of z are the packed rows of the layout.
  void forward(const HeadInput<S>&, ThreadPool&) override;
  Loss loss(bool gradient, ThreadPool&) override;
  // That of the transitions, [O + 1, O + 1].
  void write_gradient(const ParameterArena&, S* dense) const override;
  // Makes the results that write() gives: the probability of each label at each step.
  void marginals(ThreadPool&);
  // [N] in the order of the batch: the most probable labels of each sequence as a whole.
  void best_paths(std::int32_t* labels, ThreadPool&);

 protected:
  bool finite(std::size_t begin, std::size_t end) const override;

 private:
  using Head<S>::input_;
  using Head<S>::y_;

  // What becomes of the labels of a sequence.
  enum class Target : std::uint8_t { known, partly, unknown, forbidden };

  const SequenceLayout& layout() const { return input_.order->layout(); }
  const CrfTransitions<S>& transitions() const { return *input_.transitions; }
  std::size_t row(int t, int i) const { return static_cast<std::size_t>(layout().offset(t)) + i; }
  const std::int32_t* labels(int i) const { return input_.batch->classes.data() + input_.order->start(layout().sequence(i)); }
  void sum(ThreadPool&);
  Target judge(int i, const Stop&);
  bool has_path(int i, const Stop&);
  void sum_partly_known(ThreadPool&);
  double score(int i) const;
  void backward(ThreadPool&);
  void count_transitions(ThreadPool&);
  // Puts ∂/∂z in the place of z.
  void result_gradient(int i);

  int labels_ = 0;
  bool summed_ = false;
  CrfSums<S> all_, known_;  // over all paths; over those through what is known
  std::vector<Target> targets_;  // [B] at the positions of the layout
  std::vector<std::uint8_t> counted_, reached_, reachable_;
  std::vector<int> partly_;  // positions of the sequences that known_ sums up
  std::optional<SequenceLayout> partly_layout_;
  AlignedArray<S> partly_z_, partly_marginals_;
  AlignedArray<S> counts_, partly_counts_;  // [O + 1, O + 1]
  std::vector<CrfPath<S>> paths_;           // one a worker
};

}  // namespace bptt

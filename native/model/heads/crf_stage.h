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
#include "model/heads/loss.h"
#include "model/network/batch.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class CrfStage {
 public:
  // z [N, O] in the packed rows of the layout. All of them must stay until the last call that follows.
  void begin(const CrfTransitions<S>&, const BatchOrder&, const Batch<S>&, S* z);
  Loss loss(ThreadPool&);
  // After loss(): z becomes the gradient of the mean loss; work [N, O] is overwritten.
  void backward(S* work, ThreadPool&);
  // After backward(): that of the transitions, [O + 1, O + 1].
  void write_gradient(S* d_transitions) const;
  // y [N, O]: the probability of each label at each step.
  void marginals(S* y, ThreadPool&);
  // [N] in the order of the batch: the most probable labels of each sequence as a whole.
  void best_paths(std::int32_t* labels, ThreadPool&);

 private:
  // What becomes of the labels of a sequence.
  enum class Target : std::uint8_t { known, partly, unknown, forbidden };

  std::size_t row(int t, int i) const { return static_cast<std::size_t>(order_->layout().offset(t)) + i; }
  const std::int32_t* labels(int i) const { return batch_->classes.data() + order_->start(order_->layout().sequence(i)); }
  void sum(ThreadPool&);
  Target judge(int i, const Stop&);
  bool has_path(int i, const Stop&);
  void sum_partly_known(ThreadPool&);
  double score(int i) const;
  void count_transitions(const S* marginals, ThreadPool&);
  // Puts ∂/∂z in the place of z.
  void result_gradient(int i, const S* marginals);

  const CrfTransitions<S>* transitions_ = nullptr;
  const BatchOrder* order_ = nullptr;
  const Batch<S>* batch_ = nullptr;
  S* z_ = nullptr;
  int labels_ = 0;
  bool summed_ = false;
  S share_ = 0;  // of a step in the mean
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

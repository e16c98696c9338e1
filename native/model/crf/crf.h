// A linear chain of labels, a conditional random field (Lafferty, McCallum and Pereira 2001), over the results of a network
// (Lample et al. 2016): with z⟨t⟩ = W a⟨t⟩ + b [O] and scores A of two labels next to each other,
//
//   s(y) = A(·, y⟨1⟩) + Σ_t z⟨t⟩(y⟨t⟩) + Σ_t A(y⟨t⟩, y⟨t+1⟩) + A(y⟨T⟩, ·)        · is label O: before and behind the sequence
//   p(y | x) = e^s(y) / Z,   Z = Σ over all O^T paths of e^s
//
// The sums over all paths run forward and backward (Sutton and McCallum 2012, section 4.1):
//
//   α⟨t⟩(j) = z⟨t⟩(j) + ln Σ_i e^(α⟨t−1⟩(i) + A(i, j))      β⟨t⟩(i) = ln Σ_j e^(A(i, j) + z⟨t+1⟩(j) + β⟨t+1⟩(j))
//   p(y⟨t⟩ | x) = softmax(α⟨t⟩ + β⟨t⟩)      p(y⟨t⟩ = i, y⟨t+1⟩ = j | x) ∝ u⟨t⟩(i) e^A(i, j) v⟨t+1⟩(j)
//
// with u = softmax(α) and v = softmax(z + β). So a step is a product of u (or v) with the matrix of e^A, for several
// sequences at a time, and the sum over all steps of the probabilities of two labels is one product uᵀ v, element by element
// times e^A. Both are sums of positive numbers, good to float32's precision as long as they are far from underflow; where
// they are not (labels e^60 apart that then change places), they are summed again from the logarithms, so that any scores are
// safe. The normalisers are added in double.
#pragma once

#include <cstdint>
#include <vector>

#include "layer/sequence_layout.h"
#include "model/parameters/crf_transitions.h"
#include "support/aligned_array.h"
#include "support/thread_pool.h"

namespace bptt {

// Sums over the paths of all sequences of a layout; arrays [N, O] in its packed rows.
template <class S>
class CrfSums {
 public:
  // z, transitions and layout must stay until the last call that follows.
  void forward(const CrfTransitions<S>&, const SequenceLayout&, const S* z, ThreadPool&);
  // After forward(): ln Z of the sequence at position i of the layout; 0 for one without steps.
  double log_sum(int i) const;
  // After forward(): the probabilities of each step's labels. z is not read after this.
  void backward(S* marginals, ThreadPool&);
  // After backward(): counts [O + 1, O + 1] = how often label j is expected to follow label i, summed over the sequences with
  // counted[i] ≠ 0, in an order that depends on the layout alone.
  void transitions(const S* marginals, const std::uint8_t* counted, S* counts, ThreadPool&);

 private:
  // Calls body(begin, end) for positions that are worked on side by side.
  template <class Body>
  void each_block(ThreadPool&, Body&&);
  std::size_t row(int t, int i) const { return static_cast<std::size_t>(layout_->offset(t)) + i; }
  S* at(AlignedArray<S>& array, std::size_t row) const { return array.data() + row * labels_; }
  const S* at(const AlignedArray<S>& array, std::size_t row) const { return array.data() + row * labels_; }
  void forward(int begin, int end);
  void backward(int begin, int end, S* marginals);
  // Adds the probabilities of two labels in these rows, which follow each other.
  void add_pairs(std::size_t before, std::size_t after, S* counts) const;

  // counts = e^A ⊙ pairs_
  void scale_pairs(S* counts, ThreadPool&) const;

  const CrfTransitions<S>* transitions_ = nullptr;
  const Stop* stop_ = nullptr;  // looked at before each step
  const SequenceLayout* layout_ = nullptr;
  const S* z_ = nullptr;
  int labels_ = 0;
  AlignedArray<S> alpha_, u_;        // [N, O] α, and its softmax
  AlignedArray<S> omega_, v_;        // [N, O] z + β, and its softmax
  AlignedArray<S> shares_;           // [N, O] at step t + 1: u⟨t⟩ over the sum of all pairs with v⟨t+1⟩
  AlignedArray<S> alpha_sums_, omega_sums_;  // [N] ln Σ e^ of each row
  AlignedArray<S> pairs_, work_;
  std::vector<std::uint8_t> exact_;  // [N] 1: the pairs of this step and the one before are summed from the logarithms
};

}  // namespace bptt

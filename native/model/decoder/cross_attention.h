// What a decoder sees of its encoder: at each of its steps a weighted mean of the encoder's outputs a(1) … a(Tx).
//
//   luong      score(j) = s⟨t⟩ · k(j),  k(j) = W a(j)                                     (Luong et al. 2015, "general")
//   bahdanau   score(j) = v · tanh(W_q s⟨t−1⟩ + k(j)),  k(j) = W a(j) + b                 (Bahdanau et al. 2015, "additive")
//
//   α = softmax(score)     context = Σ_j α(j) a(j)
//
// with s the decoder's top h, [Q], and the query q what stands for it in the score: s⟨t⟩, or W_q s⟨t−1⟩. Back, with d the
// gradient of a context:
//
//   dα(j) = d · a(j)     dscore(j) = α(j) (dα(j) − Σ_i α(i) dα(i))     da(j) += α(j) d
//   luong: dq = Σ_j dscore(j) k(j), dk(j) += dscore(j) q;   bahdanau: kernels/additive_attention.cpp;   da(j) += Wᵀ dk(j)
//
// Sentences are worked on apart, each with its a and k as packed matrices, against any number of queries. Every number is
// summed in an order of its own sentence, so neither the threads nor the other sentences change it. Without steps to look at
// the context is zero.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/batch.h"
#include "model/parameters/gradients.h"
#include "model/parameters/weights.h"

namespace bptt {

template <class S>
class CrossAttention {
 public:
  // a [N, A] in packed rows of `order`; copied. The weights must stay until the last call that follows. `backward`: the
  // gradient will be asked for.
  void read(const Weights<S>&, const S* a, const BatchOrder& order, bool backward, ThreadPool&);
  // Tx of sentence b.
  int steps(int b) const { return lengths_[b]; }
  const std::int32_t* sizes() const { return lengths_.data(); }

  // Queries of sentence b: rows [rows, Q], ldq apart. The next three may be called for several sentences at the same time.
  // Writes alpha [rows, Tx] and contexts [rows, A], ldc apart.
  void attend(int b, const S* queries, std::ptrdiff_t ldq, int rows, S* alpha, S* contexts, std::ptrdiff_t ldc) const;
  // d_scores [rows, Tx] and d_queries [rows, Q], ldd_q apart; both overwritten. With bahdanau the gradient of the keys and of v
  // is added up on the way, so that a sentence's steps must come in a fixed order.
  void attend_backward(int b, const S* queries, std::ptrdiff_t ldq, int rows, const S* alpha, const S* d_contexts, std::ptrdiff_t ldd, S* d_scores, S* d_queries,
                       std::ptrdiff_t ldd_q);
  // Once for each sentence, with all of its rows.
  struct Rows {
    int count;
    const S *queries, *alpha, *d_contexts, *d_scores;
    std::ptrdiff_t ldq, ldd;
  };
  void memory_gradient(int b, const Rows&, AlignedArray<S>& work);

  // After a read() with `backward`, before the first attend_backward().
  void begin_backward();
  // After all: the gradients of W, b and v, and d_a [N, A] in packed rows, overwritten.
  void finish_backward(Gradients<S>&, S* d_a, ThreadPool&);

 private:
  // Panels of one matrix a sentence.
  struct Panels {
    AlignedArray<std::byte> data;
    std::vector<std::size_t> starts;  // in bytes
    const std::byte* of(int b) const { return data.data() + starts[b]; }
  };
  // M(b) [depth, columns] with element (k, n) at source + starts·width + k·stride_k + n·stride_n; a size of 0 stands for Tx.
  void pack(Panels&, const S* source, int width, std::ptrdiff_t stride_k, std::ptrdiff_t stride_n, int depth, int columns, ThreadPool&);
  void product(const std::byte* panels, int depth, int columns, const S* a, std::ptrdiff_t lda, int rows, S* c, std::ptrdiff_t ldc) const;
  void attend_rows(int b, const S* queries, std::ptrdiff_t ldq, int rows, S* alpha, S* contexts, std::ptrdiff_t ldc) const;
  void attend_rows_backward(int b, const S* queries, std::ptrdiff_t ldq, int rows, const S* alpha, const S* d_contexts, std::ptrdiff_t ldd, S* d_scores, S* d_queries,
                            std::ptrdiff_t ldd_q);
  const S* keys(int b) const { return keys_.data() + static_cast<std::size_t>(order_->start(b)) * query_size_; }
  S* d_keys(int b) { return d_keys_.data() + static_cast<std::size_t>(order_->start(b)) * query_size_; }

  // Of so many rows of a sentence, before each of which the work may stop; fewer than all only where there are very many.
  int rows_at_once(int b) const;

  const Weights<S>* weights_ = nullptr;
  const BatchOrder* order_ = nullptr;
  const Stop* stop_ = nullptr;
  bool additive_ = false;
  int width_ = 0, query_size_ = 0;  // A, Q
  std::vector<std::int32_t> lengths_;
  AlignedArray<S> a_, keys_;      // [N, A], [N, Q], sentence after sentence
  Panels scoring_;                // luong: [Q, Tx], for the scores
  Panels mixing_;                 // [Tx, A], for the contexts
  Panels unmixing_, unscoring_;   // [A, Tx] and, luong, [Tx, Q]: the same backwards
  AlignedArray<S> d_a_, d_keys_;  // as a_ and keys_
  AlignedArray<S> d_context_;     // bahdanau: [B, Q], dv of each sentence
  AlignedArray<S> work_;
};

}  // namespace bptt

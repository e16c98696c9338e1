// Attention pooling: a sequence's vector is a weighted mean of its steps (Yang et al. 2016, "Hierarchical attention
// networks", word level). With a⟨t⟩ [A] the output of the stack:
//
//   u⟨t⟩ = tanh(W a⟨t⟩ + b)     α = softmax over the steps of u⟨t⟩ · v     pooled = Σ_t α⟨t⟩ a⟨t⟩
//
// and backwards, with d the gradient of `pooled`:
//
//   g⟨t⟩ = d · a⟨t⟩     ds⟨t⟩ = α⟨t⟩ (g⟨t⟩ − Σ_s α⟨s⟩ g⟨s⟩)     dv = Σ ds⟨t⟩ u⟨t⟩
//   dz⟨t⟩ = ds⟨t⟩ v ⊙ (1 − u⟨t⟩²)     dW = Σ dz⟨t⟩ a⟨t⟩ᵀ     db = Σ dz⟨t⟩     da⟨t⟩ = α⟨t⟩ d + Wᵀ dz⟨t⟩
//
// A sequence of length 0 gives zeros.
#pragma once

#include "model/network/batch.h"
#include "model/parameters/weights.h"

namespace bptt {

template <class S>
class Attention {
 public:
  // a [N, A] packed rows → pooled [B, A].
  void forward(const Weights<S>&, const S* a, const BatchOrder&, S* pooled, ThreadPool&);

  struct Backward {
    const S* a;         // of the forward
    const S* d_pooled;  // [B, A]
    S* da;              // [N, A], overwritten
    S* d_weight;        // [A, A], overwritten, as the next two
    S* d_bias;          // [A]
    S* d_context;       // [A]
  };
  // After a forward of the same batch.
  void backward(const Weights<S>&, const Backward&, const BatchOrder&, ThreadPool&);

 private:
  AlignedArray<S> u_;      // [N, A]; in backward dz takes its place
  AlignedArray<S> alpha_;  // [N]
  AlignedArray<S> d_score_;
  AlignedArray<S> work_;
};

}  // namespace bptt

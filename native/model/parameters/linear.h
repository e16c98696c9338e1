// y = x · Wᵀ + b for packed rows: the output layer and the attention's projection.
#pragma once

#include "support/aligned_array.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class Linear {
 public:
  Linear() = default;
  // W [outputs, inputs] and b [outputs] (null: none) belong to the caller and must stay where they are.
  Linear(int outputs, int inputs, const S* weight, const S* bias);

  // Packs W anew after it has changed; `backward`: also Wᵀ, for backward_input().
  void pack(bool backward, ThreadPool&);
  // x [rows, inputs] → y [rows, outputs].
  void forward(const S* x, int rows, S* y, ThreadPool&) const;
  // The same on the calling thread alone, which may be one of a team; so below.
  void forward(const S* x, int rows, S* y) const;
  // ∂L/∂x = ∂L/∂y · W, [rows, inputs]; added to dx if `accumulate`.
  void backward_input(const S* dy, int rows, S* dx, bool accumulate, ThreadPool&) const;
  void backward_input(const S* dy, int rows, S* dx, bool accumulate) const;
  // ∂L/∂W = (∂L/∂y)ᵀ · x and ∂L/∂b (null: there is no b), the sum of ∂L/∂y over all rows; both overwritten. `work` grows as needed.
  void backward_weights(const S* dy, const S* x, int rows, S* dw, S* db, AlignedArray<S>& work, ThreadPool&) const;

 private:
  int outputs_ = 0, inputs_ = 0;
  const S* weight_ = nullptr;
  const S* bias_ = nullptr;
  AlignedArray<std::byte> panels_;      // of Wᵀ [inputs, outputs]
  AlignedArray<std::byte> transposed_;  // of W [outputs, inputs]
};

// C[m, n] = Σ_k A[k, m] · B[k, n] for compact A [depth, m] and B [depth, n]; overwritten.
template <class S>
void transposed_product(const S* a, int m, const S* b, int n, int depth, S* c, AlignedArray<S>& work, ThreadPool&);

}  // namespace bptt

// From one vector a step to one a sequence. a [N, A] is the output of the stack, A = D·H.
//
//   none       a itself, one result a step (packed rows)
//   last       the final state of the top layer, direction beside direction: the forward one ends at the last step,
//              the backward one at the first
//   mean       Σ_t a⟨t⟩ / T
//   max        the largest of each element; its gradient goes to the first step that has it
//   attention  see attention.h
//
// A sequence of length 0 gives zeros (for `last`: the initial state, which is zero).
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/batch.h"
#include "model/parameters/gradients.h"
#include "model/parameters/weights.h"
#include "model/pooling/attention.h"

namespace bptt {

template <class S>
class PoolingStage {
 public:
  // final_h: [L·D, B, H], used by `last` alone. Returns [R, A], valid until the next forward.
  const S* forward(const Weights<S>&, const S* a, const S* final_h, const BatchOrder&, ThreadPool&);

  // Gradients of what forward read. Each is null where it is zero.
  struct Back {
    const S* d_output;  // [N, A]
    S* d_final_h;       // [L·D, B, H]
  };
  // d [R, A]; writes the attention's part of the gradients.
  Back backward(const Weights<S>&, const S* a, const S* d, const BatchOrder&, Gradients<S>&, ThreadPool&);

 private:
  void mean(const S* a, const BatchOrder&, int width, ThreadPool&);
  void max(const S* a, const BatchOrder&, int width, ThreadPool&);
  void last(const NetworkSpec&, const S* final_h, int batch);

  Attention<S> attention_;
  AlignedArray<S> pooled_;                // [B, A]
  AlignedArray<S> da_;                    // [N, A]
  AlignedArray<S> d_final_;               // [L·D, B, H]
  std::vector<std::int32_t> largest_;     // [B, A]: the step an element of max came from
};

}  // namespace bptt

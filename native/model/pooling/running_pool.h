// Pooling over the steps of a sequence as they come, with the result for the steps so far.
//   mean       Σ a / t        max   the largest so far
//   attention  Σ e^(s−m) a / Σ e^(s−m), where s⟨t⟩ = v · tanh(W a⟨t⟩ + b) and m is the largest s so far: when m grows,
//              both sums are multiplied by e^(m_old − m_new) (Milakov and Gimelshein 2018, "Online normalizer calculation
//              for softmax")
#pragma once

#include "model/parameters/weights.h"

namespace bptt {

template <class S>
class RunningPool {
 public:
  explicit RunningPool(const Weights<S>&);

  void reset();
  // a [A], the output of the stack at this step. Returns [A]; with pooling `none` and `last` that is `a`.
  const S* add(const S* a, ThreadPool&);

 private:
  S weigh(const S* a, ThreadPool&);

  const Weights<S>& weights_;
  long long steps_ = 0;
  S largest_ = 0, total_ = 0;  // attention: m, Σ e^(s−m)
  AlignedArray<S> sum_, pooled_, u_;
};

}  // namespace bptt

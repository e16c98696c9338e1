#include "model/pooling/running_pool.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"

namespace bptt {

template <class S>
RunningPool<S>::RunningPool(const Weights<S>& weights) : weights_(weights) {
  const std::size_t width = weights.spec().pooled_size();
  const Pooling kind = weights.spec().pooling;
  if (kind == Pooling::none || kind == Pooling::last) return;
  sum_.resize(width);
  pooled_.resize(width);
  if (kind == Pooling::attention) u_.resize(width);
  reset();
}

template <class S>
void RunningPool<S>::reset() {
  steps_ = 0;
  total_ = 0;
  sum_.zero();
}

// The weight of this step, after the sums have been brought to the largest score so far.
template <class S>
S RunningPool<S>::weigh(const S* a, ThreadPool& pool) {
  const int width = weights_.spec().pooled_size();
  weights_.attention().forward(a, 1, u_.data(), pool);
  current_kernels<S>().tanh(u_.data(), u_.data(), width);
  S score = 0;
  for (int n = 0; n < width; ++n) score += u_[n] * weights_.context()[n];
  if (steps_ == 0 || score > largest_) {
    const S shrink = steps_ == 0 ? S(0) : std::exp(largest_ - score);
    total_ *= shrink;
    for (S& value : sum_) value *= shrink;
    largest_ = score;
  }
  return std::exp(score - largest_);
}

template <class S>
const S* RunningPool<S>::add(const S* a, ThreadPool& pool) {
  const int width = weights_.spec().pooled_size();
  switch (weights_.spec().pooling) {
    case Pooling::none:
    case Pooling::last:
      return a;
    case Pooling::mean:
      ++steps_;
      for (int n = 0; n < width; ++n) {
        sum_[n] += a[n];
        pooled_[n] = sum_[n] / static_cast<S>(steps_);
      }
      return pooled_.data();
    case Pooling::max:
      for (int n = 0; n < width; ++n)
        if (steps_ == 0 || a[n] > sum_[n] || a[n] != a[n]) sum_[n] = a[n];
      ++steps_;
      return sum_.data();
    case Pooling::attention: {
      const S weight = weigh(a, pool);
      ++steps_;
      total_ += weight;
      for (int n = 0; n < width; ++n) {
        sum_[n] += weight * a[n];
        pooled_[n] = sum_[n] / total_;
      }
      return pooled_.data();
    }
  }
  return a;
}

template class RunningPool<float>;
#ifdef BPTT_WITH_DOUBLE
template class RunningPool<double>;
#endif

}  // namespace bptt

#include "model/pooling/attention.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "support/dot.h"
#include "support/parallel.h"

namespace bptt {

namespace {

// The packed row of step t of the sequence at position i.
inline std::size_t row_of(const SequenceLayout& layout, int t, int i) { return static_cast<std::size_t>(layout.offset(t)) + i; }

// Scores become weights: softmax over the steps of the sequence at position i.
template <class S>
void softmax_over_steps(const SequenceLayout& layout, int i, S* scores) {
  S largest = scores[row_of(layout, 0, i)], sum = 0;
  for (int t = 1; t < layout.length(i); ++t) largest = std::max(largest, scores[row_of(layout, t, i)]);
  for (int t = 0; t < layout.length(i); ++t) {
    S& score = scores[row_of(layout, t, i)];
    score = std::exp(score - largest);
    sum += score;
  }
  for (int t = 0; t < layout.length(i); ++t) scores[row_of(layout, t, i)] /= sum;
}

}  // namespace

template <class S>
void Attention<S>::forward(const Weights<S>& weights, const S* a, const BatchOrder& order, S* pooled, ThreadPool& pool) {
  const Kernels<S>& kernel = current_kernels<S>();
  const SequenceLayout& layout = order.layout();
  const int width = weights.spec().pooled_size(), rows = order.rows();
  u_.resize(static_cast<std::size_t>(rows) * width);
  alpha_.resize(rows);
  weights.attention().forward(a, rows, u_.data(), pool);
  parallel(pool, rows, 4.0 * width, [&](std::size_t begin, std::size_t end) {
    kernel.tanh(u_.data() + begin * width, u_.data() + begin * width, (end - begin) * width);
    for (std::size_t r = begin; r < end; ++r) alpha_[r] = dot(u_.data() + r * width, weights.context(), width);
  });
  parallel(pool, layout.batch(), static_cast<double>(rows) * width / std::max(1, layout.batch()), [&](std::size_t begin, std::size_t end) {
    for (int i = static_cast<int>(begin); i < static_cast<int>(end); ++i) {
      S* sum = pooled + static_cast<std::size_t>(layout.sequence(i)) * width;
      std::fill(sum, sum + width, S(0));
      if (layout.length(i) == 0) continue;
      softmax_over_steps(layout, i, alpha_.data());
      for (int t = 0; t < layout.length(i); ++t) {
        pool.stop().check();
        const std::size_t r = row_of(layout, t, i);
        const S alpha = alpha_[r];
        const S* row = a + r * width;
        for (int n = 0; n < width; ++n) sum[n] += alpha * row[n];
      }
    }
  });
}

template <class S>
void Attention<S>::backward(const Weights<S>& weights, const Backward& b, const BatchOrder& order, ThreadPool& pool) {
  const SequenceLayout& layout = order.layout();
  const int width = weights.spec().pooled_size(), rows = order.rows();
  d_score_.resize(rows);
  parallel(pool, layout.batch(), 2.0 * rows * width / std::max(1, layout.batch()), [&](std::size_t begin, std::size_t end) {
    for (int i = static_cast<int>(begin); i < static_cast<int>(end); ++i) {
      const S* d = b.d_pooled + static_cast<std::size_t>(layout.sequence(i)) * width;
      S mean = 0;
      for (int t = 0; t < layout.length(i); ++t) {
        pool.stop().check();
        const std::size_t r = row_of(layout, t, i);
        d_score_[r] = dot(d, b.a + r * width, width);
        mean += alpha_[r] * d_score_[r];
      }
      for (int t = 0; t < layout.length(i); ++t) {
        pool.stop().check();
        const std::size_t r = row_of(layout, t, i);
        d_score_[r] = alpha_[r] * (d_score_[r] - mean);
        for (int n = 0; n < width; ++n) b.da[r * width + n] = alpha_[r] * d[n];
      }
    }
  });
  transposed_product(d_score_.data(), 1, u_.data(), width, rows, b.d_context, work_, pool);
  parallel(pool, rows, width, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      S* u = u_.data() + r * width;
      for (int n = 0; n < width; ++n) u[n] = d_score_[r] * weights.context()[n] * (1 - u[n] * u[n]);
    }
  });
  weights.attention().backward_weights(u_.data(), b.a, rows, b.d_weight, b.d_bias, work_, pool);
  weights.attention().backward_input(u_.data(), rows, b.da, true, pool);
}

template class Attention<float>;
#ifdef BPTT_WITH_DOUBLE
template class Attention<double>;
#endif

}  // namespace bptt

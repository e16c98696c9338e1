#include "model/pooling/pooling.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "support/parallel.h"

namespace bptt {

namespace {

// Operations for each sequence of a batch, on average.
double cost_of(const BatchOrder& order, int width) { return static_cast<double>(order.rows()) * width / std::max(1, order.layout().batch()); }

// Calls body(i, b) for positions i of the layout, b being the sequence there.
template <class Body>
void for_sequences(const BatchOrder& order, int width, ThreadPool& pool, Body&& body) {
  parallel(pool, order.layout().batch(), cost_of(order, width), [&](std::size_t begin, std::size_t end) {
    for (int i = static_cast<int>(begin); i < static_cast<int>(end); ++i) body(i, static_cast<std::size_t>(order.layout().sequence(i)));
  });
}

}  // namespace

template <class S>
const S* PoolingStage<S>::forward(const Weights<S>& weights, const S* a, const S* final_h, const BatchOrder& order, ThreadPool& pool) {
  const NetworkSpec& spec = weights.spec();
  if (spec.pooling == Pooling::none) return a;
  const int width = spec.pooled_size(), batch = order.layout().batch();
  pooled_.resize(checked_product({static_cast<std::size_t>(batch), static_cast<std::size_t>(width)}));
  switch (spec.pooling) {
    case Pooling::none: break;
    case Pooling::last: last(spec, final_h, batch); break;
    case Pooling::mean: mean(a, order, width, pool); break;
    case Pooling::max: max(a, order, width, pool); break;
    case Pooling::attention: attention_.forward(weights, a, order, pooled_.data(), pool); break;
  }
  return pooled_.data();
}

template <class S>
void PoolingStage<S>::last(const NetworkSpec& spec, const S* final_h, int batch) {
  const std::size_t state = spec.state(), directions = spec.bidirectional ? 2 : 1;
  const S* top = final_h + (spec.layers - 1) * directions * batch * state;
  for (std::size_t d = 0; d < directions; ++d)
    for (std::size_t b = 0; b < static_cast<std::size_t>(batch); ++b)
      std::copy_n(top + (d * batch + b) * state, state, pooled_.data() + (b * directions + d) * state);
}

template <class S>
void PoolingStage<S>::mean(const S* a, const BatchOrder& order, int width, ThreadPool& pool) {
  const SequenceLayout& layout = order.layout();
  const Kernels<S>& kernel = current_kernels<S>();
  for_sequences(order, width, pool, [&](int i, std::size_t b) {
    S* sum = pooled_.data() + b * width;
    std::fill(sum, sum + width, S(0));
    for (int t = 0; t < layout.length(i); ++t) {
      pool.stop().check();
      kernel.add(sum, a + (static_cast<std::size_t>(layout.offset(t)) + i) * width, width);
    }
    if (layout.length(i) == 0) return;
    for (int n = 0; n < width; ++n) sum[n] /= static_cast<S>(layout.length(i));
  });
}

template <class S>
void PoolingStage<S>::max(const S* a, const BatchOrder& order, int width, ThreadPool& pool) {
  const SequenceLayout& layout = order.layout();
  largest_.resize(pooled_.size());
  for_sequences(order, width, pool, [&](int i, std::size_t b) {
    S* best = pooled_.data() + b * width;
    std::int32_t* step = largest_.data() + b * width;
    if (layout.length(i) == 0) std::fill(best, best + width, S(0));
    for (int t = 0; t < layout.length(i); ++t) {
      pool.stop().check();
      const S* row = a + (static_cast<std::size_t>(layout.offset(t)) + i) * width;
      // A NaN takes the place and keeps it, since nothing is larger.
      for (int n = 0; n < width; ++n)
        if (t == 0 || row[n] > best[n] || row[n] != row[n]) {
          best[n] = row[n];
          step[n] = t;
        }
    }
  });
}

template <class S>
typename PoolingStage<S>::Back PoolingStage<S>::backward(const Weights<S>& weights, const S* a, const S* d, const BatchOrder& order,
                                                        Gradients<S>& gradients, ThreadPool& pool) {
  const NetworkSpec& spec = weights.spec();
  const SequenceLayout& layout = order.layout();
  const std::size_t width = spec.pooled_size(), batch = layout.batch();
  if (spec.pooling == Pooling::none) return {d, nullptr};
  if (spec.pooling == Pooling::last) {
    const std::size_t state = spec.state(), directions = spec.bidirectional ? 2 : 1;
    d_final_.resize(spec.layers * directions * batch * state);
    d_final_.zero();
    S* top = d_final_.data() + (spec.layers - 1) * directions * batch * state;
    for (std::size_t way = 0; way < directions; ++way)
      for (std::size_t b = 0; b < batch; ++b)
        std::copy_n(d + (b * directions + way) * state, state, top + (way * batch + b) * state);
    return {nullptr, d_final_.data()};
  }
  da_.resize(static_cast<std::size_t>(order.rows()) * width);
  if (spec.pooling == Pooling::attention) {
    const ParameterArena& arena = weights.arena();
    S* dense = gradients.dense.data();
    attention_.backward(weights,
                        {a, d, da_.data(), arena.at(dense, ParameterEntry::attention_weight), arena.at(dense, ParameterEntry::attention_bias),
                         arena.at(dense, ParameterEntry::attention_context)},
                        order, pool);
    return {da_.data(), nullptr};
  }
  for_sequences(order, static_cast<int>(width), pool, [&](int i, std::size_t b) {
    const S* from = d + b * width;
    for (int t = 0; t < layout.length(i); ++t) {
      pool.stop().check();
      S* to = da_.data() + (static_cast<std::size_t>(layout.offset(t)) + i) * width;
      if (spec.pooling == Pooling::mean)
        for (std::size_t n = 0; n < width; ++n) to[n] = from[n] / static_cast<S>(layout.length(i));
      else
        for (std::size_t n = 0; n < width; ++n) to[n] = largest_[b * width + n] == t ? from[n] : S(0);
    }
  });
  return {da_.data(), nullptr};
}

template class PoolingStage<float>;
#ifdef BPTT_WITH_DOUBLE
template class PoolingStage<double>;
#endif

}  // namespace bptt

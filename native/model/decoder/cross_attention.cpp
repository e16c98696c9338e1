#include "model/decoder/cross_attention.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "layer/partition.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
void CrossAttention<S>::read(const Weights<S>& weights, const S* a, const BatchOrder& order, bool backward, ThreadPool& pool) {
  const NetworkSpec& spec = weights.spec();
  weights_ = &weights;
  order_ = &order;
  stop_ = &pool.stop();
  additive_ = spec.decoder.attention == AttentionKind::bahdanau;
  width_ = spec.pooled_size();
  query_size_ = spec.decoder.state();
  const int rows = order.rows();
  lengths_.resize(order.layout().batch());
  for (int i = 0; i < order.layout().batch(); ++i) lengths_[order.layout().sequence(i)] = order.layout().length(i);
  a_.resize(checked_product({static_cast<std::size_t>(rows), static_cast<std::size_t>(width_)}));
  keys_.resize(checked_product({static_cast<std::size_t>(rows), static_cast<std::size_t>(query_size_)}));
  for (int row = 0; row < rows; ++row) std::copy_n(a + static_cast<std::size_t>(row) * width_, width_, a_.data() + static_cast<std::size_t>(order.step_of(row)) * width_);
  weights.decoder().key.forward(a_.data(), rows, keys_.data(), pool);
  if (!additive_) pack(scoring_, keys_.data(), query_size_, 1, query_size_, query_size_, 0, pool);
  pack(mixing_, a_.data(), width_, width_, 1, 0, width_, pool);
  if (!backward) return;
  pack(unmixing_, a_.data(), width_, 1, width_, width_, 0, pool);
  if (!additive_) pack(unscoring_, keys_.data(), query_size_, query_size_, 1, 0, query_size_, pool);
}

template <class S>
void CrossAttention<S>::pack(Panels& panels, const S* source, int width, std::ptrdiff_t stride_k, std::ptrdiff_t stride_n, int depth, int columns, ThreadPool& pool) {
  const Products<S>& kernel = current_products<S>(Precision::float32);
  const int sentences = static_cast<int>(lengths_.size());
  panels.starts.assign(1, 0);
  for (int b = 0; b < sentences; ++b) {
    panels.starts.push_back(panels.starts.back() + kernel.panel_bytes(columns == 0 ? lengths_[b] : columns, depth == 0 ? lengths_[b] : depth));
  }
  panels.data.resize(panels.starts.back());
  parallel(pool, sentences, static_cast<double>(panels.starts.back()) / sizeof(S) / std::max(1, sentences), [&](std::size_t begin, std::size_t end) {
    for (int b = static_cast<int>(begin); b < static_cast<int>(end); ++b) {
      const int k = depth == 0 ? lengths_[b] : depth;
      kernel.pack({source + static_cast<std::size_t>(order_->start(b)) * width, stride_k, stride_n, k, 0, columns == 0 ? lengths_[b] : columns, panels.data.data() + panels.starts[b], k, 0});
    }
  });
}

template <class S>
void CrossAttention<S>::product(const std::byte* panels, int depth, int columns, const S* a, std::ptrdiff_t lda, int rows, S* c, std::ptrdiff_t ldc) const {
  Product<S> product{};
  product.rows = rows;
  product.column_end = columns;
  product.depth = depth;
  product.a = a;
  product.lda = lda;
  product.panels = panels;
  product.c = c;
  product.ldc = ldc;
  current_products<S>(Precision::float32).product(product);
}

template <class S>
int CrossAttention<S>::rows_at_once(int b) const {
  constexpr int fewest = 32;
  const double cost = static_cast<double>(lengths_[b]) * (width_ + query_size_);
  return std::max(fewest, static_cast<int>(std::min<double>(INT32_MAX, longest_piece / std::max(1.0, cost))));
}

template <class S>
void CrossAttention<S>::attend(int b, const S* queries, std::ptrdiff_t ldq, int rows, S* alpha, S* contexts, std::ptrdiff_t ldc) const {
  const int most = rows_at_once(b);
  for (std::ptrdiff_t r = 0; r < rows; r += most) {
    stop_->check();
    attend_rows(b, queries + r * ldq, ldq, std::min<int>(most, rows - r), alpha + r * lengths_[b], contexts + r * ldc, ldc);
  }
}

template <class S>
void CrossAttention<S>::attend_rows(int b, const S* queries, std::ptrdiff_t ldq, int rows, S* alpha, S* contexts, std::ptrdiff_t ldc) const {
  const Kernels<S>& kernel = current_kernels<S>();
  const int steps = lengths_[b];
  if (steps == 0) {
    for (int r = 0; r < rows; ++r) std::fill_n(contexts + r * ldc, width_, S(0));
    return;
  }
  if (additive_) {
    for (int r = 0; r < rows; ++r) kernel.additive_scores({steps, query_size_, keys(b), queries + r * ldq, weights_->decoder().context, alpha + static_cast<std::ptrdiff_t>(r) * steps});
  } else {
    product(scoring_.of(b), query_size_, steps, queries, ldq, rows, alpha, steps);
  }
  kernel.softmax(alpha, alpha, steps, rows, steps, nullptr);
  product(mixing_.of(b), steps, width_, alpha, steps, rows, contexts, ldc);
}

template <class S>
void CrossAttention<S>::begin_backward() {
  d_a_.resize(a_.size());
  d_keys_.resize(keys_.size());
  if (!additive_) return;
  d_keys_.zero();
  d_context_.resize(lengths_.size() * query_size_);
  d_context_.zero();
}

template <class S>
void CrossAttention<S>::attend_backward(int b, const S* queries, std::ptrdiff_t ldq, int rows, const S* alpha, const S* d_contexts, std::ptrdiff_t ldd, S* d_scores,
                                        S* d_queries, std::ptrdiff_t ldd_q) {
  const int most = rows_at_once(b);
  const std::ptrdiff_t steps = lengths_[b];
  for (std::ptrdiff_t r = 0; r < rows; r += most) {
    stop_->check();
    attend_rows_backward(b, queries + r * ldq, ldq, std::min<int>(most, rows - r), alpha + r * steps, d_contexts + r * ldd, ldd, d_scores + r * steps, d_queries + r * ldd_q, ldd_q);
  }
}

template <class S>
void CrossAttention<S>::attend_rows_backward(int b, const S* queries, std::ptrdiff_t ldq, int rows, const S* alpha, const S* d_contexts, std::ptrdiff_t ldd, S* d_scores,
                                             S* d_queries, std::ptrdiff_t ldd_q) {
  const int steps = lengths_[b];
  if (steps == 0) {
    for (int r = 0; r < rows; ++r) std::fill_n(d_queries + r * ldd_q, query_size_, S(0));
    return;
  }
  product(unmixing_.of(b), width_, steps, d_contexts, ldd, rows, d_scores, steps);
  for (int r = 0; r < rows; ++r) {
    const S* share = alpha + static_cast<std::ptrdiff_t>(r) * steps;
    S* d = d_scores + static_cast<std::ptrdiff_t>(r) * steps;
    S mean = 0;
    for (int j = 0; j < steps; ++j) mean += share[j] * d[j];
    for (int j = 0; j < steps; ++j) d[j] = share[j] * (d[j] - mean);
  }
  if (!additive_) {
    product(unscoring_.of(b), steps, query_size_, d_scores, steps, rows, d_queries, ldd_q);
    return;
  }
  for (int r = 0; r < rows; ++r)
    current_kernels<S>().additive_gradient({steps, query_size_, keys(b), queries + r * ldq, weights_->decoder().context, d_scores + static_cast<std::ptrdiff_t>(r) * steps,
                                            d_keys(b), d_queries + r * ldd_q, d_context_.data() + static_cast<std::size_t>(b) * query_size_});
}

template <class S>
void CrossAttention<S>::memory_gradient(int b, const Rows& rows, AlignedArray<S>& work) {
  const Products<S>& kernel = current_products<S>(Precision::float32);
  const int steps = lengths_[b];
  if (steps == 0) return;
  // C [Tx, n] = A [rows, Tx]ᵀ · B [rows, n]
  const auto transposed = [&](const S* a, const S* right, std::ptrdiff_t ldb, int columns, S* c) {
    GradientProduct<S> product{};
    product.depth = rows.count;
    product.group_size = steps;
    product.a = a;
    product.lda = steps;
    product.sides[0] = {0, columns, right, ldb, nullptr, c, columns, 0, 0};
    work.resize(kernel.gradient_work(product));
    product.work = work.data();
    const int most = std::max(32, static_cast<int>(std::min<double>(INT32_MAX, longest_piece / std::max(1.0, static_cast<double>(rows.count) * columns))));
    for (; product.m_begin < steps; product.m_begin = product.m_end) {
      stop_->check();
      product.m_end = product.m_begin + std::min(most, steps - product.m_begin);
      kernel.gradient_product(&product, 1);
    }
  };
  transposed(rows.alpha, rows.d_contexts, rows.ldd, width_, d_a_.data() + static_cast<std::size_t>(order_->start(b)) * width_);
  if (!additive_) transposed(rows.d_scores, rows.queries, rows.ldq, query_size_, d_keys(b));
}

template <class S>
void CrossAttention<S>::finish_backward(Gradients<S>& gradients, S* d_a, ThreadPool& pool) {
  const ParameterArena& arena = weights_->arena();
  const Linear<S>& key = weights_->decoder().key;
  S* dense = gradients.dense.data();
  const int rows = order_->rows();
  key.backward_weights(d_keys_.data(), a_.data(), rows, arena.at(dense, ParameterEntry::attention_weight), arena.at(dense, ParameterEntry::attention_bias), work_, pool);
  key.backward_input(d_keys_.data(), rows, d_a_.data(), true, pool);
  for (int row = 0; row < rows; ++row) std::copy_n(d_a_.data() + static_cast<std::size_t>(order_->step_of(row)) * width_, width_, d_a + static_cast<std::size_t>(row) * width_);
  if (additive_)
    current_kernels<S>().column_sums(d_context_.data(), query_size_, static_cast<int>(lengths_.size()), query_size_, arena.at(dense, ParameterEntry::attention_context), false);
}

template class CrossAttention<float>;
#ifdef BPTT_WITH_DOUBLE
template class CrossAttention<double>;
#endif

}  // namespace bptt

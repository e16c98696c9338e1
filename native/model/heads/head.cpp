#include "model/heads/head.h"

#include <algorithm>
#include <atomic>

#include "kernels/kernels.h"
#include "layer/dropout.h"
#include "model/network/finite.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
void Head<S>::forward(const Weights<S>& weights, const S* a, int rows, const std::int32_t* results, const Noise& noise, ThreadPool& pool) {
  const Kernels<S>& kernel = current_kernels<S>();
  const NetworkSpec& spec = weights.spec();
  kind_ = spec.output;
  is_ctc_ = spec.ctc;
  is_crf_ = spec.crf;
  rows_ = rows;
  width_ = spec.head_size();
  outputs_ = spec.outputs;
  results_ = results;
  a_ = a;
  dropped_ = noise.training && spec.dropout_output > 0;
  if (dropped_) {
    const Random random = noise.random(Noise::output_dropout);
    mask_.resize(static_cast<std::size_t>(rows) * width_);
    dropped_a_.resize(mask_.size());
    parallel(pool, rows, width_, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) dropout_mask(random, spec.dropout_output, result(r), width_, mask_.data() + r * width_);
      kernel.multiply(dropped_a_.data() + begin * width_, a + begin * width_, mask_.data() + begin * width_, (end - begin) * width_);
    });
    a_ = dropped_a_.data();
  }
  z_.resize(checked_product({static_cast<std::size_t>(rows), static_cast<std::size_t>(outputs_)}));
  y_.resize(z_.size());
  log_sums_.resize(rows);
  weights.output().forward(a_, rows, z_.data(), pool);
  finite_ = true;
  // Training looks at its loss.
  if (is_crf_ && noise.training) return;
  std::atomic<bool> finite{true};
  parallel(pool, rows, 4.0 * outputs_, [&](std::size_t begin, std::size_t end) {
    const S* z = z_.data() + begin * outputs_;
    S* y = y_.data() + begin * outputs_;
    const std::size_t count = (end - begin) * outputs_;
    switch (kind_) {
      case OutputKind::classes:
        if (!is_crf_) kernel.softmax(y, z, outputs_, static_cast<int>(end - begin), outputs_, log_sums_.data() + begin);
        break;
      case OutputKind::multihot: kernel.sigmoid(y, z, count); break;
      case OutputKind::values: std::copy_n(z, count, y); break;
    }
    if (!noise.training && !finite_rows(begin, end)) finite = false;
  });
  finite_ = finite;
}

// One number of a row that is NaN or +∞ makes the sum of its exponentials so.
template <class S>
bool Head<S>::finite_rows(std::size_t begin, std::size_t end) const {
  const std::size_t first = begin * outputs_, count = (end - begin) * outputs_;
  if (is_crf_ || is_ctc_) return within(z_.data() + first, count, largest_score<S>);
  if (kind_ == OutputKind::classes) return bptt::finite(log_sums_.data() + begin, end - begin);
  return bptt::finite(y_.data() + first, count);
}

template <class S>
std::ptrdiff_t Head<S>::first_not_finite() const {
  std::ptrdiff_t first = -1;
  if (finite_) return first;
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows_); ++r)
    if (!finite_rows(r, r + 1) && (first < 0 || result(r) < first)) first = result(r);
  return first;
}

template <class S>
void Head<S>::write(S* y, ThreadPool& pool) const {
  parallel(pool, rows_, outputs_ / 4.0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) std::copy_n(y_.data() + r * outputs_, outputs_, y + static_cast<std::size_t>(result(r)) * outputs_);
  });
}

template <class S>
Loss Head<S>::loss(const Batch<S>& batch, bool gradient, ThreadPool& pool) {
  if (is_ctc_) {
    begin_ctc(batch, pool.stop());
    return ctc_.loss(gradient, z_.data(), pool);
  }
  if (is_crf_) {
    const Loss loss = crf_.loss(pool);
    if (gradient) crf_.backward(y_.data(), pool);
    return loss;
  }
  const bool classes = kind_ == OutputKind::classes;
  Loss loss;
  loss.count = classes ? static_cast<int>(std::count_if(batch.classes.begin(), batch.classes.end(), [](std::int32_t c) { return c >= 0; })) : rows_;
  const S share = static_cast<S>(1.0 / std::max(1, loss.count));
  losses_.resize(rows_);
  parallel(pool, rows_, 2.0 * outputs_, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const std::size_t n = result(r);
      S* z = z_.data() + r * outputs_;
      const S* y = y_.data() + r * outputs_;
      if (classes) {
        const std::int32_t target = batch.classes[n];
        losses_[n] = target < 0 ? 0 : class_loss(z, y, log_sums_[r], target);
        if (gradient) class_gradient(y, target, share, outputs_, z);
      } else {
        const S* target = batch.values.data() + n * outputs_;
        losses_[n] = kind_ == OutputKind::multihot ? multihot_loss(z, y, target, outputs_) : value_loss(y, target, outputs_);
        if (gradient) value_gradient(y, target, share, outputs_, z);
      }
    }
  });
  for (double row : losses_) loss.sum += row;
  return loss;
}

template <class S>
void Head<S>::begin_crf(const Weights<S>& weights, const BatchOrder& order, const Batch<S>& batch) {
  crf_.begin(weights.transitions(), order, batch, z_.data());
}

template <class S>
void Head<S>::begin_ctc(const Batch<S>& batch, const Stop& stop) {
  CtcRows<S> rows;
  rows.z = z_.data();
  rows.y = y_.data();
  rows.log_sums = log_sums_.data();
  rows.classes = outputs_;
  rows.stop = &stop;
  ctc_.forward(rows, results_, batch);
}

template <class S>
Decoding<S> Head<S>::decode_ctc(const Batch<S>& batch, const DecodingOptions& options, ThreadPool& pool) {
  begin_ctc(batch, pool.stop());
  return ctc_.decode(options, pool);
}

template <class S>
S* Head<S>::backward(const Weights<S>& weights, Gradients<S>& gradients, ThreadPool& pool) {
  const ParameterArena& arena = weights.arena();
  S* dense = gradients.dense.data();
  weights.output().backward_weights(z_.data(), a_, rows_, arena.at(dense, ParameterEntry::output_weight),
                                    arena.at(dense, ParameterEntry::output_bias), work_, pool);
  if (is_crf_) crf_.write_gradient(arena.at(dense, ParameterEntry::crf_transitions));
  da_.resize(static_cast<std::size_t>(rows_) * width_);
  weights.output().backward_input(z_.data(), rows_, da_.data(), false, pool);
  if (dropped_) {
    const Kernels<S>& kernel = current_kernels<S>();
    parallel(pool, rows_, width_ / 4.0, [&](std::size_t begin, std::size_t end) {
      S* d = da_.data() + begin * width_;
      kernel.multiply(d, d, mask_.data() + begin * width_, (end - begin) * width_);
    });
  }
  return da_.data();
}

template class Head<float>;
#ifdef BPTT_WITH_DOUBLE
template class Head<double>;
#endif

}  // namespace bptt

#include "model/input.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "layer/dropout.h"
#include "model/parallel.h"

namespace bptt {

namespace {

constexpr std::int32_t padding = 0, unknown = 1;

}  // namespace

template <class S>
const S* InputStage<S>::forward(const Forward& in, ThreadPool& pool) {
  rows_ = in.order->rows();
  columns_ = in.spec->input_size();
  by_source_ = in.spec->input == InputKind::multihot;
  x_.resize(checked_product({static_cast<std::size_t>(rows_), static_cast<std::size_t>(columns_)}));
  switch (in.spec->input) {
    case InputKind::tokens: read_tokens(in, pool); break;
    case InputKind::features: read_features(in, pool); break;
    case InputKind::multihot: read_multihot(in, pool); break;
  }
  dropped_ = in.noise.training && in.spec->dropout_input > 0;
  if (dropped_) drop(in, pool);
  return x_.data();
}

template <class S>
void InputStage<S>::read_tokens(const Forward& in, ThreadPool& pool) {
  const SequenceLayout& layout = in.order->layout();
  const int window = in.spec->window, slots = in.spec->slots(), width = in.spec->embedding;
  tokens_.assign(in.batch->tokens.begin(), in.batch->tokens.end());
  if (in.noise.training && in.rare != nullptr) {
    const Random random = in.noise.random(Noise::rare_tokens);
    for (std::size_t n = 0; n < tokens_.size(); ++n)
      if (in.rare[tokens_[n]] == 1 && random.bits(n) >> 63 == 1) tokens_[n] = unknown;
  }
  ids_.resize(checked_product({static_cast<std::size_t>(rows_), static_cast<std::size_t>(slots)}));
  std::int32_t* id = ids_.data();
  for (int t = 0; t < layout.steps(); ++t)
    for (int i = 0; i < layout.active(t); ++i) {
      const std::int32_t* sequence = tokens_.data() + in.order->start(layout.sequence(i));
      for (int s = t - window; s <= t + window; ++s) *id++ = s < 0 || s >= layout.length(i) ? padding : sequence[s];
    }
  parallel(pool, ids_.size(), width / 4.0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const S* row = in.table + static_cast<std::size_t>(ids_[r]) * width;
      std::copy(row, row + width, x_.data() + r * width);
    }
  });
}

template <class S>
void InputStage<S>::read_features(const Forward& in, ThreadPool& pool) {
  parallel(pool, rows_, columns_ / 4.0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const S* row = in.batch->features.data() + static_cast<std::size_t>(in.order->step_of(static_cast<int>(r))) * columns_;
      std::copy(row, row + columns_, x_.data() + r * columns_);
    }
  });
}

template <class S>
void InputStage<S>::read_multihot(const Forward& in, ThreadPool& pool) {
  const Batch<S>& batch = *in.batch;
  const bool summed = in.spec->embedding > 0;
  firsts_.resize(batch.active_counts.size());
  std::int32_t first = 0;
  for (std::size_t n = 0; n < firsts_.size(); ++n) {
    firsts_[n] = first;
    first += batch.active_counts[n];
  }
  ids_.clear();
  sources_.clear();
  begins_.assign(1, 0);
  for (int r = 0; r < rows_; ++r) {
    const int n = in.order->step_of(r);
    const std::int32_t* active = batch.active.data() + firsts_[n];
    ids_.insert(ids_.end(), active, active + batch.active_counts[n]);
    sources_.insert(sources_.end(), batch.active_counts[n], r);
    begins_.push_back(static_cast<std::int32_t>(ids_.size()));
  }
  const Kernels<S>& kernel = current_kernels<S>();
  parallel(pool, rows_, columns_, [&](std::size_t begin, std::size_t end) {
    std::fill(x_.data() + begin * columns_, x_.data() + end * columns_, S(0));
    for (std::size_t r = begin; r < end; ++r)
      for (int k = begins_[r]; k < begins_[r + 1]; ++k) {
        if (summed) kernel.add(x_.data() + r * columns_, in.table + static_cast<std::size_t>(ids_[k]) * columns_, columns_);
        else x_[r * columns_ + ids_[k]] = S(1);
      }
  });
}

template <class S>
void InputStage<S>::drop(const Forward& in, ThreadPool& pool) {
  const Kernels<S>& kernel = current_kernels<S>();
  const Random random = in.noise.random(Noise::input_dropout);
  mask_.resize(x_.size());
  parallel(pool, rows_, columns_, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r)
      dropout_mask(random, in.spec->dropout_input, in.order->step_of(static_cast<int>(r)), columns_, mask_.data() + r * columns_);
    S* x = x_.data() + begin * columns_;
    kernel.multiply(x, x, mask_.data() + begin * columns_, (end - begin) * columns_);
  });
}

template <class S>
void InputStage<S>::backward(S* dx, SparseGradient<S>& gradient, ThreadPool& pool) {
  if (dropped_) {
    const Kernels<S>& kernel = current_kernels<S>();
    parallel(pool, rows_, columns_ / 4.0, [&](std::size_t begin, std::size_t end) {
      S* d = dx + begin * columns_;
      kernel.multiply(d, d, mask_.data() + begin * columns_, (end - begin) * columns_);
    });
  }
  gradient.collect(ids_.data(), by_source_ ? sources_.data() : nullptr, static_cast<int>(ids_.size()), dx, in_width, pool);
}

template class InputStage<float>;
#ifdef BPTT_WITH_DOUBLE
template class InputStage<double>;
#endif

}  // namespace bptt

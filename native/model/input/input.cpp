#include "model/input/input.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "layer/dropout.h"
#include "support/parallel.h"

namespace bptt {

namespace {

constexpr std::int32_t padding = 0, unknown = 1;

// What each place of the window reads in each packed row: of [N] ids those of the window's steps, beyond a sequence's ends `beyond`.
void spread(const BatchOrder& order, const std::int32_t* ids, int window, std::int32_t beyond, std::int32_t* to) {
  const SequenceLayout& layout = order.layout();
  for (int t = 0; t < layout.steps(); ++t)
    for (int i = 0; i < layout.active(t); ++i) {
      const std::int32_t* sequence = ids + order.start(layout.sequence(i));
      for (int s = t - window; s <= t + window; ++s) *to++ = s < 0 || s >= layout.length(i) ? beyond : sequence[s];
    }
}

}  // namespace

template <class S>
const S* InputStage<S>::forward(const Forward& in, ThreadPool& pool) {
  rows_ = in.order->rows();
  spec_ = in.weights.spec;
  columns_ = spec_->width();
  x_.resize(checked_product({static_cast<std::size_t>(rows_), static_cast<std::size_t>(columns_)}));
  switch (spec_->kind) {
    case InputKind::tokens: read_tokens(in, pool); break;
    case InputKind::features: read_features(in, pool); break;
    case InputKind::multihot: read_multihot(in, pool); break;
  }
  dropped_ = in.streams.training && spec_->dropout > 0;
  if (dropped_) drop(in, pool);
  return x_.data();
}

template <class S>
void InputStage<S>::read_tokens(const Forward& in, ThreadPool& pool) {
  const InputSpec& spec = *spec_;
  const int window = spec.window, tokens = spec.tokens_a_step(), width = spec.embedding, size = spec.token_size();
  tokens_.assign(in.batch->tokens.begin(), in.batch->tokens.end());
  if (in.streams.training && in.rare.tokens != nullptr) {
    const Random random = in.streams.random(RandomStreams::rare_tokens);
    for (std::size_t n = 0; n < tokens_.size(); ++n)
      if (in.rare.tokens[tokens_[n]] == 1 && random.bits(n) >> 63 == 1) tokens_[n] = unknown;
  }
  ids_.resize(checked_product({static_cast<std::size_t>(rows_), static_cast<std::size_t>(tokens)}));
  spread(*in.order, tokens_.data(), window, padding, ids_.data());
  if (spec.has_characters()) {
    characters_.forward(*in.weights.characters, *in.batch, in.streams, in.rare.characters, pool);
    words_.resize(ids_.size());
    spread(*in.order, in.batch->words.data(), window, characters_.words(), words_.data());
  }
  parallel(pool, ids_.size(), size / 4.0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const S* row = in.weights.table + static_cast<std::size_t>(ids_[r]) * width;
      S* to = x_.data() + r * size;
      std::copy(row, row + width, to);
      if (spec.has_characters()) characters_.write(words_[r], to + width);
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
  const bool summed = spec_->embedding > 0;
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
        if (summed) kernel.add(x_.data() + r * columns_, in.weights.table + static_cast<std::size_t>(ids_[k]) * columns_, columns_);
        else x_[r * columns_ + ids_[k]] = S(1);
      }
  });
}

template <class S>
void InputStage<S>::drop(const Forward& in, ThreadPool& pool) {
  const Kernels<S>& kernel = current_kernels<S>();
  const Random random = in.streams.random(RandomStreams::input_dropout);
  mask_.resize(x_.size());
  parallel(pool, rows_, columns_, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r)
      dropout_mask(random, spec_->dropout, in.order->step_of(static_cast<int>(r)), columns_, mask_.data() + r * columns_);
    S* x = x_.data() + begin * columns_;
    kernel.multiply(x, x, mask_.data() + begin * columns_, (end - begin) * columns_);
  });
}

template <class S>
void InputStage<S>::backward(S* dx, Gradients<S>& gradients, ParameterEntry::Role table, ThreadPool& pool) {
  if (dropped_) {
    const Kernels<S>& kernel = current_kernels<S>();
    parallel(pool, rows_, columns_ / 4.0, [&](std::size_t begin, std::size_t end) {
      S* d = dx + begin * columns_;
      kernel.multiply(d, d, mask_.data() + begin * columns_, (end - begin) * columns_);
    });
  }
  const int reads = static_cast<int>(ids_.size());
  if (spec_->kind == InputKind::multihot) {
    gradients.table(table).collect(ids_.data(), sources_.data(), reads, dx, columns_, pool);
    return;
  }
  gradients.table(table).collect(ids_.data(), nullptr, reads, dx, spec_->token_size(), pool);
  if (spec_->has_characters())
    characters_.backward(words_.data(), reads, dx + spec_->embedding, spec_->token_size(), gradients.table(ParameterEntry::character_embedding), gradients.characters, pool);
}

template class InputStage<float>;
#ifdef BPTT_WITH_DOUBLE
template class InputStage<double>;
#endif

}  // namespace bptt

#include "model/decoder/decoder_stepper.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
DecoderStepper<S>::DecoderStepper(const Weights<S>& weights, const DecoderStage<S>& stage, int sentences, int capacity)
    : weights_(weights), stage_(stage), stepper_(weights.decoder().stack, capacity) {
  const NetworkSpec& spec = weights.spec();
  const StackSpec& stack = weights.decoder().stack.spec();
  const std::size_t rows = capacity, state = stack.state(), memory = stack.memory();
  x_.resize(checked_product({rows, static_cast<std::size_t>(stack.input)}));
  z_.resize(checked_product({rows, static_cast<std::size_t>(spec.outputs)}));
  stepper_.reset(sentences);
  AlignedArray<S> h(stack.layers * state), c(stack.layers * memory);
  const StateView<const S> first = stage.initial_states();
  for (int b = 0; b < sentences; ++b) {
    for (int layer = 0; layer < stack.layers; ++layer) {
      const std::size_t from = static_cast<std::size_t>(layer) * sentences + b;
      std::copy_n(first.h + from * state, state, h.data() + layer * state);
      if (first.c != nullptr) std::copy_n(first.c + from * memory, memory, c.data() + layer * memory);
    }
    stepper_.set_state(b, h.data(), c.data());
  }
  if (!spec.has_attention()) return;
  for (int b = 0; b < sentences; ++b) largest_ = std::max(largest_, stage.attention().steps(b));
  alpha_.resize(checked_product({rows, static_cast<std::size_t>(largest_)}));
  joined_.resize(checked_product({rows, spec.pooled_size() + state}));
  r_.resize(checked_product({rows, state}));
  queries_.resize(r_.size());
  if (spec.decoder.attention != AttentionKind::bahdanau) return;
  previous_.resize(r_.size());
  gathered_.resize(r_.size());
  std::copy_n(first.h + static_cast<std::size_t>(stack.layers - 1) * sentences * state, sentences * state, previous_.data());
}

template <class S>
void DecoderStepper<S>::gather(const std::int32_t* parents, int count) {
  stepper_.gather(parents, count);
  if (previous_.size() == 0) return;
  const std::size_t state = weights_.spec().decoder.state();
  for (int row = 0; row < count; ++row) std::copy_n(previous_.data() + parents[row] * state, state, gathered_.data() + row * state);
  std::swap(previous_, gathered_);
}

template <class S>
const S* DecoderStepper<S>::step(const std::int32_t* symbols, const std::int32_t* sentences, ThreadPool& pool) {
  if (const SymbolSums<S>* sums = weights_.symbol_sums(pool)) return advance(sentences, pool, sums->of(symbols));
  const std::size_t embedding = weights_.spec().decoder.embedding, width = weights_.decoder().stack.spec().input;
  for (int row = 0; row < rows(); ++row) std::copy_n(weights_.decoder().table + symbols[row] * embedding, embedding, x_.data() + row * width);
  return advance(sentences, pool);
}

template <class S>
const S* DecoderStepper<S>::step(const S* values, const std::int32_t* sentences, ThreadPool& pool) {
  const std::size_t outputs = weights_.spec().outputs, width = weights_.decoder().stack.spec().input;
  for (int row = 0; row < rows(); ++row) std::copy_n(values + row * outputs, outputs, x_.data() + row * width);
  return advance(sentences, pool);
}

// Contexts into joined_.
template <class S>
void DecoderStepper<S>::attend(const S* queries, const std::int32_t* sentences, ThreadPool& pool) {
  const std::size_t width = weights_.spec().pooled_size(), state = weights_.spec().decoder.state(), joined = width + state;
  groups_.clear();
  double work = 0;
  for (int row = 0; row < rows(); ++row) {
    if (row == 0 || sentences[row] != sentences[row - 1]) groups_.push_back(row);
    work += stage_.attention().steps(sentences[row]);
  }
  groups_.push_back(rows());
  alpha_rows_.resize(rows());
  each_by_workers(pool, static_cast<int>(groups_.size()) - 1, work * static_cast<double>(joined) / 4, [&](int group, int) {
    const int begin = groups_[group], count = groups_[group + 1] - begin, b = sentences[begin];
    S* const alpha = alpha_.data() + static_cast<std::size_t>(begin) * largest_;
    stage_.attention().attend(b, queries + begin * state, state, count, alpha, joined_.data() + begin * joined, joined);
    for (int i = 0; i < count; ++i) alpha_rows_[begin + i] = alpha + static_cast<std::size_t>(i) * stage_.attention().steps(b);
  });
}

template <class S>
const S* DecoderStepper<S>::advance(const std::int32_t* sentences, ThreadPool& pool, const Starts<S>& starts) {
  const NetworkSpec& spec = weights_.spec();
  const DecoderWeights<S>& decoder = weights_.decoder();
  const std::size_t width = spec.pooled_size(), state = spec.decoder.state(), joined = width + state, read = decoder.stack.spec().input;
  const bool additive = spec.decoder.attention == AttentionKind::bahdanau;
  if (additive) {
    decoder.query.forward(previous_.data(), rows(), queries_.data(), pool);
    attend(queries_.data(), sentences, pool);
    for (int row = 0; row < rows(); ++row) std::copy_n(joined_.data() + row * joined, width, x_.data() + row * read + read - width);
  }
  const S* s = stepper_.step(x_.data(), pool, starts);
  if (spec.has_attention()) {
    if (!additive) attend(s, sentences, pool);
    for (int row = 0; row < rows(); ++row) std::copy_n(s + row * state, state, joined_.data() + row * joined + width);
    if (additive) std::copy_n(s, rows() * state, previous_.data());
    decoder.attended.forward(joined_.data(), rows(), r_.data(), pool);
    current_kernels<S>().tanh(r_.data(), r_.data(), rows() * state);
    s = r_.data();
  }
  weights_.output().forward(s, rows(), z_.data(), pool);
  return z_.data();
}

template class DecoderStepper<float>;
#ifdef BPTT_WITH_DOUBLE
template class DecoderStepper<double>;
#endif

}  // namespace bptt

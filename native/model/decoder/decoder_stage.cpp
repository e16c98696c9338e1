#include "model/decoder/decoder_stage.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
void DecoderStage<S>::read(const Weights<S>& weights, const Encoded& encoded, bool backward, ThreadPool& pool) {
  weights_ = &weights;
  encoded_ = encoded;
  const int batch = encoded.order->layout().batch();
  gather_final();
  first_.forward(weights.decoder().initial, weights.decoder().stack.spec(), final_.data(), batch, pool);
  if (weights.spec().has_attention()) attention_.read(weights, encoded.output, *encoded.order, backward, pool);
}

// Of the top layer, h [L·D, B, P] and c [L·D, B, H] → [B, K]
template <class S>
void DecoderStage<S>::gather_final() {
  const NetworkSpec& spec = weights_->spec();
  const std::size_t batch = encoded_.order->layout().batch(), directions = spec.bidirectional ? 2 : 1, size = spec.final_size();
  const std::size_t top = (spec.layers - 1) * directions;
  final_.resize(checked_product({batch, size}));
  S* to = final_.data();
  for (std::size_t b = 0; b < batch; ++b)
    for (const auto& [part, each] : {std::pair<const S*, std::size_t>{encoded_.final.h, spec.state()}, {encoded_.final.c, spec.memory()}})
      for (std::size_t d = 0; d < directions; ++d, to += each) std::copy_n(part + ((top + d) * batch + b) * each, each, to);
}

template <class S>
void DecoderStage<S>::scatter_final() {
  const NetworkSpec& spec = weights_->spec();
  const std::size_t batch = encoded_.order->layout().batch(), directions = spec.bidirectional ? 2 : 1;
  const std::size_t top = (spec.layers - 1) * directions, rows = spec.layers * directions * batch;
  d_final_h_.resize(rows * spec.state());
  d_final_h_.zero();
  d_final_c_.resize(rows * spec.memory());
  d_final_c_.zero();
  const S* from = d_final_.data();
  for (std::size_t b = 0; b < batch; ++b)
    for (const auto& [part, each] : {std::pair<S*, std::size_t>{d_final_h_.data(), spec.state()}, {d_final_c_.data(), spec.memory()}})
      for (std::size_t d = 0; d < directions; ++d, from += each) std::copy_n(from, each, part + ((top + d) * batch + b) * each);
}

template <class S>
const S* DecoderStage<S>::forward(const Batch<S>& targets, const RandomStreams& streams, ThreadPool& pool) {
  const DecoderWeights<S>& decoder = weights_->decoder();
  const RandomStreams own = streams.of_decoder();
  order_.emplace(targets.lengths);
  typename StackPass<S>::Forward forward{};
  forward.layout = &order_->layout();
  forward.input = input_.forward({decoder.input(), &targets, &*order_, own, WordDropout{}}, pool);
  forward.training = own.training;
  forward.seed = own.seed;
  forward.step = own.step;
  forward.initial = {first_.states().h, first_.states().c};
  if (!weights_->spec().has_attention()) {
    stack_.forward(decoder.stack, forward, pool);
    return stack_.output();
  }
  prepare_attention();
  if (!additive()) {
    stack_.forward(decoder.stack, forward, pool);
    attend_to_all(pool);
    return read_out(pool);
  }
  const int embedded = decoder.reads.width(), width = decoder.stack.spec().input;
  x_.resize(checked_product({static_cast<std::size_t>(rows()), static_cast<std::size_t>(width)}));
  for (int r = 0; r < rows(); ++r) std::copy_n(forward.input + static_cast<std::size_t>(r) * embedded, embedded, x_.data() + static_cast<std::size_t>(r) * width);
  previous_.resize(d_queries_.size());
  queries_.resize(d_queries_.size());
  forward.input = x_.data();
  forward.stop = &pool.stop();
  stack_.begin(decoder.stack, forward);
  in_slices(pool, [this](Range positions) { run_steps(positions); });
  return read_out(pool);
}

template <class S>
void DecoderStage<S>::prepare_attention() {
  const NetworkSpec& spec = weights_->spec();
  const std::size_t rows = this->rows(), state = spec.decoder.state();
  alpha_starts_.assign(1, 0);
  std::vector<std::size_t> starts(order_->layout().batch());
  for (int i = 0; i < order_->layout().batch(); ++i) {
    const int b = order_->layout().sequence(i);
    starts[b] = checked_product({static_cast<std::size_t>(order_->layout().length(i)), static_cast<std::size_t>(attention_.steps(b))});
  }
  for (std::size_t size : starts) alpha_starts_.push_back(alpha_starts_.back() + size);
  alpha_.resize(alpha_starts_.back());
  d_scores_.resize(alpha_starts_.back());
  joined_.resize(checked_product({rows, spec.pooled_size() + state}));
  d_joined_.resize(joined_.size());
  r_.resize(checked_product({rows, state}));
  d_queries_.resize(r_.size());
  d_output_.resize(r_.size());
}

template <class S>
template <class Body>
void DecoderStage<S>::in_slices(ThreadPool& pool, const Body& body) {
  const StackSpec& stack = weights_->decoder().stack.spec();
  const int sentences = order_->layout().batch();
  // Each slice works with the tiles of its own sentences: few of them make poor ones.
  constexpr int smallest_slice = 4;
  double work = 0;
  for (int layer = 0; layer < stack.layers; ++layer) work += stack.weights(layer) * rows();
  const int slices = worth_sharing(work) ? std::max(1, std::min(pool.threads(), sentences / smallest_slice)) : 1;
  pool.team(slices, [&](int slice) {
    body({sentences * slice / slices, sentences * (slice + 1) / slices});
  });
}

template <class S>
void DecoderStage<S>::attend_to_all(ThreadPool& pool) {
  const std::size_t width = weights_->spec().pooled_size(), state = weights_->spec().decoder.state(), joined = width + state;
  const SequenceLayout& layout = order_->layout();
  for (int r = 0; r < rows(); ++r)
    std::copy_n(stack_.output() + r * state, state, joined_.data() + order_->step_of(r) * joined + width);
  each_by_workers(pool, layout.batch(), static_cast<double>(alpha_.size()) * static_cast<double>(joined) / 4, [&](int i, int) {
    const int b = layout.sequence(i);
    S* const first = joined_.data() + place(b, 0) * joined;
    attention_.attend(b, first + width, joined, layout.length(i), alpha_.data() + alpha_starts_[b], first, joined);
  });
}

template <class S>
const S* DecoderStage<S>::read_out(ThreadPool& pool) {
  const std::size_t state = weights_->spec().decoder.state();
  weights_->decoder().attended.forward(joined_.data(), rows(), r_.data(), pool);
  parallel(pool, rows(), 4.0 * state, [&](std::size_t begin, std::size_t end) {
    current_kernels<S>().tanh(r_.data() + begin * state, r_.data() + begin * state, (end - begin) * state);
  });
  return r_.data();
}

template <class S>
void DecoderStage<S>::read_out_back(const S* d, Gradients<S>& gradients, ThreadPool& pool) {
  const std::size_t state = weights_->spec().decoder.state();
  const ParameterArena& arena = weights_->arena();
  S* dense = gradients.dense.data();
  parallel(pool, rows(), state, [&](std::size_t begin, std::size_t end) {
    for (std::size_t n = begin * state; n < end * state; ++n) r_[n] = d[n] * (1 - r_[n] * r_[n]);
  });
  weights_->decoder().attended.backward_weights(r_.data(), joined_.data(), rows(), arena.at(dense, ParameterEntry::attention_output_weight),
                                                arena.at(dense, ParameterEntry::attention_output_bias), work_, pool);
  weights_->decoder().attended.backward_input(r_.data(), rows(), d_joined_.data(), false, pool);
}

template <class S>
void DecoderStage<S>::attend_to_all_back(ThreadPool& pool) {
  const std::size_t width = weights_->spec().pooled_size(), state = weights_->spec().decoder.state(), joined = width + state;
  const SequenceLayout& layout = order_->layout();
  each_by_workers(pool, layout.batch(), static_cast<double>(alpha_.size()) * static_cast<double>(joined) / 4, [&](int i, int) {
    const int b = layout.sequence(i), count = layout.length(i);
    S* const d = d_joined_.data() + place(b, 0) * joined;
    S* const d_queries = d_queries_.data() + place(b, 0) * state;
    attention_.attend_backward(b, joined_.data() + place(b, 0) * joined + width, joined, count, alpha_.data() + alpha_starts_[b], d, joined,
                               d_scores_.data() + alpha_starts_[b], d_queries, state);
    for (int t = 0; t < count; ++t) current_kernels<S>().add(d + t * joined + width, d_queries + t * state, state);
  });
  for (int r = 0; r < rows(); ++r) std::copy_n(d_joined_.data() + order_->step_of(r) * joined + width, state, d_output_.data() + r * state);
}

template <class S>
void DecoderStage<S>::finish_attention(Gradients<S>& gradients, ThreadPool& pool) {
  const std::size_t width = weights_->spec().pooled_size(), joined = width + weights_->spec().decoder.state();
  const SequenceLayout& layout = order_->layout();
  works_.resize(pool.threads());
  each_by_workers(pool, layout.batch(), static_cast<double>(alpha_.size()) * static_cast<double>(joined) / 4, [&](int i, int worker) {
    const int b = layout.sequence(i);
    attention_.memory_gradient(b, {layout.length(i), joined_.data() + place(b, 0) * joined + width, alpha_.data() + alpha_starts_[b], d_joined_.data() + place(b, 0) * joined,
                                   d_scores_.data() + alpha_starts_[b], static_cast<std::ptrdiff_t>(joined), static_cast<std::ptrdiff_t>(joined)},
                               works_[worker]);
  });
  d_encoded_.resize(static_cast<std::size_t>(encoded_.order->rows()) * width);
  attention_.finish_backward(gradients, d_encoded_.data(), pool);
}

template <class S>
typename DecoderStage<S>::Back DecoderStage<S>::backward(const S* d, Gradients<S>& gradients, ThreadPool& pool) {
  const NetworkSpec& spec = weights_->spec();
  const DecoderWeights<S>& decoder = weights_->decoder();
  const ParameterArena& arena = weights_->arena();
  S* dense = gradients.dense.data();
  const bool embeds = spec.decoder.embedding > 0;
  back_.d_output = d;
  back_.gradients = gradients.decoder;
  back_.d_initial = first_.gradient();
  back_.d_input = nullptr;
  if (spec.has_attention()) {
    read_out_back(d, gradients, pool);
    attention_.begin_backward();
    back_.d_output = d_output_.data();
  }
  if (embeds) {
    d_embedded_.resize(static_cast<std::size_t>(rows()) * spec.decoder.embedding);
    back_.d_input = d_embedded_.data();
  }
  if (!spec.has_attention()) {
    stack_.backward(decoder.stack, back_, pool);
  } else if (!additive()) {
    attend_to_all_back(pool);
    finish_attention(gradients, pool);
    stack_.backward(decoder.stack, back_, pool);
  } else {
    dx_.resize(x_.size());
    d_first_.resize(static_cast<std::size_t>(order_->layout().batch()) * spec.decoder.state());
    d_first_.zero();
    back_.d_input = dx_.data();
    const std::size_t width = spec.pooled_size(), state = spec.decoder.state(), joined = width + state;
    for (int r = 0; r < rows(); ++r) std::copy_n(d_joined_.data() + order_->step_of(r) * joined + width, state, d_output_.data() + r * state);
    stack_.begin_backward(decoder.stack, back_);
    in_slices(pool, [this](Range positions) { run_steps_back(positions); });
    stack_.finish_backward(decoder.stack, back_, pool);
    finish_attention(gradients, pool);
    transposed_product(d_queries_.data(), static_cast<int>(state), previous_.data(), static_cast<int>(state), rows(), arena.at(dense, ParameterEntry::attention_query), work_, pool);
    S* const d_top = back_.d_initial.h + static_cast<std::size_t>(spec.decoder.layers - 1) * order_->layout().batch() * state;
    for (int i = 0; i < order_->layout().batch(); ++i) current_kernels<S>().add(d_top + order_->layout().sequence(i) * state, d_first_.data() + i * state, state);
    const std::size_t read = decoder.stack.spec().input;
    for (int r = 0; embeds && r < rows(); ++r) std::copy_n(dx_.data() + r * read, spec.decoder.embedding, d_embedded_.data() + static_cast<std::size_t>(r) * spec.decoder.embedding);
  }
  if (embeds) input_.backward(d_embedded_.data(), gradients, ParameterEntry::decoder_embedding, pool);
  d_final_.resize(final_.size());
  first_.backward(decoder.initial, final_.data(), arena.at(dense, ParameterEntry::decoder_initial_weight), arena.at(dense, ParameterEntry::decoder_initial_bias), d_final_.data(), pool);
  scatter_final();
  return {spec.has_attention() ? d_encoded_.data() : nullptr, {d_final_h_.data(), d_final_c_.size() > 0 ? d_final_c_.data() : nullptr}};
}

// Step by step (bahdanau): the context of a step comes from the state before it.
template <class S>
void DecoderStage<S>::run_steps(Range positions) {
  const DecoderWeights<S>& decoder = weights_->decoder();
  const SequenceLayout& layout = order_->layout();
  const std::size_t width = weights_->spec().pooled_size(), state = weights_->spec().decoder.state(), joined = width + state;
  const std::size_t read = decoder.stack.spec().input, embedded = read - width;
  const S* const first = first_.states().h + static_cast<std::size_t>(decoder.stack.spec().layers - 1) * layout.batch() * state;
  for (int t = 0; t < layout.steps() && positions.begin < layout.active(t); ++t) {
    const Range rows{positions.begin, std::min(positions.end, layout.active(t))};
    const std::size_t packed = layout.offset(t) + rows.begin;
    for (int i = rows.begin; i < rows.end; ++i) {
      const S* from = t == 0 ? first + layout.sequence(i) * state : stack_.output() + (static_cast<std::size_t>(layout.offset(t - 1)) + i) * state;
      std::copy_n(from, state, previous_.data() + (static_cast<std::size_t>(layout.offset(t)) + i) * state);
    }
    decoder.query.forward(previous_.data() + packed * state, rows.end - rows.begin, queries_.data() + packed * state);
    for (int i = rows.begin; i < rows.end; ++i) {
      const int b = layout.sequence(i);
      const std::size_t row = static_cast<std::size_t>(layout.offset(t)) + i;
      S* const context = x_.data() + row * read + embedded;
      attention_.attend(b, queries_.data() + row * state, state, 1, alpha_.data() + alpha_place(b, t), context, read);
      std::copy_n(context, width, joined_.data() + place(b, t) * joined);
    }
    stack_.step(decoder.stack, t, rows);
    for (int i = rows.begin; i < rows.end; ++i)
      std::copy_n(stack_.output() + (static_cast<std::size_t>(layout.offset(t)) + i) * state, state, joined_.data() + place(layout.sequence(i), t) * joined + width);
  }
}

template <class S>
void DecoderStage<S>::run_steps_back(Range positions) {
  const DecoderWeights<S>& decoder = weights_->decoder();
  const SequenceLayout& layout = order_->layout();
  const std::size_t width = weights_->spec().pooled_size(), state = weights_->spec().decoder.state(), joined = width + state;
  const std::size_t read = decoder.stack.spec().input, embedded = read - width;
  for (int t = layout.steps() - 1; t >= 0; --t) {
    const Range rows{std::min(positions.begin, layout.active(t)), std::min(positions.end, layout.active(t))};
    if (rows.begin == rows.end) continue;
    stack_.step_back(decoder.stack, t, rows);
    for (int i = rows.begin; i < rows.end; ++i) {
      const int b = layout.sequence(i);
      const std::size_t row = static_cast<std::size_t>(layout.offset(t)) + i;
      S* const d_context = d_joined_.data() + place(b, t) * joined;
      current_kernels<S>().add(d_context, dx_.data() + row * read + embedded, width);
      attention_.attend_backward(b, queries_.data() + row * state, state, 1, alpha_.data() + alpha_place(b, t), d_context, joined, d_scores_.data() + alpha_place(b, t),
                                 d_queries_.data() + row * state, state);
    }
    // Into the gradient of the state before: the rows of step t are the first ones of step t − 1.
    S* const d_previous = t == 0 ? d_first_.data() + rows.begin * state : d_output_.data() + (static_cast<std::size_t>(layout.offset(t - 1)) + rows.begin) * state;
    decoder.query.backward_input(d_queries_.data() + (static_cast<std::size_t>(layout.offset(t)) + rows.begin) * state, rows.end - rows.begin, d_previous, t > 0);
  }
}

template class DecoderStage<float>;
#ifdef BPTT_WITH_DOUBLE
template class DecoderStage<double>;
#endif

}  // namespace bptt

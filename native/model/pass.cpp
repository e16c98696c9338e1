#include "model/pass.h"

#include <algorithm>

#include "model/decoder/decoder_targets.h"
#include "model/decoder/scheduled_sampling.h"
#include "model/network/finite.h"

namespace bptt {

namespace {

// Numbers in h, or c, of all layers and directions.
// Numbers in the states of all layers and directions, of which each has so many for a sequence.
std::size_t states_of(const NetworkSpec& spec, std::size_t sequences, int each) {
  return checked_product({static_cast<std::size_t>(spec.layers), spec.bidirectional ? 2u : 1u, sequences, static_cast<std::size_t>(each)});
}

}  // namespace

template <class S>
void Pass<S>::run_stack(const Weights<S>& weights, const Batch<S>& batch, const RandomStreams& streams, const WordDropout& rare, ThreadPool& pool, const States<S>* first, StateView<S> last) {
  weights_ = &weights;
  batch_ = &batch;
  streams_ = streams;
  order_.emplace(batch.lengths);
  typename StackPass<S>::Forward forward{};
  forward.layout = &order_->layout();
  forward.input = input_.forward({weights.input(), &batch, &*order_, streams, rare}, pool);
  forward.training = streams.training;
  forward.seed = streams.seed;
  forward.step = streams.step;
  if (first == nullptr) first = &batch.initial;
  has_context_ = weights.spec().has_context() && first->h.empty() && first->c.empty();
  if (has_context_) {
    initial_states_.forward(weights.initial_states(), weights.spec().stack(), batch.context.data(), static_cast<int>(batch.lengths.size()), pool);
    forward.initial = initial_states_.states();
  }
  if (!first->h.empty()) forward.initial.h = first->h.data();
  if (!first->c.empty()) forward.initial.c = first->c.data();
  forward.final = last;
  stack_.forward(weights.stack(), forward, pool);
}

template <class S>
void Pass<S>::forward(const Weights<S>& weights, const Batch<S>& batch, const RandomStreams& streams, const WordDropout& rare, ThreadPool& pool, const States<S>* first, States<S>* last) {
  const NetworkSpec& spec = weights.spec();
  if (spec.has_decoder()) {
    encode(weights, batch, streams, rare, pool);
    decode_targets(pool);
    return;
  }
  const std::size_t sequences = batch.lengths.size(), states = states_of(spec, sequences, spec.state());
  StateView<S> final;
  if (spec.pooling == Pooling::last) {
    final_h_.resize(states);
    final.h = final_h_.data();
  }
  if (last != nullptr) {
    last->h.resize(states);
    last->c.resize(states_of(spec, sequences, spec.memory()));
    if (spec.pooling != Pooling::last) final.h = last->h.data();
    final.c = last->c.empty() ? nullptr : last->c.data();
  }
  run_stack(weights, batch, streams, rare, pool, first, final);
  if (last != nullptr && spec.pooling == Pooling::last) std::copy_n(final_h_.data(), last->h.size(), last->h.data());
  results_ = spec.pooled() ? sequences : order_->rows();
  const S* a = pooling_.forward(weights, stack_.output(), final_h_.data(), *order_, pool);
  run_head(a, static_cast<int>(results_), spec.pooled() ? nullptr : order_->steps(), batch, &*order_, pool);
}

template <class S>
void Pass<S>::run_head(const S* a, int rows, const std::int32_t* places, const Batch<S>& batch, const BatchOrder* order, ThreadPool& pool) {
  const NetworkSpec& spec = weights_->spec();
  head_ = spec.ctc ? &ctc_ : spec.crf ? static_cast<Head<S>*>(&crf_) : &dense_;
  const OutputRows<S> z = output_.forward(*weights_, a, rows, places, streams_, pool);
  head_->forward({spec.output, z, &batch, order, &weights_->transitions(), streams_.training}, pool);
}

template <class S>
void Pass<S>::encode(const Weights<S>& weights, const Batch<S>& batch, const RandomStreams& streams, const WordDropout& rare, ThreadPool& pool) {
  const NetworkSpec& spec = weights.spec();
  final_h_.resize(states_of(spec, batch.lengths.size(), spec.state()));
  final_c_.resize(states_of(spec, batch.lengths.size(), spec.memory()));
  const StateView<S> final{final_h_.data(), spec.cell.has_memory() ? final_c_.data() : nullptr};
  run_stack(weights, batch, streams, rare, pool, nullptr, final);
  decoder_.read(weights, {stack_.output(), &*order_, {final.h, final.c}}, streams.training, pool);
}

template <class S>
void Pass<S>::decode_targets(ThreadPool& pool) {
  targets_ = decoder_targets(weights_->spec(), *batch_);
  if (streams_.training && batch_->teacher_forcing < 1) sample_inputs(*weights_, decoder_, batch_->teacher_forcing, streams_, targets_, pool);
  const S* r = decoder_.forward(targets_, streams_, pool);
  results_ = decoder_.rows();
  run_head(r, decoder_.rows(), decoder_.results(), targets_, nullptr, pool);
}

template <class S>
void Pass<S>::check_finite() const {
  const NetworkSpec& spec = weights_->spec();
  if (spec.crf && !weights_->transitions().finite())
    throw Error(ErrorCode::non_finite, "crf.transitions are not finite, or too large for sums over paths");
  std::ptrdiff_t step = head_->first_not_finite();
  if (step < 0) return;
  if (spec.pooled()) throw NotFinite(static_cast<int>(step));
  int sequence = 0;
  for (std::int32_t length : (spec.has_decoder() ? targets_ : *batch_).lengths) {
    if (step < length) throw NotFinite(sequence, static_cast<int>(step));
    step -= length;
    ++sequence;
  }
}

template <class S>
void Pass<S>::backward(Gradients<S>& gradients, ThreadPool& pool) {
  const NetworkSpec& spec = weights_->spec();
  head_->write_gradient(weights_->arena(), gradients.dense.data());
  const S* da = output_.backward(*weights_, gradients, pool);
  if (spec.has_decoder()) {
    const typename DecoderStage<S>::Back back = decoder_.backward(da, gradients, pool);
    back_.d_output = back.output;
    back_.d_final = back.final;
  } else {
    const typename PoolingStage<S>::Back back = pooling_.backward(*weights_, stack_.output(), da, *order_, gradients, pool);
    back_.d_output = back.d_output;
    back_.d_final.h = back.d_final_h;
  }
  back_.gradients = gradients.recurrent;
  back_.d_input = nullptr;
  if (spec.input.has_embedding()) {
    dx_.resize(static_cast<std::size_t>(order_->rows()) * spec.input.width());
    back_.d_input = dx_.data();
  }
  back_.d_initial = has_context_ ? initial_states_.gradient() : StateView<S>{};
  stack_.backward(weights_->stack(), back_, pool);
  if (spec.has_context()) backward_context(gradients, pool);
  if (spec.input.has_embedding()) input_.backward(dx_.data(), gradients, ParameterEntry::embedding, pool);
}

template <class S>
void Pass<S>::backward_context(Gradients<S>& gradients, ThreadPool& pool) {
  const ParameterArena& arena = weights_->arena();
  S* dw = arena.at(gradients.dense.data(), ParameterEntry::initial_states_weight);
  S* db = arena.at(gradients.dense.data(), ParameterEntry::initial_states_bias);
  if (has_context_) {
    initial_states_.backward(weights_->initial_states(), batch_->context.data(), dw, db, nullptr, pool);
    return;
  }
  std::fill_n(dw, arena.find(ParameterEntry::initial_states_weight)->size(), S(0));
  std::fill_n(db, arena.find(ParameterEntry::initial_states_bias)->size(), S(0));
}

template class Pass<float>;
#ifdef BPTT_WITH_DOUBLE
template class Pass<double>;
#endif

}  // namespace bptt

// One batch in flight: input → stack → pooling → head, or input → stack → decoder → head, and back. Keeps its work areas from
// batch to batch.
#pragma once

#include <cstdint>
#include <optional>

#include "model/decoder/decoder_stage.h"
#include "model/heads/crf_head.h"
#include "model/heads/ctc_head.h"
#include "model/heads/dense_head.h"
#include "model/input/input.h"
#include "model/network/batch.h"
#include "model/network/random_streams.h"
#include "model/parameters/gradients.h"
#include "model/parameters/initial_states.h"
#include "model/parameters/weights.h"
#include "model/pooling/pooling.h"

namespace bptt {

template <class S>
class Pass {
 public:
  // The batch must have passed check(). Weights and batch must stay until the last call that follows.
  // `first`: the states the sequences begin with; null: the batch's own, or those made from its context. `last`: those they end with; null: not wanted.
  void forward(const Weights<S>&, const Batch<S>&, const RandomStreams&, const WordDropout&, ThreadPool&, const States<S>* first = nullptr, States<S>* last = nullptr);
  // Of a network with a decoder: the encoder's part of forward(), after which decoder() can be searched.
  void encode(const Weights<S>&, const Batch<S>&, const RandomStreams&, const WordDropout&, ThreadPool&);
  const DecoderStage<S>& decoder() const { return decoder_; }
  // Then what is left of forward().
  void decode_targets(ThreadPool&);
  // Results [R, O], R = N or (pooled) B or, with a decoder, the steps of decoder_targets(); in the order of the batch.
  std::size_t results() const { return results_; }
  void write(S* y, ThreadPool& pool) const { head_->write(y, pool); }
  // After a forward that is no training. Throws NotFinite for the first sequence with a result that is not a number.
  void check_finite() const;
  // The loss of the batch given to forward(); it must have targets.
  Loss loss(bool gradient, ThreadPool& pool) { return head_->loss(gradient, pool); }
  // Of a network with crf, after forward(): makes the results (see write), and [N] the labels of the best paths.
  void marginals(ThreadPool& pool) { crf_.marginals(pool); }
  void best_paths(std::int32_t* labels, ThreadPool& pool) { crf_.best_paths(labels, pool); }
  // Of a network with ctc, after forward().
  Decoding<S> decode_ctc(const DecodingOptions& options, ThreadPool& pool) { return ctc_.decode(options, pool); }
  // After a training forward and loss(true): the gradient of the loss's sum; all of it is overwritten.
  void backward(Gradients<S>&, ThreadPool&);

 private:
  void run_stack(const Weights<S>&, const Batch<S>&, const RandomStreams&, const WordDropout&, ThreadPool&, const States<S>* first, StateView<S> last);
  void run_head(const S* a, int rows, const std::int32_t* places, const Batch<S>&, const BatchOrder*, ThreadPool&);
  void backward_context(Gradients<S>&, ThreadPool&);

  const Weights<S>* weights_ = nullptr;
  const Batch<S>* batch_ = nullptr;
  std::optional<BatchOrder> order_;
  std::size_t results_ = 0;
  InputStage<S> input_;
  bool has_context_ = false;  // whether the first states came from it
  InitialStates<S> initial_states_;
  StackPass<S> stack_;
  PoolingStage<S> pooling_;
  OutputLayer<S> output_;
  DenseHead<S> dense_;
  CtcHead<S> ctc_;
  CrfHead<S> crf_;
  Head<S>* head_ = nullptr;  // one of the three
  DecoderStage<S> decoder_;
  Batch<S> targets_;         // what the decoder reads and is to emit
  RandomStreams streams_;
  AlignedArray<S> final_h_, final_c_;  // [L·D, B, H], for pooling `last` and the decoder
  AlignedArray<S> dx_;       // [N, I]
  typename StackPass<S>::Backward back_;
};

}  // namespace bptt

// The decoder of a batch that is shown the right answers, forward and back. With f the final states of the encoder's top
// layer (h of both directions, then c of both), s⟨t⟩ the decoder's top h and e⟨t⟩ what it reads at step t:
//
//   s⟨0⟩, c⟨0⟩ from f (initial_states.h)
//   none       s⟨t⟩ = stack(e⟨t⟩, s⟨t−1⟩)                                               r⟨t⟩ = s⟨t⟩
//   luong      s⟨t⟩ = stack(e⟨t⟩, s⟨t−1⟩)            context⟨t⟩ by s⟨t⟩                  r⟨t⟩ = tanh(W_c [context⟨t⟩; s⟨t⟩] + b_c)
//   bahdanau   s⟨t⟩ = stack([e⟨t⟩; context⟨t⟩], …)   context⟨t⟩ by s⟨t−1⟩                the same
//
// and the head makes ŷ⟨t⟩ of r⟨t⟩. Where no context enters the recurrence, the stack runs over all steps first, and what is
// attended to are large products. Else each slice of sentences goes its way step by step, without waiting for the others.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/decoder/cross_attention.h"
#include "model/input/input.h"
#include "model/parameters/initial_states.h"

namespace bptt {

template <class S>
class DecoderStage {
 public:
  struct Encoded {
    const S* output;          // [N, A] in packed rows of `order`
    const BatchOrder* order;
    StateView<const S> final; // [L·D, B, H]
  };
  // What the encoder has made of the batch; weights, order and `final` must stay until the last call that follows.
  // `backward`: the gradient will be asked for.
  void read(const Weights<S>&, const Encoded&, bool backward, ThreadPool&);
  const CrossAttention<S>& attention() const { return attention_; }
  StateView<const S> initial_states() const { return first_.states(); }

  // After read(). `targets` as decoder_targets() gives them; they must stay. Returns r [R, Hd], a row for each of their steps,
  // in the order that results() tells.
  const S* forward(const Batch<S>& targets, const RandomStreams&, ThreadPool&);
  int rows() const { return order_->rows(); }
  // Step of the targets that row r stands for; null: step r.
  const std::int32_t* results() const { return weights_->spec().has_attention() ? nullptr : order_->steps(); }

  // Gradients of what read() was given; output is null where nothing attends to it.
  struct Back {
    const S* output;
    StateView<const S> final;
  };
  // After a forward in training. d [R, Hd] as forward() returned r.
  Back backward(const S* d, Gradients<S>&, ThreadPool&);

 private:
  bool additive() const { return weights_->spec().decoder.attention == AttentionKind::bahdanau; }
  // Places of sentence b's step t: row of the arrays in the order of the batch, and of its weights in alpha_.
  std::size_t place(int b, int t) const { return static_cast<std::size_t>(order_->start(b)) + t; }
  std::size_t alpha_place(int b, int t) const { return alpha_starts_[b] + static_cast<std::size_t>(t) * attention_.steps(b); }
  void prepare_attention();
  void attend_to_all(ThreadPool&);
  void attend_to_all_back(ThreadPool&);
  void run_steps(Range positions);
  void run_steps_back(Range positions);
  // Calls body(positions) for slices of the sentences, side by side.
  template <class Body>
  void in_slices(ThreadPool&, const Body& body);
  const S* read_out(ThreadPool&);
  void read_out_back(const S* d, Gradients<S>&, ThreadPool&);
  void finish_attention(Gradients<S>&, ThreadPool&);
  void gather_final();
  void scatter_final();

  const Weights<S>* weights_ = nullptr;
  Encoded encoded_{};
  std::optional<BatchOrder> order_;
  CrossAttention<S> attention_;
  InitialStates<S> first_;
  InputStage<S> input_;
  StackPass<S> stack_;
  typename StackPass<S>::Backward back_;
  AlignedArray<S> final_, d_final_;      // [B, K]
  AlignedArray<S> d_final_h_, d_final_c_;
  AlignedArray<S> x_, dx_;               // [R, E + A] bahdanau: what the stack reads
  AlignedArray<S> d_embedded_;           // [R, E]
  AlignedArray<S> previous_, queries_;   // [R, Hd] bahdanau, packed: s⟨t−1⟩ and W_q s⟨t−1⟩
  AlignedArray<S> d_queries_;            // [R, Hd]
  AlignedArray<S> d_first_;              // [B, Hd] bahdanau, by position: ∂L/∂s⟨0⟩ by the queries of the first steps
  AlignedArray<S> joined_, d_joined_;    // [R, A + Hd], in the order of the batch: [context; s]
  AlignedArray<S> r_;                    // [R, Hd]
  AlignedArray<S> d_output_;             // [R, Hd] packed: ∂L/∂s
  AlignedArray<S> alpha_, d_scores_;     // each sentence's [Ty, Tx]
  std::vector<std::size_t> alpha_starts_;
  AlignedArray<S> d_encoded_;            // [N, A]
  std::vector<AlignedArray<S>> works_;   // one a worker
  AlignedArray<S> work_;
};

}  // namespace bptt

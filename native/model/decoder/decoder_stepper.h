// A decoder that writes: from what an encoder has made of a batch it goes on symbol by symbol, many hypotheses side by side.
// A row has the bits that DecoderStage gives the same step.
#pragma once

#include <cstdint>
#include <vector>

#include "layer/stack_stepper.h"
#include "model/decoder/decoder_stage.h"

namespace bptt {

template <class S>
class DecoderStepper {
 public:
  // After stage.read() of a batch of that many sentences; weights and stage must stay. At first row b is sentence b. At most
  // `capacity` rows, and at least one for each sentence.
  DecoderStepper(const Weights<S>&, const DecoderStage<S>& stage, int sentences, int capacity);

  int rows() const { return stepper_.rows(); }
  // Row i becomes what row parents[i] was; afterwards there are `count` of them. Rows of a sentence have to be neighbours.
  void gather(const std::int32_t* parents, int count);
  // What is read: symbols [R], or rows of values [R, O]; and the sentence of each row. Returns z [R, O], valid until the next
  // step.
  const S* step(const std::int32_t* symbols, const std::int32_t* sentences, ThreadPool&);
  const S* step(const S* values, const std::int32_t* sentences, ThreadPool&);
  // The attention of each row in the last step: [R], the first of Tx weights.
  const S* const* alpha() const { return alpha_rows_.data(); }

 private:
  // Once what is read stands in x_, but for what `starts` holds of it.
  const S* advance(const std::int32_t* sentences, ThreadPool&, const Starts<S>& starts = {});
  void attend(const S* queries, const std::int32_t* sentences, ThreadPool&);

  const Weights<S>& weights_;
  const DecoderStage<S>& stage_;
  StackStepper<S> stepper_;
  int largest_ = 0;                       // the largest Tx
  AlignedArray<S> x_;                     // [R, I]
  AlignedArray<S> previous_, gathered_;   // [R, Hd] bahdanau: s⟨t−1⟩
  AlignedArray<S> queries_;               // [R, Hd]
  AlignedArray<S> joined_;                // [R, A + Hd]
  AlignedArray<S> r_, z_;                 // [R, Hd], [R, O]
  AlignedArray<S> alpha_;                 // [R, largest]
  std::vector<const S*> alpha_rows_;      // [R]
  std::vector<int> groups_;               // where the rows of each sentence begin, and the end
};

}  // namespace bptt

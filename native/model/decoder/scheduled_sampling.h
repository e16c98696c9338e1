// Scheduled sampling (Bengio, Vinyals, Jaitly and Shazeer 2015): in training a decoder reads at each step but the first, with
// probability 1 − ε, what it would have emitted itself at the step before in place of the right answer: the most probable
// symbol but boundary and unknown, or its values. It is found before the step of training, without dropout, by the decoder
// as it is; no gradient flows through the choice.
#pragma once

#include "model/decoder/decoder_stage.h"

namespace bptt {

// Changes what `targets` (as decoder_targets() gives them) reads. `share`: ε. The stage must have read() the batch.
template <class S>
void sample_inputs(const Weights<S>&, const DecoderStage<S>&, double share, const RandomStreams&, Batch<S>& targets, ThreadPool&);

}  // namespace bptt

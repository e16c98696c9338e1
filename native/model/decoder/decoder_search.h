// What a decoder puts out by itself: symbols by beam search (beam_search.h), or values, of which each step reads the ones
// before it.
#pragma once

#include "model/decoder/decoder_stage.h"
#include "model/network/decoding.h"

namespace bptt {

// The stage must have read what the encoder gave. The options must have passed check() for these sentences.
template <class S>
Decoding<S> search_decoder(const DecoderStage<S>&, const Weights<S>&, const DecodingOptions&, ThreadPool&);

}  // namespace bptt

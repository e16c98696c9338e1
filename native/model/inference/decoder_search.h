// What a decoder writes of itself: symbols by beam search (beam_search.h), or values, of which each step reads the ones
// before it.
#pragma once

#include "model/network/decoding.h"
#include "model/pass.h"

namespace bptt {

// After pass.encode(). The options must have passed check() for these sentences.
template <class S>
Decoding<S> search_decoder(const Pass<S>&, const Weights<S>&, const DecodingOptions&, ThreadPool&);

}  // namespace bptt

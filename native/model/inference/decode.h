// Decodes a batch by what the network is.
#pragma once

#include "model/network/decoding.h"
#include "model/pass.h"

namespace bptt {

// The batch must have passed check(). `pass` lends its work areas. Throws ERR_OPTION where the network's outputs have the
// steps of its inputs, so that there is nothing to search for; NotFinite where what is found is not a number.
template <class S>
Decoding<S> decode(Pass<S>&, const Weights<S>&, const Batch<S>&, const DecodingOptions&, ThreadPool&);

}  // namespace bptt

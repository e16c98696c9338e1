// Some sequences of a batch as a batch of their own.
#pragma once

#include "model/network/batch.h"

namespace bptt {

// The inputs of sequences begin … end − 1, without targets. The batch must have passed check().
template <class S>
Batch<S> inputs_of(const NetworkSpec&, const Batch<S>&, std::size_t begin, std::size_t end);

}  // namespace bptt

// x of a single step of a network that reads ids, as it is read step by step.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/kernels.h"
#include "model/parameters/weights.h"

namespace bptt {

// One token id, or the active indexes of a multihot step → x [I]: their rows of the table, summed, or zeros and ones.
// The ids must be those of the network.
template <class S>
void read_step(const Weights<S>& weights, const std::int32_t* ids, std::size_t count, S* x) {
  const std::size_t size = weights.spec().input.width();
  std::fill_n(x, size, S(0));
  for (std::size_t i = 0; i < count; ++i) {
    if (weights.spec().input.has_embedding()) current_kernels<S>().add(x, weights.table() + static_cast<std::size_t>(ids[i]) * size, size);
    else x[ids[i]] = S(1);
  }
}

}  // namespace bptt

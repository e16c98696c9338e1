// What the random parts of a training step depend on, besides the position in the batch.
#pragma once

#include <cstdint>

#include "support/random.h"

namespace bptt {

struct Noise {
  // Apart from the streams of layer/dropout.h and of the initial values.
  enum Stream : std::uint64_t { input_dropout = 1ull << 40, output_dropout, rare_tokens };
  bool training = false;
  std::uint64_t seed = 0;
  std::uint64_t step = 0;

  Random random(Stream stream) const { return Random(seed, stream, step); }
};

}  // namespace bptt

// What the random parts of a training step depend on, besides the position in the batch.
#pragma once

#include <cstdint>

#include "support/random.h"

namespace bptt {

struct RandomStreams {
  // Apart from the streams of layer/dropout.h and of the initial values.
  enum Stream : std::uint64_t { input_dropout = 1ull << 40, output_dropout, rare_tokens, rare_characters, decoder, scheduled_sampling };
  bool training = false;
  std::uint64_t seed = 0;
  std::uint64_t step = 0;

  Random random(Stream stream) const { return Random(seed, stream, step); }
  // For the decoder, whose masks are others than those of the encoder.
  RandomStreams of_decoder() const { return {training, random(decoder).bits(0), step}; }
};

// What is at random (p = 0.5) read as unknown in training, where it is 1; null: none.
struct WordDropout {
  const std::uint8_t* tokens = nullptr;      // [vocabulary]
  const std::uint8_t* characters = nullptr;  // [character vocabulary]
};

}  // namespace bptt

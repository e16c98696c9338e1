// Masks of inverted dropout (Srivastava et al. 2014): 1/(1−p) with probability 1−p, else 0, for p
// in steps of 1/65536. A mask depends on the seed,
// the step and the position in the caller's batch, so neither the order of work nor the number of threads matters.
#pragma once

#include <algorithm>
#include <cstdint>

#include "layer/sequence_layout.h"
#include "support/random.h"

namespace bptt {

// Uses of the random numbers of one seed; parameters' initial values take the numbers from 0 up.
namespace random_stream {
constexpr std::uint64_t between_layers = 1ull << 32;
constexpr std::uint64_t recurrent = 2ull << 32;
}  // namespace random_stream

// mask[width] for one row; `row` numbers the rows of the caller's batch.
template <class S>
void dropout_mask(const Random& random, double p, std::uint64_t row, int width, S* mask) {
  const std::int32_t threshold = static_cast<std::int32_t>((1 - p) * 65536 + 0.5);
  const S kept = static_cast<S>(65536.0 / std::max(threshold, 1));  // by the chance there really is
  // One call of the mixer has 16 bits for each of four units.
  const std::uint64_t first = row * static_cast<std::uint64_t>((width + 3) / 4);
  // Drawn for many units first, so that compilers choose for several of them at once.
  constexpr int block = 64;
  std::int32_t drawn[block];
  for (int begin = 0; begin < width; begin += block) {
    const int units = std::min(block, width - begin);
    for (int i = 0; i < units; i += 4) {
      const std::uint64_t bits = random.bits(first + (begin + i) / 4);
      for (int lane = 0; lane < 4; ++lane) drawn[i + lane] = static_cast<std::int32_t>(bits >> (16 * lane) & 0xffff);
    }
    for (int i = 0; i < units; ++i) mask[begin + i] = drawn[i] < threshold ? kept : S(0);
  }
}

// mask[N, width] in packed rows, for the positions [begin, end) of step t.
template <class S>
void dropout_mask(const Random& random, double p, const SequenceLayout& layout, int t, int begin, int end, int width, S* mask) {
  for (int position = begin; position < end; ++position)
    dropout_mask(random, p, static_cast<std::uint64_t>(layout.sequence(position)) * layout.steps() + t, width,
                 mask + (static_cast<std::ptrdiff_t>(layout.offset(t)) + position) * width);
}

}  // namespace bptt

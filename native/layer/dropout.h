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
  const std::uint64_t threshold = static_cast<std::uint64_t>((1 - p) * 65536 + 0.5);
  const S kept = static_cast<S>(65536.0 / std::max<std::uint64_t>(threshold, 1));  // by the chance there really is
  // One call of the mixer has 16 bits for each of four units.
  const std::uint64_t first = row * static_cast<std::uint64_t>((width + 3) / 4);
  // Looked up: which units stay cannot be foreseen, so that a branch would be taken wrongly again and again.
  const S choices[2] = {S(0), kept};
  const auto masked = [&](std::uint64_t bits, int lane) { return choices[(bits >> (16 * lane) & 0xffff) < threshold]; };
  int i = 0;
  for (; i + 4 <= width; i += 4) {
    const std::uint64_t bits = random.bits(first + i / 4);
    for (int lane = 0; lane < 4; ++lane) mask[i + lane] = masked(bits, lane);
  }
  for (; i < width; ++i) mask[i] = masked(random.bits(first + i / 4), i % 4);
}

// mask[N, width] in packed rows, for the positions [begin, end) of step t.
template <class S>
void dropout_mask(const Random& random, double p, const SequenceLayout& layout, int t, int begin, int end, int width, S* mask) {
  for (int position = begin; position < end; ++position)
    dropout_mask(random, p, static_cast<std::uint64_t>(layout.sequence(position)) * layout.steps() + t, width,
                 mask + (static_cast<std::ptrdiff_t>(layout.offset(t)) + position) * width);
}

}  // namespace bptt

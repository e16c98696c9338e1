// Outputs whose length is not that of the input: found by search, best first.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace bptt {

struct DecodingOptions {
  int beam = 1;               // hypotheses followed at the same time; 1: greedy
  int best = 1;               // hypotheses returned, at most `beam`
  double length_penalty = 0;  // encoder–decoder
  bool attention = false;     // encoder–decoder: return its weights
  std::vector<std::int32_t> limits;  // [B] encoder–decoder: the most steps of each output

  // Throws ERR_OPTION or ERR_SHAPE.
  void check(std::size_t sequences) const;
};

// Hypotheses of all sequences one after the other, those of a sequence from the best to the worst.
template <class S>
struct Decoding {
  std::vector<std::int32_t> counts;   // [B] hypotheses of each sequence
  std::vector<std::int32_t> lengths;  // [hypotheses] steps of each
  std::vector<std::int32_t> symbols;  // of all hypotheses, where the output is classes
  std::vector<S> values;              // of all hypotheses [steps, O], where it is values
  std::vector<double> scores;         // [hypotheses]
  std::vector<std::uint8_t> ended;    // [hypotheses] 0: broken off at its limit
  std::vector<S> attention;           // of all hypotheses [steps, T of the sequence], if asked for
  double loss = NAN;                  // as Evaluation has them, where the batch has targets
  int count = 0;
  int infeasible = 0;
};

}  // namespace bptt

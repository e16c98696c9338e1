// Beam search over what a network may emit symbol by symbol, for many sentences at a time: all hypotheses of all sentences
// are rows of one batch, which whoever uses it moves on by one step, between two calls.
//
//   score(Y) = ln p(Y) / lp(U),  lp(U) = ((5 + U)/6)^α      (Wu et al. 2016, equation 14), U steps, the end among them
//
// At each step the K best of all continuations of a sentence's hypotheses are followed; those that end with the boundary
// are taken out and kept. A sentence is done when nothing is followed any more, when the limit of its steps is reached,
// or when no hypothesis can come to a better score than those that are kept. What was broken off at the limit comes
// after what has ended. The unknown symbol is never emitted. With K = 1 that is greedy search.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/decoding.h"

namespace bptt {

template <class S>
class BeamSearch {
 public:
  // The options must have passed check(), with a limit for each sentence. O outputs, the first of which is the boundary.
  BeamSearch(const DecodingOptions&, int outputs);

  // Hypotheses that are followed, sentence after sentence. At first one for each sentence; 0: done.
  int rows() const { return static_cast<int>(rows_.size()); }
  bool done() const { return rows_.empty(); }
  // [R] what each row reads next, the boundary at first; which row of the step before it goes on from; its sentence.
  const std::vector<std::int32_t>& symbols() const { return symbols_; }
  const std::vector<std::int32_t>& parents() const { return parents_; }
  const std::vector<std::int32_t>& sentences() const { return sentences_; }

  // Attention of a step: `rows` [R], the first of as many weights as the row's sentence has in `sizes` [B].
  struct Attention {
    const S* const* rows;
    const std::int32_t* sizes;
  };
  // z, y = softmax(z) [R, O] and the logarithms of its sums [R], after all rows have read their symbols. `attention` null:
  // not wanted. Throws NotFinite where y is not a number.
  void advance(const S* z, const S* y, const S* log_sums, const Attention* attention);
  // Once all sentences are done.
  Decoding<S> result() const;

 private:
  // A hypothesis, by its last symbol.
  struct Node {
    std::int32_t parent, symbol;
    std::size_t attention;  // where the weights are that it was emitted with
    std::int32_t size;
  };
  struct Row {
    std::int32_t node;  // −1: nothing yet
    double score;       // ln p
  };
  struct Candidate {
    double score;
    std::int32_t row, symbol;
    bool operator<(const Candidate& other) const { return score != other.score ? score > other.score : row != other.row ? row < other.row : symbol < other.symbol; }
  };
  struct Kept {
    double score;  // with the penalty
    std::int32_t node;
    bool ended;
  };

  double penalty(int steps) const;
  void find_candidates(const S* z, const S* y, const S* log_sums, int begin, int end);
  void keep(std::int32_t sentence, const Kept&);
  bool can_improve(std::int32_t sentence, double best) const;

  const DecodingOptions options_;
  const int outputs_;
  int step_ = 0;  // steps taken
  std::vector<Row> rows_, next_;
  std::vector<std::int32_t> symbols_, parents_, sentences_;
  std::vector<Node> nodes_;
  std::vector<S> attention_;
  std::vector<std::vector<Kept>> kept_;  // [B] best first
  std::vector<Candidate> candidates_;    // of one sentence
  std::vector<std::int32_t> best_;       // of one row
};

}  // namespace bptt

// From a step's outputs to what is emitted. z are the logits of one row, y what the network makes of them (softmax or
// sigmoid): the model's own distribution, whose probability of the choice is reported whatever temperature and filters do.
//
//   classes   w = softmax(z / temperature) without the banned ones; of these the k largest; of these the fewest largest that
//             hold the share p of their sum ("nucleus", Holtzman et al. 2020). Of equal weights the lower id is the larger.
//             One of what is left, in proportion to w. Temperature 0: the largest z that is not banned.
//   multihot  each output by itself, active with probability σ(z / temperature); temperature 0: where z > 0
//
// The random numbers belong to one sequence and one step of it, so nothing else in the batch changes a choice.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/network_spec.h"
#include "support/aligned_array.h"
#include "support/random.h"

namespace bptt {

struct SamplingSpec {
  double temperature = 1;
  int top_k = 0;     // 0: all
  double top_p = 1;  // 1: all
  std::vector<std::int32_t> banned;  // outputs that are never chosen

  bool greedy() const { return temperature == 0; }
  bool filters() const { return top_k > 0 || top_p < 1; }
  // Throws ERR_OPTION where a value is out of range or has no meaning for the outputs.
  void check(const NetworkSpec&) const;
};

template <class S>
class Sampler {
 public:
  // For O outputs; the options must have passed check().
  Sampler(const SamplingSpec&, int outputs);

  // y must be numbers. Throws ERR_NON_FINITE where nothing has a weight.
  std::int32_t choose(const S* z, const S* y, const Random&);
  // `active` gets the active outputs, in rising order. Returns Π of y where active, 1 − y elsewhere.
  double choose_active(const S* z, const S* y, const Random&, std::vector<std::int32_t>& active);

 private:
  std::int32_t largest(const S* z) const;
  // The weights w of all outputs, 0 where banned: y itself, or in weights_.
  const S* weigh(const S* z, const S* y);
  // The lightest weight that is kept; of equal ones the first, up to `id`.
  struct Bar {
    S weight;
    std::int32_t id;
    bool keeps(const S* weights, std::int32_t n) const { return weights[n] > weight || (weights[n] == weight && n <= id); }
  };
  // Of what the bar keeps: the heaviest, that many of them; or the fewest heaviest that come to that share of their sum.
  Bar with_count(const S* weights, Bar, int count);
  Bar with_share(const S* weights, Bar, double share);
  S exponentials(const S* z, S top, S factor);
  // Sets those to 0 that the filters leave out.
  const S* filter(const S* weights);
  std::int32_t draw(const S* weights, double uniform);

  SamplingSpec spec_;
  int outputs_;
  std::int32_t allowed_ = 0;              // the first that is not banned
  std::vector<std::uint8_t> is_banned_;   // [O], or empty
  AlignedArray<S> weights_;               // [O]
  std::vector<double> sums_;              // of blocks or buckets of weights
  std::vector<std::int32_t> left_;        // where the bar may be
};

}  // namespace bptt

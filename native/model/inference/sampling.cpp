#include "model/inference/sampling.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "kernels/kernels.h"
#include "model/decoder/largest.h"
#include "support/error.h"

namespace bptt {

namespace {

// Weights are summed in blocks, so that only one block is walked through weight by weight.
constexpr int block = 64;

// Where the logits end, and of what is banned.
template <class S>
constexpr S least = S(-1e30);

template <class S>
double block_sum(const S* w, int count) {
  double sums[4] = {};
  int n = 0;
  for (; n + 4 <= count; n += 4)
    for (int i = 0; i < 4; ++i) sums[i] += w[n + i];
  for (int i = 0; n < count; ++n, ++i) sums[i] += w[n];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

void SamplingSpec::check(const NetworkSpec& network) const {
  const auto fail = [](const char* option, const std::string& expected, const std::string& found) {
    throw Error(ErrorCode::option, std::string(option) + ": expected " + expected + ", found " + found);
  };
  if (!(temperature >= 0 && std::isfinite(temperature))) fail("temperature", "a finite number ≥ 0", std::to_string(temperature));
  if (top_k < 0) fail("topK", "a whole number ≥ 0", std::to_string(top_k));
  if (!(top_p > 0 && top_p <= 1)) fail("topP", "a number > 0 and ≤ 1", std::to_string(top_p));
  if (network.output != OutputKind::classes && filters())
    fail(top_k > 0 ? "topK" : "topP", std::string(top_k > 0 ? "0" : "1") + ", since only classes are chosen among each other", std::to_string(top_k > 0 ? top_k : top_p));
  if (network.output == OutputKind::values && !banned.empty()) fail("banned", "nothing, since values are not chosen", std::to_string(banned.size()) + " indexes");
  for (std::size_t i = 0; i < banned.size(); ++i)
    if (banned[i] < 0 || banned[i] >= network.outputs)
      fail(("banned[" + std::to_string(i) + "]").c_str(), "0 … " + std::to_string(network.outputs - 1), std::to_string(banned[i]));
  std::vector<std::int32_t> different(banned);
  std::sort(different.begin(), different.end());
  different.erase(std::unique(different.begin(), different.end()), different.end());
  if (network.output == OutputKind::classes && different.size() == static_cast<std::size_t>(network.outputs))
    fail("banned", "at least one class that may be chosen", "all of them");
}

template <class S>
Sampler<S>::Sampler(const SamplingSpec& spec, int outputs) : spec_(spec), outputs_(outputs), weights_(outputs) {
  if (spec.banned.empty()) return;
  is_banned_.assign(outputs, 0);
  for (std::int32_t id : spec.banned) is_banned_[id] = 1;
  while (allowed_ + 1 < outputs && is_banned_[allowed_] == 1) ++allowed_;
}

template <class S>
std::int32_t Sampler<S>::choose(const S* z, const S* y, const Random& random) {
  if (spec_.greedy()) return largest(z);
  const S* weights = weigh(z, y);
  if (spec_.filters()) weights = filter(weights);
  return draw(weights, random.uniform(0));
}

template <class S>
std::int32_t Sampler<S>::largest(const S* z) const {
  std::int32_t best = allowed_;
  for (std::int32_t n = allowed_ + 1; n < outputs_; ++n)
    if (z[n] > z[best] && (is_banned_.empty() || is_banned_[n] == 0)) best = n;
  return best;
}

template <class S>
const S* Sampler<S>::weigh(const S* z, const S* y) {
  if (spec_.temperature == 1) {
    if (is_banned_.empty()) return y;
    double banned = 0;
    for (std::int32_t id : spec_.banned) banned += y[id];
    if (banned < 0.99) {
      std::copy_n(y, outputs_, weights_.data());
      for (std::int32_t id : spec_.banned) weights_[id] = 0;
      return weights_.data();
    }
  }
  // A small temperature must make no logit infinite, and what is banned must not be the largest, from which the exponentials are
  // taken: the others could all become 0. Then they are taken from the largest that may be chosen.
  const S factor = static_cast<S>(std::min(1 / spec_.temperature, 1e30));
  if (factor > S(1000) || !(std::abs(exponentials(z, 0, factor)) < -least<S>)) exponentials(z, z[largest(z)], factor);
  return weights_.data();
}

// Makes the weights; returns the logarithm of their sum before that became 1.
template <class S>
S Sampler<S>::exponentials(const S* z, S top, S factor) {
  for (int n = 0; n < outputs_; ++n) weights_[n] = (z[n] - top) * factor;
  if (top != 0)
    for (S& weight : weights_) weight = std::max(weight, least<S>);
  for (std::int32_t id : spec_.banned) weights_[id] = least<S>;
  S log_sum = 0;
  current_kernels<S>().softmax(weights_.data(), weights_.data(), outputs_, 1, outputs_, &log_sum);
  for (std::int32_t id : spec_.banned) weights_[id] = 0;
  return log_sum;
}

template <class S>
typename Sampler<S>::Bar Sampler<S>::with_count(const S* weights, Bar bar, int count) {
  bptt::largest(weights, outputs_, count, std::nextafter(bar.weight, S(0)), -1, left_);
  if (static_cast<int>(left_.size()) < count) return bar;
  const std::int32_t last = *std::min_element(left_.begin(), left_.end(), [weights](std::int32_t a, std::int32_t b) { return weights[a] != weights[b] ? weights[a] < weights[b] : a > b; });
  return {weights[last], last};
}

// Sorting all of a large vocabulary would take longer than the network does: the weights are shared out to buckets by the
// highest bits of their float32 value, which are in the order of the values; those of the bucket with the bar by the next
// bits; and what is left of them is sorted.
template <class S>
typename Sampler<S>::Bar Sampler<S>::with_share(const S* weights, Bar bar, double share) {
  constexpr std::uint32_t buckets = 1 << 11;
  const auto pattern = [weights](std::int32_t n) {
    const float value = static_cast<float>(weights[n]);
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  };
  left_.clear();
  double total = 0, sum = 0;
  for (std::int32_t n = 0; n < outputs_; ++n) {
    if (!bar.keeps(weights, n)) continue;
    left_.push_back(n);
    total += weights[n];
  }
  const double enough = share * total;
  for (int shift : {20, 9}) {
    if (left_.size() <= 32) break;
    sums_.assign(buckets, 0.0);
    std::uint32_t lowest = buckets, bucket = buckets - 1;
    for (std::int32_t n : left_) {
      const std::uint32_t own = (pattern(n) >> shift) % buckets;
      sums_[own] += weights[n];
      lowest = std::min(lowest, own);
    }
    // Not below the lowest, even where rounding leaves the sum a little short.
    while (bucket > lowest && sum + sums_[bucket] < enough) sum += sums_[bucket--];
    left_.erase(std::remove_if(left_.begin(), left_.end(), [&](std::int32_t n) { return (pattern(n) >> shift) % buckets != bucket; }), left_.end());
  }
  std::sort(left_.begin(), left_.end(), [weights](std::int32_t a, std::int32_t b) { return weights[a] != weights[b] ? weights[a] > weights[b] : a < b; });
  for (std::int32_t n : left_) {
    bar = {weights[n], n};
    sum += weights[n];
    if (sum >= enough) break;
  }
  return bar;
}

template <class S>
const S* Sampler<S>::filter(const S* weights) {
  Bar bar{std::numeric_limits<S>::min(), outputs_};  // what is next to nothing is none
  if (spec_.top_k > 0) bar = with_count(weights, bar, std::min(spec_.top_k, outputs_));
  if (spec_.top_p < 1) bar = with_share(weights, bar, spec_.top_p);
  for (std::int32_t n = 0; n < outputs_; ++n) weights_[n] = bar.keeps(weights, n) ? weights[n] : S(0);
  return weights_.data();
}

template <class S>
std::int32_t Sampler<S>::draw(const S* weights, double uniform) {
  sums_.clear();
  double total = 0;
  for (int begin = 0; begin < outputs_; begin += block) {
    sums_.push_back(block_sum(weights + begin, std::min(block, outputs_ - begin)));
    total += sums_.back();
  }
  double left = uniform * total;
  std::size_t at = 0;
  while (at + 1 < sums_.size() && left >= sums_[at]) left -= sums_[at++];
  std::int32_t chosen = -1;
  for (int n = static_cast<int>(at) * block; n < outputs_; ++n) {
    if (!(weights[n] > 0)) continue;
    chosen = n;
    left -= weights[n];
    if (left < 0) return chosen;
  }
  // Rounding has left a little more than there was: the last one there is.
  for (int n = outputs_ - 1; chosen < 0 && n >= 0; --n)
    if (weights[n] > 0) chosen = n;
  if (chosen < 0) throw Error(ErrorCode::non_finite, "of the network's outputs none can be chosen: its parameters or its input are too large for float32");
  return chosen;
}

template <class S>
double Sampler<S>::choose_active(const S* z, const S* y, const Random& random, std::vector<std::int32_t>& active) {
  const S* share = y;
  if (!spec_.greedy() && spec_.temperature != 1) {
    const double factor = std::min(1 / spec_.temperature, 1e30);
    for (int n = 0; n < outputs_; ++n) weights_[n] = static_cast<S>(std::min(std::max(z[n] * factor, -1000.0), 1000.0));
    current_kernels<S>().sigmoid(weights_.data(), weights_.data(), outputs_);
    share = weights_.data();
  }
  active.clear();
  double probability = 1;
  for (std::int32_t n = 0; n < outputs_; ++n) {
    const bool is_active = (is_banned_.empty() || is_banned_[n] == 0) && (spec_.greedy() ? z[n] > 0 : random.uniform(n) < share[n]);
    if (is_active) active.push_back(n);
    probability *= is_active ? static_cast<double>(y[n]) : 1.0 - y[n];
  }
  return probability;
}

template class Sampler<float>;
#ifdef BPTT_WITH_DOUBLE
template class Sampler<double>;
#endif

}  // namespace bptt

#include "model/sampling.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/kernels.h"
#include "support/error.h"

namespace bptt {

namespace {

// Weights are summed in blocks, so that only one block is walked through weight by weight.
constexpr int block = 64;

template <class S>
double block_sum(const S* w, int count) {
  double sums[4] = {};
  int n = 0;
  for (; n + 4 <= count; n += 4)
    for (int i = 0; i < 4; ++i) sums[i] += w[n + i];
  for (int i = 0; n < count; ++n, ++i) sums[i] += w[n];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

[[noreturn]] void not_finite() { throw Error(ErrorCode::non_finite, "the network's outputs are not finite: its parameters or its input are not"); }

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
  // One that is not a number makes the whole row of y so.
  if (!std::isfinite(y[0])) not_finite();
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
  if (spec_.temperature == 1 && is_banned_.empty()) return y;
  // The largest that may be chosen becomes 0 before the division, so that neither a small temperature nor what is banned
  // can make all weights 0.
  const S top = z[largest(z)];
  const S factor = static_cast<S>(std::min(1 / spec_.temperature, 1e30));
  constexpr S least = -1000;  // its exponential is 0
  for (int n = 0; n < outputs_; ++n) weights_[n] = std::max((z[n] - top) * factor, least);
  for (std::int32_t id : spec_.banned) weights_[id] = least;
  current_kernels<S>().softmax(weights_.data(), weights_.data(), outputs_, 1, outputs_, nullptr);
  for (std::int32_t id : spec_.banned) weights_[id] = 0;
  return weights_.data();
}

template <class S>
const S* Sampler<S>::filter(const S* weights) {
  const auto heavier = [weights](std::int32_t a, std::int32_t b) { return weights[a] != weights[b] ? weights[a] > weights[b] : a < b; };
  order_.clear();
  for (std::int32_t n = 0; n < outputs_; ++n)
    if (weights[n] > 0) order_.push_back(n);
  if (spec_.top_k > 0 && static_cast<std::size_t>(spec_.top_k) < order_.size()) {
    std::nth_element(order_.begin(), order_.begin() + spec_.top_k - 1, order_.end(), heavier);
    order_.resize(spec_.top_k);
  }
  std::int32_t last = 0;  // the lightest that is kept
  if (spec_.top_p < 1) {
    // In rising order of ids, which nth_element has lost: the sum is the same on every machine.
    if (spec_.top_k > 0) std::sort(order_.begin(), order_.end());
    double total = 0, sum = 0;
    for (std::int32_t n : order_) total += weights[n];
    // A nucleus is mostly small: more are sorted only as they are needed.
    std::size_t sorted = 0;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (i == sorted) {
        sorted = std::min(order_.size(), std::max<std::size_t>(32, 4 * sorted));
        std::partial_sort(order_.begin() + i, order_.begin() + sorted, order_.end(), heavier);
      }
      last = order_[i];
      sum += weights[last];
      if (sum >= spec_.top_p * total) break;
    }
  } else {
    last = *std::max_element(order_.begin(), order_.end(), heavier);
  }
  const S least = weights[last];
  for (std::int32_t n = 0; n < outputs_; ++n) weights_[n] = weights[n] > least || (weights[n] == least && n <= last) ? weights[n] : S(0);
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
  for (int n = outputs_ - 1; chosen < 0; --n)
    if (weights[n] > 0) chosen = n;
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
    if (!std::isfinite(y[n])) not_finite();
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

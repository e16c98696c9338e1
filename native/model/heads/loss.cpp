#include "model/heads/loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bptt {

namespace {

// An infinite one has the probability of the largest that float32 holds; sums and products of it are to be numbers.
template <class S>
double held(S z) {
  constexpr S largest = std::numeric_limits<S>::max();
  return static_cast<double>(std::min(std::max(z, -largest), largest));
}

}  // namespace

template <class S>
double class_loss(const S* z, const S* y, S log_sum, std::int32_t target) {
  // The difference of two large numbers has their rounding errors, a probability only its own; but it can underflow.
  if (y[target] > S(1e-30)) return -std::log(static_cast<double>(y[target]));
  return static_cast<double>(log_sum) - held(z[target]);
}

// 1 + e^−|z| = 1 / max(y, 1 − y), and each of these lies in ½ … 1, so that one logarithm serves for many of them.
template <class S>
double multihot_loss(const S* z, const S* y, const S* target, int size) {
  constexpr int factors = 512;  // 2^−512 is far from underflow
  double sum = 0;
  for (int begin = 0; begin < size; begin += factors) {
    double product = 1;
    for (int n = begin; n < std::min(size, begin + factors); ++n) {
      const double logit = held(z[n]);
      sum += (logit > 0 ? logit : 0.0) - logit * target[n];
      product *= y[n] > S(0.5) ? static_cast<double>(y[n]) : 1.0 - y[n];
    }
    sum -= std::log(product);
  }
  return sum;
}

template <class S>
double value_loss(const S* y, const S* target, int size) {
  double sum = 0;
  for (int n = 0; n < size; ++n) {
    const double error = static_cast<double>(y[n]) - static_cast<double>(target[n]);
    sum += error * error;
  }
  return sum / 2;
}

template <class S>
void class_gradient(const S* y, std::int32_t target, int size, S* dz) {
  if (target < 0) {
    std::fill(dz, dz + size, S(0));
    return;
  }
  std::copy_n(y, size, dz);
  dz[target] -= 1;
}

template <class S>
void value_gradient(const S* y, const S* target, int size, S* dz) {
  for (int n = 0; n < size; ++n) dz[n] = y[n] - target[n];
}

#define BPTT_INSTANTIATE(S)                                                    \
  template double class_loss(const S*, const S*, S, std::int32_t);                       \
  template double multihot_loss(const S*, const S*, const S*, int);            \
  template double value_loss(const S*, const S*, int);                         \
  template void class_gradient(const S*, std::int32_t, int, S*);            \
  template void value_gradient(const S*, const S*, int, S*);
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

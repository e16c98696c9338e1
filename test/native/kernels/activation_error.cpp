// How far the vectorised nonlinearities are from the true values, in units of the last place of float32, over a
// sample of all bit patterns; and what they make of infinities and NaN.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "check.h"
#include "kernels/kernels.h"

namespace bptt {
namespace test {
namespace {

using Kernel = void (*)(float*, const float*, std::size_t);
using Reference = double (*)(double);

double ulp_error(float found, double expected) {
  const float nearest = static_cast<float>(expected);
  // Below the smallest normal number the last place does not shrink further.
  const double place = std::max<double>(std::nextafter(std::fabs(nearest), std::numeric_limits<float>::infinity()) - std::fabs(nearest),
                                        std::numeric_limits<float>::min() * std::numeric_limits<float>::epsilon());
  return std::fabs(static_cast<double>(found) - expected) / place;
}

struct Worst {
  double error = 0;
  float at = 0;
};

// Every 1009th bit pattern: all exponents, both signs. Where the true value is smaller than `floor`, the found one only has to be so too.
Worst worst_error(Kernel kernel, Reference reference, double floor) {
  Worst worst;
  constexpr std::size_t size = 4096;
  float x[size], y[size];
  std::uint64_t bits = 0;
  while (bits <= 0xffffffffull) {
    std::size_t count = 0;
    for (; count < size && bits <= 0xffffffffull; bits += 1009) {
      const std::uint32_t pattern = static_cast<std::uint32_t>(bits);
      std::memcpy(&x[count], &pattern, sizeof pattern);
      if (!std::isnan(x[count])) ++count;
    }
    kernel(y, x, count);
    for (std::size_t i = 0; i < count; ++i) {
      const double expected = reference(x[i]);
      const double error = std::fabs(expected) < floor ? (std::fabs(y[i]) <= floor ? 0 : HUGE_VAL) : ulp_error(y[i], expected);
      if (!(error <= worst.error)) worst = {error, x[i]};
    }
  }
  return worst;
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

BPTT_TEST("tanh and sigmoid stay within their stated error") {
  const Kernels<float>& kernels = current_kernels<float>();
  const Worst tanh = worst_error(kernels.tanh, [](double x) { return std::tanh(x); }, std::numeric_limits<float>::min());
  CHECK_WITH(tanh.error <= 5, "tanh is off by " << tanh.error << " ulp at " << tanh.at);
  const Worst sigmoid = worst_error(kernels.sigmoid, logistic, 1e-37);
  CHECK_WITH(sigmoid.error <= 3, "sigmoid is off by " << sigmoid.error << " ulp at " << sigmoid.at);
}

BPTT_TEST("tanh and sigmoid pass NaN on and settle at infinity") {
  const Kernels<float>& kernels = current_kernels<float>();
  const float infinity = std::numeric_limits<float>::infinity();
  const float x[] = {std::nanf(""), infinity, -infinity, 0, -std::nanf(""), 1e30f, -1e30f};
  float tanh[7], sigmoid[7];
  kernels.tanh(tanh, x, 7);
  kernels.sigmoid(sigmoid, x, 7);
  CHECK(std::isnan(tanh[0]) && std::isnan(sigmoid[0]) && std::isnan(tanh[4]) && std::isnan(sigmoid[4]));
  CHECK(tanh[1] == 1 && tanh[2] == -1 && tanh[3] == 0 && tanh[5] == 1 && tanh[6] == -1);
  CHECK(sigmoid[1] == 1 && sigmoid[2] == 0 && sigmoid[3] == 0.5f && sigmoid[5] == 1 && sigmoid[6] == 0);
}

}  // namespace
}  // namespace test
}  // namespace bptt

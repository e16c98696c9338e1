// Layer normalisation and its gradient against their definitions.
#include <cmath>
#include <string>
#include <vector>

#include "check.h"
#include "kernels/called.h"
#include "kernels/kernel_cases.h"

namespace bptt {
namespace test {
namespace {

template <class S>
void check_normalise(const Kernels<S>& kernel, int rows, int slots, int hidden, bool accumulate) {
  const int padded = (hidden + kernel.lanes - 1) / kernel.lanes * kernel.lanes, ld = slots * padded + 3;
  const std::size_t size = static_cast<std::size_t>(rows) * ld;
  const std::vector<S> x = random_numbers<S>(size, 50), gain = random_numbers<S>(slots * padded, 51), bias = random_numbers<S>(slots * padded, 52), y0 = random_numbers<S>(size, 53),
                       d = random_numbers<S>(size, 54), d_x0 = random_numbers<S>(size, 55);
  std::vector<S> normal = x, y = y0, scales(rows * 2, S(7)), d_x = d_x0;
  called(kernel.normalise)({rows, slots, hidden, padded, normal.data(), ld, gain.data(), bias.data(), y.data(), ld, accumulate, scales.data(), 2});
  called(kernel.normalise_gradient)({rows, slots, hidden, padded, d.data(), ld, normal.data(), ld, gain.data(), scales.data(), 2, d_x.data(), ld, accumulate});
  const double tolerance = sizeof(S) == sizeof(float) ? 2e-5 : 1e-12, count = static_cast<double>(slots) * hidden;
  const auto each = [&](const auto& body) {
    for (int slot = 0; slot < slots; ++slot)
      for (int unit = 0; unit < hidden; ++unit) body(slot * padded + unit);
  };
  for (int row = 0; row < rows; ++row) {
    const std::size_t at = static_cast<std::size_t>(row) * ld;
    const auto near = [&](const char* what, double found, double expected) {
      CHECK_WITH(std::fabs(found - expected) <= tolerance * (1 + std::fabs(expected)),
                 kernel.isa << ", " << what << " of row " << row << ", " << slots << " slots of " << hidden << ": " << found << ", expected " << expected);
    };
    double mean = 0, variance = 0, along = 0, through = 0;
    each([&](int i) { mean += x[at + i] / count; });
    each([&](int i) { variance += (x[at + i] - mean) * (x[at + i] - mean) / count; });
    const double scale = 1 / std::sqrt(variance + 1e-5);
    each([&](int i) {
      through += d[at + i] * gain[i] / count;
      along += d[at + i] * gain[i] * (x[at + i] - mean) * scale / count;
    });
    near("scale", scales[row * 2], scale);
    CHECK(scales[row * 2 + 1] == 7);
    each([&](int i) {
      const double expected = (x[at + i] - mean) * scale;
      near("x", normal[at + i], expected);
      near("y", y[at + i], expected * gain[i] + bias[i] + (accumulate ? y0[at + i] : 0));
      near("gradient", d_x[at + i], scale * (d[at + i] * gain[i] - through - expected * along) + (accumulate ? d_x0[at + i] : 0));
    });
    // Products run over the units beyond H; what lies behind the slots is others'.
    for (int slot = 0; slot < slots; ++slot)
      for (int unit = hidden; unit < padded; ++unit) CHECK(normal[at + slot * padded + unit] == 0 && d_x[at + slot * padded + unit] == (accumulate ? d_x0[at + slot * padded + unit] : 0));
    for (int i = slots * padded; i < ld; ++i) CHECK(y[at + i] == y0[at + i] && d_x[at + i] == d_x0[at + i] && normal[at + i] == x[at + i]);
  }
}

BPTT_TEST("layer normalisation and its gradient follow their definitions on every instruction set") {
  for_every_set([](const auto& kernel) {
    for (int rows : {0, 1, 3})
      for (int slots : {1, 2, 4})
        for (int hidden : {2, 7, 8, 16, 17, 33, 70})
          for (bool accumulate : {false, true}) check_normalise(kernel, rows, slots, hidden, accumulate);
  });
}

}  // namespace
}  // namespace test
}  // namespace bptt

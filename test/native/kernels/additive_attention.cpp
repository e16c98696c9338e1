// The kernels of additive attention against the formula, on every instruction set, around the edges of a packet.
#include <cmath>
#include <vector>

#include "check.h"
#include "kernels/called.h"
#include "kernels/kernels.h"
#include "support/random.h"

namespace bptt {
namespace test {
namespace {

template <class S>
void check_kernels(const Kernels<S>& kernel, int steps, int width, double tolerance) {
  const Random random(9, steps * 1000 + width);
  std::uint64_t next = 0;
  const auto numbers = [&](int count) {
    std::vector<S> values(count);
    for (S& value : values) value = static_cast<S>(2 * random.uniform(next++) - 1);
    return values;
  };
  const std::vector<S> keys = numbers(steps * width), query = numbers(width), context = numbers(width), d_scores = numbers(steps);
  // What is added to must be there before, and nothing beyond it may change.
  std::vector<S> scores(steps + 1, S(7)), d_keys = numbers(steps * width + 1), d_context = numbers(width + 1), d_query(width + 1, S(7));
  const std::vector<S> keys_before = d_keys, context_before = d_context;
  called(kernel.additive_scores)({steps, width, keys.data(), query.data(), context.data(), scores.data()});
  called(kernel.additive_gradient)({steps, width, keys.data(), query.data(), context.data(), d_scores.data(), d_keys.data(), d_query.data(), d_context.data()});
  const auto near = [&](double found, double expected, const char* what) {
    CHECK_WITH(std::fabs(found - expected) <= tolerance * (1 + std::fabs(expected)), kernel.isa << ", " << steps << " steps of " << width << ": " << what << " " << found << ", expected " << expected);
  };
  std::vector<double> dq(width, 0), dv(context_before.begin(), context_before.end() - 1);
  for (int j = 0; j < steps; ++j) {
    double score = 0;
    for (int n = 0; n < width; ++n) {
      const double u = std::tanh(static_cast<double>(query[n]) + keys[j * width + n]), g = d_scores[j] * context[n] * (1 - u * u);
      score += context[n] * u;
      dq[n] += g;
      dv[n] += d_scores[j] * u;
      near(d_keys[j * width + n], keys_before[j * width + n] + g, "d_keys");
    }
    near(scores[j], score, "score");
  }
  for (int n = 0; n < width; ++n) {
    near(d_query[n], dq[n], "d_query");
    near(d_context[n], dv[n], "d_context");
  }
  CHECK(scores[steps] == S(7) && d_query[width] == S(7) && d_keys[steps * width] == keys_before[steps * width] && d_context[width] == context_before[width]);
}

BPTT_TEST("additive attention follows its formula on every instruction set") {
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa)
    for (int steps : {0, 1, 2, 17})
      for (int width : {1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64}) {
        check_kernels(*kernels_for<float>(*isa), steps, width, 3e-6);
        check_kernels(*kernels_for<double>(*isa), steps, width, 1e-13);
      }
}

}  // namespace
}  // namespace test
}  // namespace bptt

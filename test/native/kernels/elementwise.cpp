// The kernels over arrays and rows by themselves, on every instruction set, in float and double, around the edges of a packet.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "check.h"
#include "kernels/called.h"
#include "kernels/kernel_cases.h"

namespace bptt {
namespace test {
namespace {

// Behind what is written stands this, and stays.
constexpr int guard = 7;

template <class S>
void check_arrays(const Kernels<S>& kernel, int size) {
  // One number away from where arrays begin.
  const std::vector<S> x = random_numbers<S>(size + 1, 1), z = random_numbers<S>(size + 1, 2);
  const std::vector<S> before = random_numbers<S>(size + 2, 3);
  const auto check = [&](const char* what, const auto& run, const auto& expected) {
    std::vector<S> y = before;
    run(y.data() + 1);
    for (int i = 0; i < size; ++i) check_near<S>(kernel, what, y[i + 1], expected(i));
    CHECK_WITH(y[0] == before[0] && y[size + 1] == before[size + 1], kernel.isa << ", " << what << " beyond " << size);
  };
  check("add", [&](S* y) { called(kernel.add)(y, x.data() + 1, size); }, [&](int i) { return double(before[i + 1]) + x[i + 1]; });
  check("multiply", [&](S* y) { called(kernel.multiply)(y, x.data() + 1, z.data() + 1, size); }, [&](int i) { return double(x[i + 1]) * z[i + 1]; });
  check("tanh", [&](S* y) { called(kernel.tanh)(y, x.data() + 1, size); }, [&](int i) { return std::tanh(double(x[i + 1])); });
  check("sigmoid", [&](S* y) { called(kernel.sigmoid)(y, x.data() + 1, size); }, [&](int i) { return 1 / (1 + std::exp(-double(x[i + 1]))); });
  std::vector<S> positive(x);
  S smallest = 1;
  for (int i = 1; i <= size; ++i) {
    positive[i] = std::fabs(x[i]) + S(0.01);
    smallest = i == 1 ? positive[i] : std::min(smallest, positive[i]);
  }
  check("logarithm", [&](S* y) { CHECK(called(kernel.logarithm)(y, positive.data() + 1, size) == smallest); }, [&](int i) { return std::log(double(positive[i + 1])); });
  double squares = 0;
  for (int i = 1; i <= size; ++i) squares += double(x[i]) * x[i];
  check_near<double>(kernel, "sum of squares", called(kernel.sum_of_squares)(x.data() + 1, size), squares);
}

template <class S>
void check_rows(const Kernels<S>& kernel, int rows, int columns) {
  const int ld = columns + 3;
  const std::vector<S> x = random_numbers<S>(rows * ld, 4, 5);
  std::vector<S> y(rows * ld, S(guard)), logs(rows + 1, S(guard)), own = x;
  called(kernel.softmax)(y.data(), x.data(), ld, rows, columns, logs.data());
  kernel.softmax(own.data(), own.data(), ld, rows, columns, nullptr);
  for (int r = 0; r < rows && columns > 0; ++r) {
    double sum = 0;
    for (int n = 0; n < columns; ++n) sum += std::exp(double(x[r * ld + n]));
    check_near<S>(kernel, "log sum", logs[r], std::log(sum));
    for (int n = 0; n < ld; ++n) {
      if (n < columns) check_near<S>(kernel, "softmax", y[r * ld + n], std::exp(double(x[r * ld + n])) / sum);
      CHECK(n < columns ? own[r * ld + n] == y[r * ld + n] : y[r * ld + n] == guard && own[r * ld + n] == x[r * ld + n]);
    }
  }
  CHECK(logs[rows] == guard);
  for (const bool accumulate : {false, true}) {
    std::vector<S> sums = random_numbers<S>(columns + 1, 5);
    const std::vector<S> before = sums;
    called(kernel.column_sums)(x.data(), ld, rows, columns, sums.data(), accumulate);
    for (int n = 0; n < columns; ++n) {
      double sum = accumulate ? before[n] : 0;
      for (int r = 0; r < rows; ++r) sum += x[r * ld + n];
      check_near<S>(kernel, "column sum", sums[n], sum, 10 * (rows + 1));
    }
    CHECK(sums[columns] == before[columns]);
    const std::vector<S> factors = random_numbers<S>(rows * (columns + 1), 14);
    sums = before;
    called(kernel.column_products)(x.data(), ld, factors.data(), columns + 1, rows, columns, sums.data(), accumulate);
    for (int n = 0; n < columns; ++n) {
      double sum = accumulate ? before[n] : 0;
      for (int r = 0; r < rows; ++r) sum += double(x[r * ld + n]) * factors[r * (columns + 1) + n];
      check_near<S>(kernel, "column product", sums[n], sum, 10 * (rows + 1));
    }
    CHECK(sums[columns] == before[columns]);
  }
}

BPTT_TEST("kernels over arrays and rows follow their definitions on every instruction set") {
  for_every_set([](const auto& kernel) {
    for (int size : {0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100}) check_arrays(kernel, size);
    for (int rows : {0, 1, 2, 9})
      for (int columns : {0, 1, 3, 4, 8, 15, 16, 17, 33, 65, 130}) check_rows(kernel, rows, columns);
  });
}

template <class S>
void check_update(const Kernels<S>& kernel, Update<S> u, const char* name) {
  const double g_scale = u.scale;
  for (int size : {0, 1, 3, 8, 15, 16, 17, 40}) {
    std::vector<S> p = random_numbers<S>(size + 1, 6), g = random_numbers<S>(size + 1, 7), first = random_numbers<S>(size + 1, 8), second = random_numbers<S>(size + 1, 9);
    for (S& s : second) s = std::fabs(s);
    const std::vector<S> p0 = p, first0 = first, second0 = second;
    u.size = size;
    u.parameters = p.data();
    u.gradients = g.data();
    const bool adam = u.kind == Update<S>::adam || u.kind == Update<S>::adamw, has_first = adam || u.momentum > 0, has_second = u.kind != Update<S>::sgd;
    u.first = has_first ? first.data() : nullptr;
    u.second = has_second ? second.data() : nullptr;
    called(kernel.update)(u);
    for (int i = 0; i < size; ++i) {
      double value = p0[i], d = g_scale * g[i] + (u.kind == Update<S>::adamw ? 0 : u.weight_decay * value), m = first0[i], s = second0[i];
      if (adam) {
        m = u.beta1 * m + (1 - u.beta1) * d;
        s = u.beta2 * s + (1 - u.beta2) * d * d;
        if (u.kind == Update<S>::adamw) value *= 1 - u.learning_rate * u.weight_decay;
        value -= u.learning_rate * (m / u.correction1) / (std::sqrt(s / u.correction2) + u.epsilon);
      } else {
        if (has_second) {
          s = u.decay * s + (1 - u.decay) * d * d;
          d /= std::sqrt(s) + u.epsilon;
        }
        if (has_first) m = u.momentum * m + d;
        value -= u.learning_rate * (!has_first ? d : u.nesterov ? d + u.momentum * m : m);
      }
      check_near<S>(kernel, name, p[i], value, 100);
      if (has_first) check_near<S>(kernel, name, first[i], m, 100);
      if (has_second) check_near<S>(kernel, name, second[i], s, 100);
    }
    CHECK(p[size] == p0[size] && first[size] == first0[size] && second[size] == second0[size]);
  }
}

BPTT_TEST("updates follow their equations on every instruction set") {
  for_every_set([](const auto& kernel) {
    using S = number_of<decltype(kernel)>;
    Update<S> u{};
    u.scale = 0.7, u.learning_rate = 0.01, u.decay = 0.9, u.beta1 = 0.8, u.beta2 = 0.95, u.epsilon = 1e-3, u.weight_decay = 0.1, u.correction1 = 0.36, u.correction2 = 0.1;
    for (const double momentum : {0.0, 0.9})
      for (const bool nesterov : {false, true}) {
        u.momentum = momentum, u.nesterov = nesterov;
        u.kind = Update<S>::sgd;
        check_update(kernel, u, "sgd");
        u.kind = Update<S>::rmsprop;
        if (!nesterov) check_update(kernel, u, "rmsprop");
      }
    u.kind = Update<S>::adam;
    check_update(kernel, u, "adam");
    u.kind = Update<S>::adamw;
    check_update(kernel, u, "adamw");
  });
}

BPTT_TEST("steps of alignments and of best paths follow their definitions on every instruction set") {
  for_every_set([](const auto& kernel) {
    using S = number_of<decltype(kernel)>;
    for (int packets : {0, 1, 2, 5, 9}) {
      const int size = packets * kernel.lanes;
      std::vector<S> previous = random_numbers<S>(size + 2, 10, 3), skip(size), emission = random_numbers<S>(size, 11), reached(size + 1, S(guard)), next(size + 1, S(guard));
      previous[0] = previous[1] = AlignmentStep<S>::unreachable;
      for (int s = 0; s < size; ++s) skip[s] = s % 3 == 2 ? 0 : AlignmentStep<S>::unreachable;
      for (S* const kept : {reached.data(), static_cast<S*>(nullptr)}) {
        const S largest = called(kernel.alignment_step)({size, previous.data() + 2, skip.data(), emission.data(), S(0.25), kept, next.data()});
        double expected_largest = -3e38;
        for (int s = 0; s < size; ++s) {
          const double sum = std::log(std::exp(double(previous[s + 2])) + std::exp(double(previous[s + 1])) + std::exp(double(previous[s]) + skip[s]));
          check_near<S>(kernel, "reached", reached[s], sum);
          check_near<S>(kernel, "next", next[s], sum + emission[s] - 0.25);
          expected_largest = std::max(expected_largest, double(next[s]));
        }
        if (size > 0) CHECK(largest == expected_largest);
        CHECK(reached[size] == guard && next[size] == guard);
      }
      for (int labels : {0, 1, 2, 17}) {
        const int ld = size + 5;
        const std::vector<S> from = random_numbers<S>(labels, 12), scores = random_numbers<S>(labels * ld, 13);
        std::vector<S> best(size + 1, S(guard));
        called(kernel.best_step)({labels, size, from.data(), scores.data(), ld, best.data()});
        for (int j = 0; j < size && labels > 0; ++j) {
          S expected = from[0] + scores[j];
          for (int i = 1; i < labels; ++i) expected = std::max(expected, from[i] + scores[i * ld + j]);
          CHECK_WITH(best[j] == expected, kernel.isa << ", best of " << labels << " labels");
        }
        CHECK(best[size] == guard);
      }
    }
  });
}

}  // namespace
}  // namespace test
}  // namespace bptt

// The kernels that measure the machine do what they are said to, on every instruction set; and what they measure is a rate.
#include <atomic>
#include <cmath>
#include <vector>

#include "check.h"
#include "kernels/called.h"
#include "kernels/kernels.h"
#include "layer/machine_limits.h"

namespace bptt {
namespace test {
namespace {

// s ← s/2 + 1/2 goes to 1 from wherever a chain begins, and in the end is 1: so the sum of all chains tells how many
// multiply-adds a round has.
template <class S>
void check_chains(const char* isa, const Products<S>& products) {
  const int lanes = kernels_for<S>(isa)->lanes;
  S sum = 0;
  const double operations = called(products.multiply_adds)(S(0.5), 100, &sum);
  CHECK_WITH(sum >= lanes && sum == operations / 2 / 100, isa << ": " << operations << " operations, sum " << sum);
  // After one round the chains are half as far apart as at their begin, 0, 1, 2 …
  const double one = called(products.multiply_adds)(S(0.5), 1, &sum), chains = one / 2 / lanes;
  CHECK_WITH(sum == lanes * chains * ((chains - 1) / 4 + 0.5), isa << ": sum " << sum << " of " << chains << " chains");
}

// Each multiply-add of a dot product adds a quarter.
void check_dots(const char* name, const Products<float>& products) {
  float none = 0, sum = 0;
  called(products.multiply_adds)(0.5f, 0, &none);
  for (int rounds : {1, 100}) {
    const double operations = called(products.multiply_adds)(0.5f, rounds, &sum);
    CHECK_WITH(operations > 0 && sum - none == operations / 2 / 4, name << ": " << operations << " operations, sum " << sum << " from " << none);
  }
}

// Whole numbers, whose sums are exact in any order: each is read once a round.
template <class S>
void check_reading(const char* isa) {
  const Kernels<S>& kernels = *kernels_for<S>(isa);
  for (std::size_t units : {1, 2, 7}) {
    std::vector<S> x(units * reading_unit / sizeof(S));
    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) expected += x[i] = static_cast<S>(i % 101);
    for (int rounds : {0, 1, 3}) {
      const S sum = called(kernels.read_sum)(x.data(), x.size(), rounds);
      CHECK_WITH(sum == rounds * expected, isa << ", " << units << " units, " << rounds << " rounds: sum " << sum << ", expected " << rounds * expected);
    }
  }
}

template <class S>
void check_rates(int threads, bool stopped) {
  ThreadPool pool(threads);
  Stop stop;
  if (stopped) stop.request();
  // One that is stopped ends after the first round.
  const double seconds = stopped ? 1e9 : 0.002;
  for (Precision precision : {Precision::float32, Precision::bfloat16}) {
    const double peak = measure_peak<S>(pool, precision, seconds, stop);
    CHECK_WITH(std::isfinite(peak) && peak > 0, threads << " threads: peak " << peak);
  }
  for (std::size_t bytes : {std::size_t(1), std::size_t(1024), std::size_t(100000)}) {
    const double bandwidth = measure_read_bandwidth<S>(pool, bytes, seconds, stop);
    CHECK_WITH(std::isfinite(bandwidth) && bandwidth > 0, threads << " threads, " << bytes << " bytes: " << bandwidth);
  }
}

BPTT_TEST("the chains of multiply-adds are as many and as long as counted, on every instruction set") {
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa) {
    check_chains<float>(*isa, *kernels_for<float>(*isa)->products);
    check_chains<float>(*isa, *bfloat16_products(*isa));  // widened weights are multiplied in float32
    check_chains<double>(*isa, *kernels_for<double>(*isa)->products);
  }
}

BPTT_TEST("those of dot products too, in every form") {
  for (const char* name : {"amx", "avx512bf16", "plain_tiles", "plain_dots"})
    if (const Products<float>* products = bfloat16_products(name)) check_dots(name, *products);
}

BPTT_TEST("reading reads each number once a round, on every instruction set") {
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa) {
    check_reading<float>(*isa);
    check_reading<double>(*isa);
  }
}

BPTT_TEST("peak and bandwidth are positive rates, and stop when they are told to") {
  for (int threads : {1, 2, 5}) {
    check_rates<float>(threads, false);
    check_rates<double>(threads, false);
    check_rates<float>(threads, true);
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

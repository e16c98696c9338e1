// What tests of single kernels share: all sets in float and double, numbers for them, and how near is near.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "check.h"
#include "kernels/kernels.h"
#include "support/random.h"

namespace bptt {
namespace test {

template <class S>
std::vector<S> random_numbers(std::size_t size, std::uint64_t seed, double scale = 1) {
  const Random random(seed, 79);
  std::vector<S> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<S>(scale * (2 * random.uniform(i) - 1));
  return values;
}

// body(kernels) for each instruction set that can be used here, in float and in double.
template <class Body>
void for_every_set(const Body& body) {
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa) {
    body(*kernels_for<float>(*isa));
    body(*kernels_for<double>(*isa));
  }
}

template <class S>
S scalar_of(const Kernels<S>&);
template <class Table>
using number_of = decltype(scalar_of(std::declval<Table>()));

// So many units of the last place of 1, or of a larger expected number.
template <class S, class Table>
void check_near(const Table& table, const char* what, double found, double expected, double units = 30) {
  const double bound = units * std::numeric_limits<S>::epsilon() * (1 + std::fabs(expected));
  CHECK_WITH(std::fabs(found - expected) <= bound, table.isa << " of " << table.lanes << " lanes, " << what << ": " << found << ", expected " << expected);
}

}  // namespace test
}  // namespace bptt

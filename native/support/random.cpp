#include "support/random.h"

#include <cmath>

namespace bptt {

double Random::normal(std::uint64_t index) const {
  const double u = 1.0 - uniform(2 * index);  // (0, 1]: the logarithm stays finite
  const double v = uniform(2 * index + 1);
  return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586477 * v);
}

}  // namespace bptt

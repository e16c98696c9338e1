// Sizes from outside are multiplied with a check, so that no product wraps around.
#pragma once

#include <cstddef>
#include <initializer_list>

#include "support/error.h"

namespace bptt {

// The product of all factors; throws ERR_MEMORY where an array of that many 8-byte numbers could not be addressed.
inline std::size_t checked_product(std::initializer_list<std::size_t> factors) {
  constexpr std::size_t limit = static_cast<std::size_t>(-1) / 32;
  std::size_t product = 1;
  for (std::size_t factor : factors) {
    if (factor != 0 && product > limit / factor) throw Error(ErrorCode::memory, "an array of this size cannot be addressed");
    product *= factor;
  }
  return product;
}

}  // namespace bptt

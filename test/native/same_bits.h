// Whether two arrays hold the same numbers to the last bit, NaN and the sign of zero included.
#pragma once

#include <cstring>

namespace bptt {
namespace test {

template <class V>
bool same_bits(const V& a, const V& b) {
  return a.size() == b.size() && (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0);
}

}  // namespace test
}  // namespace bptt

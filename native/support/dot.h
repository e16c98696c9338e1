// The dot product of two vectors, for the few places that have no rows to give to a kernel.
#pragma once

namespace bptt {

// Eight running sums, added up in order.
template <class S>
S dot(const S* a, const S* b, int size) {
  constexpr int running = 8;
  S sums[running] = {};
  int i = 0;
  for (; i + running <= size; i += running)
    for (int lane = 0; lane < running; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  for (int lane = 0; i < size; ++i, ++lane) sums[lane] += a[i] * b[i];
  S sum = 0;
  for (S part : sums) sum += part;
  return sum;
}

}  // namespace bptt

// The largest numbers of a row, where a few are looked for among many.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace bptt {

// The `most` largest of z [size], in no order: of those above `bar`, but for the one at `excluded`; of equal ones the first.
template <class S>
void largest(const S* z, int size, int most, S bar, int excluded, std::vector<std::int32_t>& found) {
  const auto larger = [z](std::int32_t a, std::int32_t b) { return z[a] != z[b] ? z[a] > z[b] : a < b; };
  const auto shrink = [&] {
    if (static_cast<int>(found.size()) <= most) return;
    std::nth_element(found.begin(), found.begin() + most - 1, found.end(), larger);
    found.resize(most);
    bar = z[found[most - 1]];
  };
  found.clear();
  constexpr int block = 64;
  for (int begin = 0; begin < size; begin += block) {
    const int end = std::min(size, begin + block);
    int any = 0;  // most blocks have none, which is seen many numbers at a time
    for (int n = begin; n < end; ++n) any |= z[n] > bar;
    if (any == 0) continue;
    for (int n = begin; n < end; ++n) {
      if (!(z[n] > bar) || n == excluded) continue;
      found.push_back(n);
      if (found.size() >= 2 * static_cast<std::size_t>(most)) shrink();
    }
  }
  shrink();
}

}  // namespace bptt

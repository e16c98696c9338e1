// Counter-based random numbers: the value depends only on (seed, stream, step, index), never on who asks first,
// so that results are the same bits with any number of threads. Mixing is the finaliser of SplitMix64
// (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), one round for each counter.
#pragma once

#include <cstdint>

namespace bptt {

class Random {
 public:
  // `stream` separates the uses of one seed (a parameter's initial values, one layer's dropout, …).
  Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t step = 0)
      : key_(mix(mix(mix(seed) ^ (stream * 0x9e3779b97f4a7c15ull)) ^ (step * 0xd1b54a32d192ed03ull))) {}

  std::uint64_t bits(std::uint64_t index) const { return mix(key_ + (index + 1) * 0x9e3779b97f4a7c15ull); }

  // Uniform in [0, 1), 53 bits.
  double uniform(std::uint64_t index) const { return static_cast<double>(bits(index) >> 11) * 0x1.0p-53; }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t key_;
};

}  // namespace bptt

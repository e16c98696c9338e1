#include "layer/machine_limits.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "support/aligned_array.h"

namespace bptt {

namespace {

// Calls of a kernel take some hundred microseconds, so that neither the call nor the clock counts.
constexpr int chain_rounds = 20000;
constexpr std::size_t bytes_a_call = std::size_t(1) << 23;

// work(member) returns how much it did → how much all members do in a second, from the first one's begin to the last one's end.
// They begin together, once each has worked once: its data are then in the caches, as far as they fit.
template <class Work>
double rate(ThreadPool& pool, double seconds, const Stop& stop, const Work& work) {
  using Clock = std::chrono::steady_clock;
  const int members = pool.threads();
  struct Share {
    double done = 0;
    Clock::time_point begin, end;
  };
  std::vector<Share> shares(members);
  ThreadPool::Barrier ready(members, Stop::never());
  pool.team(members, [&](int member) {
    work(member);
    ready.wait();
    Share& share = shares[member];
    share.begin = Clock::now();
    do {
      share.done += work(member);
      share.end = Clock::now();
    } while (std::chrono::duration<double>(share.end - share.begin).count() < seconds && !stop.requested());
  });
  Share all = shares[0];
  for (int member = 1; member < members; ++member) {
    all.done += shares[member].done;
    all.begin = std::min(all.begin, shares[member].begin);
    all.end = std::max(all.end, shares[member].end);
  }
  return all.done / std::chrono::duration<double>(all.end - all.begin).count();
}

}  // namespace

template <class S>
double measure_peak(ThreadPool& pool, Precision precision, double seconds, const Stop& stop) {
  const Products<S>& products = current_products<S>(precision);
  return rate(pool, seconds, stop, [&](int) {
    S sum;
    return products.multiply_adds(S(0.5), chain_rounds, &sum);
  });
}

template <class S>
double measure_read_bandwidth(ThreadPool& pool, std::size_t bytes, double seconds, const Stop& stop) {
  const Kernels<S>& kernels = current_kernels<S>();
  const std::size_t whole = std::max<std::size_t>(bytes / reading_unit, 1) * reading_unit, size = whole / sizeof(S);
  const int rounds = static_cast<int>(std::max<std::size_t>(bytes_a_call / whole, 1));
  std::vector<AlignedArray<S>> arrays(pool.threads());
  for (AlignedArray<S>& array : arrays) array.resize(size);
  // Written by the thread that reads it, so that its memory lies near by; unwritten, all of it would be one page of zeros.
  pool.team(pool.threads(), [&](int member) { std::fill(arrays[member].begin(), arrays[member].end(), S(1)); });
  return rate(pool, seconds, stop, [&](int member) {
    kernels.read_sum(arrays[member].data(), size, rounds);
    return static_cast<double>(whole) * rounds;
  });
}

template double measure_peak<float>(ThreadPool&, Precision, double, const Stop&);
template double measure_read_bandwidth<float>(ThreadPool&, std::size_t, double, const Stop&);
#ifdef BPTT_WITH_DOUBLE
template double measure_peak<double>(ThreadPool&, Precision, double, const Stop&);
template double measure_read_bandwidth<double>(ThreadPool&, std::size_t, double, const Stop&);
#endif

}  // namespace bptt

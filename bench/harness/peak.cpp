// The multiply-add peak of this machine: independent chains of fused multiply-adds that stay in registers.
// peak THREADS SECONDS → GFLOP/s on standard output.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#if defined(__AVX512F__)
constexpr int kWidth = 64;
#elif defined(__AVX__)
constexpr int kWidth = 32;
#else
constexpr int kWidth = 16;
#endif
typedef float Vector __attribute__((vector_size(kWidth)));

constexpr int kChains = 12;  // enough for two units with a latency of four or five cycles; fits sixteen registers
constexpr int kRounds = 20000;

Vector chains(Vector factor, Vector term) {
  Vector sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = term * static_cast<float>(i + 1);
  for (int round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sums[i] = sums[i] * factor + term;
  }
  for (int i = 1; i < kChains; ++i) sums[0] += sums[i];
  return sums[0];
}

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 0.2;
  std::atomic<bool> stop{false};
  std::vector<long> calls(static_cast<size_t>(threads));
  std::vector<std::thread> pool;
  volatile float value = 0.5f;  // unknown to the compiler
  volatile float sink = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < threads; ++i) {
    pool.emplace_back([&, i] {
      const Vector factor = Vector{} + value, term = Vector{} + value;
      for (; !stop; ++calls[static_cast<size_t>(i)]) sink = chains(factor, term)[0];
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (auto& thread : pool) thread.join();
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  double total = 0;
  for (long count : calls) total += static_cast<double>(count);
  const double operations = total * kRounds * kChains * (kWidth / sizeof(float)) * 2;
  std::printf("%.1f\n", operations / elapsed / 1e9);
}

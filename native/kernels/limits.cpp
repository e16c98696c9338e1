// What the processor can do at best, to measure other kernels by.
//
//   multiply_adds: s_i ← s_i · v + v, chains of packets that stay in registers and need nothing of each other: the next begins
//   before the last one ends. There are as many as there are registers for, since latency has to be hidden; where a multiply-add
//   is two instructions there is more of it.
//
//   read_sum: Σ x, over and over, in packets that are added to several running sums, since a single one would wait for its
//   last addition and not for the memory.
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// The registers of a tile (tile.h) for its sums and weights.
constexpr int chains = tile_sums + panel_packets;
constexpr int running_sums = tile_sums > 16 ? 16 : 8;
static_assert(reading_unit % (running_sums * lanes * sizeof(Scalar)) == 0, "a unit is read by all running sums, equally often");

// Two by two, as a tile has them: compilers keep a longer row of packets in memory.
template <int N>
EIGEN_STRONG_INLINE Scalar sum_of(const Packet (&sums)[N][2]) {
  Packet all = broadcast(Scalar(0));
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < 2; ++j) all = add(all, sums[i][j]);
  return Eigen::internal::predux(all);
}

}  // namespace

double multiply_adds(Scalar value, int rounds, Scalar* sum) {
  const Packet v = broadcast(value);
  Packet sums[chains / 2][2];
  // Each begins elsewhere, or the compiler could take them for one.
  for (int i = 0; i < chains / 2; ++i)
    for (int j = 0; j < 2; ++j) sums[i][j] = broadcast(Scalar(2 * i + j));
  for (int round = 0; round < rounds; ++round)
    for (int i = 0; i < chains / 2; ++i)
      for (int j = 0; j < 2; ++j) sums[i][j] = multiply_add(sums[i][j], v, v);
  *sum = sum_of(sums);
  return 2.0 * chains * lanes * rounds;
}

Scalar read_sum(const Scalar* x, std::size_t size, int rounds) {
  Packet sums[running_sums / 2][2];
  for (int i = 0; i < running_sums / 2; ++i)
    for (int j = 0; j < 2; ++j) sums[i][j] = broadcast(Scalar(0));
  for (int round = 0; round < rounds; ++round)
    for (std::size_t at = 0; at < size; at += running_sums * lanes)
      for (int i = 0; i < running_sums / 2; ++i)
        for (int j = 0; j < 2; ++j) sums[i][j] = add(sums[i][j], load(x + at + (2 * i + j) * lanes));
  return sum_of(sums);
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

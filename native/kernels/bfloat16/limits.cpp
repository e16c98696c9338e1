// What products in bfloat16 can do at best, as kernels/limits.cpp measures it for float32: chains that stay in registers, of the operation
// that the form's products are made of. They add to their sums: s ← s + value · value, for each depth row.
#include "kernels/bfloat16/declarations.h"

#if defined(BPTT_TILES)
#include "kernels/bfloat16/tile_unit.h"
#elif defined(BPTT_DOTS)
#include "kernels/bfloat16/dot.h"
#endif

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

#if !defined(BPTT_TILES) && !defined(BPTT_DOTS)
// Widened weights are multiplied in float32.
double multiply_adds(float value, int rounds, float* sum);
#endif

namespace bfloat16 {

#if defined(BPTT_TILES)

// The four tiles of sums that products use.
double multiply_adds(float value, int rounds, float* sum) {
  constexpr int height = 16, tiles = 4, words = height * tile_columns;
  Word weights[words];
  for (Word& word : weights) word = pair(value, value);
  TileUnit unit;
  unit.shape(height);
  unit.zero<0>(), unit.zero<1>(), unit.zero<2>(), unit.zero<3>();
  unit.load<4>(weights, tile_columns * sizeof(Word)), unit.load<5>(weights, tile_columns * sizeof(Word));
  unit.load<6>(weights, tile_columns * sizeof(Word)), unit.load<7>(weights, tile_columns * sizeof(Word));
  for (int round = 0; round < rounds; ++round) unit.dots<0, 4, 6>(), unit.dots<1, 4, 7>(), unit.dots<2, 5, 6>(), unit.dots<3, 5, 7>();
  float sums[tiles][words];
  unit.store<0>(sums[0], tile_columns * sizeof(float)), unit.store<1>(sums[1], tile_columns * sizeof(float));
  unit.store<2>(sums[2], tile_columns * sizeof(float)), unit.store<3>(sums[3], tile_columns * sizeof(float));
  unit.release();
  *sum = 0;
  for (const auto& tile : sums)
    for (float x : tile) *sum += x;
  return 2.0 * tiles * words * depth_unit * rounds;
}

#elif defined(BPTT_DOTS)

double multiply_adds(float value, int rounds, float* sum) {
  constexpr int chains = tile_rows * panel_packets;
  Number a[2];
  for (Number& number : a) put(value, &number);
  Word words[lanes];
  for (Word& word : words) word = pair(value, value);
  const Weights weights = load_weights(words);
  Packet sums[chains / 2][2];
  // Each begins elsewhere, or the compiler could take them for one.
  for (int i = 0; i < chains / 2; ++i)
    for (int j = 0; j < 2; ++j) sums[i][j] = broadcast(float(2 * i + j));
  for (int round = 0; round < rounds; ++round)
    for (int i = 0; i < chains / 2; ++i)
      for (int j = 0; j < 2; ++j) sums[i][j] = add_dots(sums[i][j], a, weights);
  Packet all = broadcast(0.0f);
  for (const auto& two : sums) all = add(all, add(two[0], two[1]));
  *sum = Eigen::internal::predux(all);
  return 2.0 * chains * lanes * depth_unit * rounds;
}

#else

double multiply_adds(float value, int rounds, float* sum) { return BPTT_ISA::multiply_adds(value, rounds, sum); }

#endif

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

#include "kernels/matrix_tile.h"

#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

struct Runner {
  const MatrixTile<Scalar>& tile;  // of whole packets

  template <int R>
  void run() const {
    if constexpr (2 * R <= tile_rows)
      if (tile.panels == 2) return run_panels<R, 2, panel_packets>();
    if (tile.width > lanes) run_panels<R, 1, panel_packets>();
    else run_panels<R, 1, 1>();
  }

  // No branch within the loops over sums: only then does every compiler keep them in registers all the way.
  template <int R, int P, int V>
  EIGEN_STRONG_INLINE void run_panels() const {
    Packet sums[R][P][V];
    if (tile.resume) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p)
#pragma GCC unroll 4
          for (int v = 0; v < V; ++v) sums[r][p][v] = load(tile.c + r * tile.ldc + (p * V + v) * lanes);
    } else {
      Packet start[P][V];
#pragma GCC unroll 4
      for (int p = 0; p < P; ++p)
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) start[p][v] = tile.bias == nullptr ? broadcast(Scalar(0)) : load(tile.bias + (p * V + v) * lanes);
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p)
#pragma GCC unroll 4
          for (int v = 0; v < V; ++v) sums[r][p][v] = start[p][v];
    }
    const Scalar* panels[P];
    for (int p = 0; p < P; ++p) panels[p] = tile.panel_rows + p * tile.next_panel;
    Ahead ahead = tile.ahead;
    with_lines<fetches_ahead<R, P, V>>(ahead, [&](auto lines) {
      multiply_tile<R, P, V, decltype(lines)::count>(sums, tile.a, tile.row, tile.step, panels, tile.depth, &ahead);
    });
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
      for (int p = 0; p < P; ++p)
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) store(tile.c + r * tile.ldc + (p * V + v) * lanes, sums[r][p][v]);
  }
};

void copy_rows(int rows, int columns, const Scalar* from, Index ld_from, Scalar* to, Index ld_to) {
  for (int r = 0; r < rows; ++r)
    for (int n = 0; n < columns; ++n) to[r * ld_to + n] = from[r * ld_from + n];
}

}  // namespace

void matrix_tile(int rows, const MatrixTile<Scalar>& tile) {
  const int whole = tile.width > lanes ? panel : lanes;
  if (tile.panels == 2 || tile.width == whole) return with_rows(rows, Runner{tile});
  // The last columns of C are computed in a place where they have neighbours.
  alignas(64) Scalar c[tile_rows * panel] = {}, bias[panel] = {};
  if (tile.resume) copy_rows(rows, tile.width, tile.c, tile.ldc, c, whole);
  if (tile.bias != nullptr) copy_rows(1, tile.width, tile.bias, 0, bias, 0);
  MatrixTile<Scalar> complete = tile;
  complete.width = whole;
  complete.c = c;
  complete.ldc = whole;
  if (tile.bias != nullptr) complete.bias = bias;
  with_rows(rows, Runner{complete});
  copy_rows(rows, tile.width, c, whole, tile.c, tile.ldc);
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

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
    if (tile.width > lanes) run_panel<R, panel_packets>();
    else run_panel<R, 1>();
  }

  // No branch within the loops over sums: only then does every compiler keep them in registers all the way.
  template <int R, int V>
  EIGEN_STRONG_INLINE void run_panel() const {
    Packet sums[R][1][V];
    if (tile.resume) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) sums[r][0][v] = load(tile.c + r * tile.ldc + v * lanes);
    } else {
      Packet start[V];
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) start[v] = tile.bias == nullptr ? broadcast(Scalar(0)) : load(tile.bias + v * lanes);
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) sums[r][0][v] = start[v];
    }
    const Scalar* const panels[1] = {tile.panel_rows};
    Ahead ahead = tile.ahead;
    if (fetches_ahead<R, V> && ahead.bytes > 0) multiply_tile<R, 1, V, fetches_ahead<R, V>>(sums, tile.a, tile.row, tile.step, panels, tile.depth, &ahead);
    else multiply_tile<R, 1, V>(sums, tile.a, tile.row, tile.step, panels, tile.depth);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < V; ++v) store(tile.c + r * tile.ldc + v * lanes, sums[r][0][v]);
  }
};

void copy_rows(int rows, int columns, const Scalar* from, Index ld_from, Scalar* to, Index ld_to) {
  for (int r = 0; r < rows; ++r)
    for (int n = 0; n < columns; ++n) to[r * ld_to + n] = from[r * ld_from + n];
}

}  // namespace

void matrix_tile(int rows, const MatrixTile<Scalar>& tile) {
  const int whole = tile.width > lanes ? panel : lanes;
  if (tile.width == whole) return with_rows(rows, Runner{tile});
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

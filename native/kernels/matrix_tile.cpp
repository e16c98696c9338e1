#include "kernels/matrix_tile.h"

#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

struct Runner {
  const MatrixTile<Scalar>& tile;

  template <int R>
  void run() const {
    if (tile.width > lanes) run_panel<R, panel_packets>();
    else run_panel<R, 1>();
  }

  // Columns of C in packet v.
  int part(int v) const { return smaller(tile.width - v * lanes < 0 ? 0 : tile.width - v * lanes, lanes); }

  template <int R, int V>
  EIGEN_STRONG_INLINE void run_panel() const {
    Packet sums[R][1][V];
    const bool whole = tile.width == V * lanes;
    if (tile.resume) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) {
          const Scalar* from = tile.c + r * tile.ldc + v * lanes;
          sums[r][0][v] = whole ? load(from) : load_part(from, part(v));
        }
    } else {
      for (int v = 0; v < V; ++v) {
        const Packet start = tile.bias == nullptr ? broadcast(Scalar(0)) : whole ? load(tile.bias + v * lanes) : load_part(tile.bias + v * lanes, part(v));
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) sums[r][0][v] = start;
      }
    }
    const Scalar* const panels[1] = {tile.panel_rows};
    multiply_tile<R, 1, V>(sums, tile.a, tile.row, tile.step, panels, tile.depth);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
      for (int v = 0; v < V; ++v) {
        Scalar* to = tile.c + r * tile.ldc + v * lanes;
        if (whole) store(to, sums[r][0][v]);
        else store_part(to, sums[r][0][v], part(v));
      }
  }
};

}  // namespace

void matrix_tile(int rows, const MatrixTile<Scalar>& tile) { with_rows(rows, Runner{tile}); }

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// Products with packed panels: C = start + A · panels. A panel block of `depth_block` rows stays in the first-level cache
// while the rows of A pass by; a block of rows of A stays in the second level while the panels pass by.
#include "kernels/declarations.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

constexpr int depth_block = 2048 / panel_packets / lanes * 4;  // 32 KiB of float panel with 8 lanes
constexpr int row_block = 96;

struct Tile {
  const Product<Scalar>& product;
  const Scalar* a;
  const Scalar* panel_rows;
  const Scalar* bias;
  Scalar* c;
  int depth;
  int width;    // columns of C in this panel
  bool resume;  // start from what is in C

  template <int R>
  void run() {
    if (width > lanes) run_panel<R, panel_packets>();
    else run_panel<R, 1>();
  }

  template <int R, int V>
  EIGEN_STRONG_INLINE void run_panel() {
    Packet sums[R][1][V];
    const bool whole = width == V * lanes;
    if (resume) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) sums[r][0][v] = whole ? load(c + r * product.ldc + v * lanes) : load_part(c + r * product.ldc + v * lanes, part(v));
    } else {
      Packet start[V];
      for (int v = 0; v < V; ++v) start[v] = bias == nullptr ? broadcast(Scalar(0)) : whole ? load(bias + v * lanes) : load_part(bias + v * lanes, part(v));
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) sums[r][0][v] = start[v];
    }
    const Scalar* const panels[1] = {panel_rows};
    multiply_tile<R, 1, V>(sums, a, product.lda, 1, panels, depth);
    if (whole) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) store(c + r * product.ldc + v * lanes, sums[r][0][v]);
    } else {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) store_part(c + r * product.ldc + v * lanes, sums[r][0][v], part(v));
    }
  }

  // Columns of C in packet v of the last panel.
  int part(int v) const { return smaller(width - v * lanes < 0 ? 0 : width - v * lanes, lanes); }
};

}  // namespace

void pack(const Pack<Scalar>& p) {
  for (int n0 = 0; n0 < p.columns; n0 += panel) {
    const int filled = smaller(panel, p.columns - n0);
    const int width = filled > lanes ? panel : lanes;
    Scalar* to = p.panels + Index(n0) * p.total_depth + Index(p.offset) * width;
    const Scalar* from = p.source + n0 * p.stride_n;
    for (int n = 0; n < width; ++n) {
      if (n < filled) {
        const Scalar* column = from + n * p.stride_n;
        for (int k = 0; k < p.depth; ++k) to[Index(k) * width + n] = column[k * p.stride_k];
      } else {
        for (int k = 0; k < p.depth; ++k) to[Index(k) * width + n] = Scalar(0);
      }
    }
  }
}

void product(const Product<Scalar>& p) {
  if (p.depth == 0) {
    Tile tile{p, p.a, p.panels, nullptr, nullptr, 0, 0, p.accumulate};
    for (int n0 = p.column_begin; n0 < p.column_end; n0 += panel) {
      tile.width = smaller(panel, p.column_end - n0);
      tile.bias = p.bias == nullptr ? nullptr : p.bias + n0;
      balanced_tiles(p.rows, [&](int begin, int rows) {
        tile.c = p.c + begin * p.ldc + n0;
        with_rows(rows, tile);
      });
    }
    return;
  }
  for (int block = 0; block < p.rows; block += row_block) {
    const int rows = smaller(row_block, p.rows - block);
    for (int k0 = 0; k0 < p.depth; k0 += depth_block) {
      const int depth = smaller(depth_block, p.depth - k0);
      for (int n0 = p.column_begin; n0 < p.column_end; n0 += panel) {
        const int width = smaller(panel, p.column_end - n0);
        const int stored = width > lanes ? panel : lanes;
        Tile tile{p,
                  nullptr,
                  p.panels + Index(n0) * p.depth + Index(k0) * stored,
                  p.bias == nullptr ? nullptr : p.bias + n0,
                  nullptr,
                  depth,
                  width,
                  p.accumulate || k0 > 0};
        balanced_tiles(rows, [&](int begin, int height) {
          tile.a = p.a + (block + begin) * p.lda + k0;
          tile.c = p.c + (block + begin) * p.ldc + n0;
          with_rows(height, tile);
        });
      }
    }
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// The gradient of weights, C[m, n] = Σ_k A[k, m] · B[k, n], a sum over all steps and sequences. Both sides are copied in
// blocks of `depth_block` steps: A into tiles [k][tile_rows], B into panels [k][panel], so that the micro-kernel reads two
// streams. The sum over k goes through C from block to block, which changes no bit of it.
#include "kernels/declarations.h"
#include "kernels/matrix_tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

constexpr int depth_block = 256;

int round_up(int n, int step) { return (n + step - 1) / step * step; }

// Columns m_begin … of A, tile after tile.
void copy_tiles(const GradientProduct<Scalar>& p, int k0, int depth, Scalar* tiles) {
  for (int m = p.m_begin; m < p.m_end; m += tile_rows) {
    const int height = smaller(tile_rows, p.m_end - m);
    Index column[tile_rows];
    for (int i = 0; i < height; ++i) column[i] = ((m + i) / p.group_size) * p.group_stride + (m + i) % p.group_size;
    const Scalar* from = p.a + k0 * p.lda;
    const bool neighbours = column[height - 1] - column[0] == height - 1;
    if (neighbours) from += column[0];
    for (int k = 0; k < depth; ++k, from += p.lda, tiles += tile_rows) {
      if (neighbours && height == tile_rows) {
        for (int i = 0; i < tile_rows; ++i) tiles[i] = from[i];
      } else if (neighbours) {
        for (int i = 0; i < height; ++i) tiles[i] = from[i];
      } else {
        for (int i = 0; i < height; ++i) tiles[i] = from[column[i]];
      }
    }
    tiles += Index(depth_block - depth) * tile_rows;
  }
}

void copy_panels(const GradientProduct<Scalar>& p, int k0, int depth, Scalar* panels) {
  const int columns = p.n_end - p.n_begin;
  for (int k = 0; k < depth; ++k) {
    const Scalar* from = p.b + (p.b_rows == nullptr ? Index(k0 + k) : Index(p.b_rows[k0 + k])) * p.ldb + p.n_begin;
    for (int n0 = 0; n0 < columns; n0 += panel) {
      const int filled = smaller(panel, columns - n0);
      const int width = filled > lanes ? panel : lanes;
      Scalar* to = panels + Index(n0) * depth_block + Index(k) * width;
      if (filled == panel) {
        for (int v = 0; v < panel_packets; ++v) store(to + v * lanes, load(from + n0 + v * lanes));
      } else {
        for (int n = 0; n < width; ++n) to[n] = n < filled ? from[n0 + n] : Scalar(0);
      }
    }
  }
}

}  // namespace

std::size_t gradient_work(const GradientProduct<Scalar>& p) {
  return std::size_t(depth_block) * (std::size_t(round_up(p.m_end - p.m_begin, tile_rows)) + std::size_t(round_up(p.n_end - p.n_begin, panel)));
}

void gradient_product(const GradientProduct<Scalar>& p) {
  Scalar* const panels = p.work;
  Scalar* const tiles = panels + std::size_t(depth_block) * round_up(p.n_end - p.n_begin, panel);
  if (p.depth == 0) {
    if (p.accumulate) return;
    for (int m = p.m_begin; m < p.m_end; ++m)
      for (int n = p.n_begin; n < p.n_end; ++n) p.c[m * p.ldc + n] = Scalar(0);
    return;
  }
  for (int k0 = 0; k0 < p.depth; k0 += depth_block) {
    const int depth = smaller(depth_block, p.depth - k0);
    copy_panels(p, k0, depth, panels);
    copy_tiles(p, k0, depth, tiles);
    MatrixTile<Scalar> tile{};
    tile.row = 1;
    tile.step = tile_rows;
    tile.depth = depth;
    tile.ldc = p.ldc;
    tile.resume = p.accumulate || k0 > 0;
    for (int n0 = p.n_begin; n0 < p.n_end; n0 += panel) {
      tile.width = smaller(panel, p.n_end - n0);
      tile.panel_rows = panels + Index(n0 - p.n_begin) * depth_block;
      for (int m = p.m_begin; m < p.m_end; m += tile_rows) {
        tile.a = tiles + Index(m - p.m_begin) * depth_block;
        tile.c = p.c + m * p.ldc + n0;
        matrix_tile(smaller(tile_rows, p.m_end - m), tile);
      }
    }
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

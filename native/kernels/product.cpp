// Products with packed panels: C = start + A · panels. A piece of a panel stays near, in the first or second cache, while a block
// of rows of A passes by; that part of the rows stays in the second one while the panels pass by.
#include "kernels/declarations.h"
#include "kernels/matrix_tile.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

constexpr int row_block = 64;

// How deep a piece is, for so many rows of A. Where nothing is fetched ahead by tiles, few rows take more of a panel at a time, since what
// they read comes from far away and the processor fetches it while it lies in a row.
int piece_depth(int rows, bool fetches) { return fetches || rows <= 16 ? 1024 : rows <= 32 ? 512 : 256; }

}  // namespace

void product(const Product<Scalar>& p) {
  const Scalar* const a = static_cast<const Scalar*>(p.a);
  const Scalar* const panels = reinterpret_cast<const Scalar*>(p.panels);
  const int height = tile_height(Scalar()), across = panels_across(height);
  const bool fetches = height == fetching_height;
  for (int block = 0; block < p.rows; block += row_block) {
    const int rows = smaller(row_block, p.rows - block);
    // One round even where the depth is 0: C still gets its start value.
    const int most = piece_depth(rows, fetches), total_depth = p.total_depth > 0 ? p.total_depth : p.depth;
    for (int k0 = 0; k0 == 0 || k0 < p.depth; k0 += most) {
      MatrixTile<Scalar> tile{};
      tile.row = p.lda;
      tile.step = 1;
      tile.depth = smaller(most, p.depth - k0);
      tile.ldc = p.ldc;
      tile.resume = p.accumulate || k0 > 0;
      tile.next_panel = Index(panel) * total_depth;
      for (int n0 = p.column_begin; n0 < p.column_end; n0 += tile.panels * panel) {
        tile.panels = p.column_end - n0 >= across * panel ? across : 1;
        tile.width = smaller(panel, p.column_end - n0);
        const int width = tile.width > lanes ? panel : lanes;
        tile.panel_rows = panels + Index(n0) * total_depth + Index(p.offset + k0) * width;
        tile.bias = p.bias == nullptr ? nullptr : p.bias + n0;
        const bool fetches_next = fetches && n0 + tile.panels * panel < p.column_end;
        const Scalar* const next = tile.panel_rows + tile.panels * Index(total_depth) * width;
        int i = 0;
        balanced_tiles(rows, height, [&](int begin, int in_tile) {
          tile.ahead = fetches_next ? share_of(next, tile.depth, tile.panels * width, i++, tiles_of(rows, height)) : Ahead{};
          tile.a = a + (block + begin) * p.lda + k0;
          tile.c = p.c + (block + begin) * p.ldc + n0;
          matrix_tile(in_tile, tile);
        });
      }
    }
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// A tile of a product: some rows of C by one or two panels of columns.
#pragma once

#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

// C[r, n] = start + Σ_k a[r·row + k·step] · panel_rows[k, n]
template <class S>
struct MatrixTile {
  const S* a;
  Index row, step;
  const S* panel_rows;
  Index next_panel;    // from the first panel to the second
  int panels;          // 1, or 2 whole ones for at most half of tile_rows
  int depth;
  int width;           // columns of C: more than `lanes` if the panel is stored in full, else at most `lanes`
  S* c;
  Index ldc;
  const S* bias;  // [width] or null
  bool resume;         // start from what is in C, else from bias or 0
  Ahead ahead;
};

// rows: 1 … tile_rows. The columns of two panels lie beside each other in C.
void matrix_tile(int rows, const MatrixTile<Scalar>&);

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// A tile of a product: up to tile_rows rows of C by one panel of columns.
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
  int depth;
  int width;           // columns of C: more than `lanes` if the panel is stored in full, else at most `lanes`
  S* c;
  Index ldc;
  const S* bias;  // [width] or null
  bool resume;         // start from what is in C, else from bias or 0
  Ahead ahead;
};

// rows: 1 … tile_rows
void matrix_tile(int rows, const MatrixTile<Scalar>&);

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

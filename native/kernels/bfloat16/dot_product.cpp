// Rows by a panel, in packets: R rows by V packets of columns, all sums in registers. For each pair of depth rows V packets of weights are
// loaded, and R pairs of operands broadcast.
#include "kernels/bfloat16/form.h"

#ifndef BPTT_TILES
#include "kernels/bfloat16/dot.h"
#include "kernels/bfloat16/panel_product.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

namespace {

struct Runner {
  const PanelProduct& p;
  int begin;

  template <int R>
  void run() const {
    if (p.columns == panel_columns) tile<R, 2>();
    else tile<R, 1>();
  }

  // No branch within the loops over sums, as in matrix_tile.cpp.
  template <int R, int V>
  EIGEN_STRONG_INLINE void tile() const {
    Packet sums[R][V];
    if (p.start == nullptr) {
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) sums[r][v] = broadcast(0.0f);
    } else {
      const float* const start = p.start + begin * p.ld_start;
#pragma GCC unroll 16
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) sums[r][v] = load(start + r * p.ld_start + v * lanes);
    }
    for (const Part& part : p.parts) {
      const Number* a = part.a + begin * part.lda;
      const Word* words = part.words;
      const Index lda = part.lda;
      for (int k = 0; k < part.depth; k += 2, a += 2, words += V * lanes) {
        Weights weights[V];
        for (int v = 0; v < V; ++v) weights[v] = load_weights(words + v * lanes);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r)
          for (int v = 0; v < V; ++v) sums[r][v] = add_dots(sums[r][v], a + r * lda, weights[v]);
      }
    }
    float* const c = p.c + begin * p.ldc;
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
      for (int v = 0; v < V; ++v) store(c + r * p.ldc + v * lanes, sums[r][v]);
  }
};

}  // namespace

Rows::Rows(int rows) : block_(smaller(rows, most_rows)), height_(tile_rows) {}
Rows::~Rows() {}

void panel_product(const Rows& rows, const PanelProduct& p) {
  balanced_tiles(p.rows, rows.height(), [&](int begin, int height) { with_rows(height, Runner{p, begin}); });
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt
#endif

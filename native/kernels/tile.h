// The one micro-kernel: R rows of A against P panels of V packets, all R·P·V sums in registers. For each k it loads P·V
// packets of weights and broadcasts R numbers of A, so that with 6 × 2 sums the loads stay below what two multiply-adds a
// cycle need. Sums run over k in order, one multiply-add each: the bits do not depend on R, P or V.
#pragma once

#include "kernels/packet.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

// sums[r][p][v] += Σ_k a[r·row + k·step] · panels[p][k·V·lanes + v·lanes …]
template <int R, int P, int V>
static EIGEN_STRONG_INLINE void multiply_tile(Packet (&sums)[R][P][V], const Scalar* a, Index row, Index step, const Scalar* const (&panels)[P],
                                              int depth) {
  const Scalar* w[P];
  for (int p = 0; p < P; ++p) w[p] = panels[p];
  for (int k = 0; k < depth; ++k) {
    Packet weights[P][V];
    for (int p = 0; p < P; ++p) {
      for (int v = 0; v < V; ++v) weights[p][v] = load(w[p] + v * lanes);
      w[p] += V * lanes;
    }
    for (int r = 0; r < R; ++r) {
      const Packet value = broadcast(a[r * row]);
      for (int p = 0; p < P; ++p)
        for (int v = 0; v < V; ++v) sums[r][p][v] = multiply_add(value, weights[p][v], sums[r][p][v]);
    }
    a += step;
  }
}

// Rows [0, rows) in tiles of nearly the same height, none above tile_rows: 16 rows are 6 + 5 + 5, not 6 + 6 + 4,
// since a low tile does not hide the latency of its sums.
template <class Body>
static inline void balanced_tiles(int rows, const Body& body) {
  const int tiles = (rows + tile_rows - 1) / tile_rows;
  for (int i = 0, begin = 0; i < tiles; ++i) {
    const int height = (rows - begin) / (tiles - i);
    body(begin, height);
    begin += height;
  }
}

// Calls body.template operator()<R>() for the R that equals `rows` (1 … tile_rows).
#define BPTT_ROWS_CASE(n) \
  case n: body.template run<n>(); break;
template <class Body>
static inline void with_rows(int rows, Body&& body) {
  switch (rows) {
    BPTT_ROWS_CASE(1)
    BPTT_ROWS_CASE(2)
    BPTT_ROWS_CASE(3)
    BPTT_ROWS_CASE(4)
    BPTT_ROWS_CASE(5)
    BPTT_ROWS_CASE(6)
#if defined(EIGEN_VECTORIZE_AVX512) || defined(EIGEN_VECTORIZE_NEON)
    BPTT_ROWS_CASE(7)
    BPTT_ROWS_CASE(8)
    BPTT_ROWS_CASE(9)
    BPTT_ROWS_CASE(10)
    BPTT_ROWS_CASE(11)
    BPTT_ROWS_CASE(12)
#endif
  }
}
#undef BPTT_ROWS_CASE

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

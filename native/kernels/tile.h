// The one micro-kernel: R rows of A against P panels of V packets, all R·P·V sums in registers. For each k it loads P·V
// packets of weights and broadcasts R numbers of A, so that with 6 × 2 sums the loads stay below what two multiply-adds a
// cycle need. Sums run over k in order, one multiply-add each: the bits do not depend on R, P or V.
#pragma once

#include "kernels/packet.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

// What will be read next, fetched meanwhile: `bytes` more of it with each k, two cache lines at most, or nothing.
struct Ahead {
  const char* next = nullptr;
  int bytes = 0;
};

constexpr int line_bytes = 64;

// Of the next panels, `depth` rows of `width` numbers in all, the part that tile `tile` of `tiles` fetches. Nothing where that would be
// more than two lines with each k: a wide tile that is alone is faster without.
static inline Ahead share_of(const Scalar* next, int depth, int width, int tile, int tiles) {
  const int bytes = width * int(sizeof(Scalar)) / tiles;
  if (bytes > 2 * line_bytes) return {};
  return {reinterpret_cast<const char*>(next) + Index(depth) * bytes * tile, bytes};
}

// Tiles of twelve rows wait too rarely for it to pay (docs/decisions/0020-the-next-panel.md), low ones always, and a narrow panel is the last one.
constexpr int fetching_height = 6;
template <int R, int P, int V>
constexpr bool fetches_ahead = R > 3 && R <= fetching_height && V == panel_packets && P == tile_rows / fetching_height;

// Cache lines fetched with each k.
template <int n>
struct Lines {
  static constexpr int count = n;
};

// body(Lines<n>()) for the n that `ahead` asks for, 0 where tiles of this kind fetch nothing.
template <bool fetches, class Body>
static EIGEN_STRONG_INLINE void with_lines(const Ahead& ahead, const Body& body) {
  if constexpr (fetches) {
    if (ahead.bytes > line_bytes) return body(Lines<2>());
    if (ahead.bytes > 0) return body(Lines<1>());
  }
  body(Lines<0>());
}

// sums[r][p][v] += Σ_k a[r·row + k·step] · panels[p][k·V·lanes + v·lanes …]
template <int R, int P, int V, int lines = 0>
static EIGEN_STRONG_INLINE void multiply_tile(Packet (&sums)[R][P][V], const Scalar* a, Index row, Index step, const Scalar* const (&panels)[P],
                                              int depth, Ahead* ahead = nullptr) {
  const Scalar* w[P];
  for (int p = 0; p < P; ++p) w[p] = panels[p];
  const char* next = lines > 0 ? ahead->next : nullptr;
  const Index bytes = lines > 0 ? ahead->bytes : 0;
  for (int k = 0; k < depth; ++k) {
    if constexpr (lines > 0) {
      for (int line = 0; line < lines; ++line) fetch(next + line * line_bytes);
      next += bytes;
    }
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
  if constexpr (lines > 0) ahead->next = next;
}

// The most rows of a tile, tile_rows or, where tiles are wide, half of it (tile_shape.cpp).
int tile_height(Scalar);
// Panels that a tile of that height has sums for.
static inline int panels_across(int height) { return tile_rows / height; }

static inline int tiles_of(int rows, int height) { return (rows + height - 1) / height; }

// Rows [0, rows) in tiles of nearly the same height, none above the given one: 16 rows are 6 + 5 + 5, not 6 + 6 + 4,
// since a low tile does not hide the latency of its sums.
template <class Body>
static inline void balanced_tiles(int rows, int most, const Body& body) {
  const int tiles = tiles_of(rows, most);
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

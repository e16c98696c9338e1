#include "kernels/gate_sums.h"

#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// Panels that take the same inputs, and which slot of which block each one is for.
struct PanelList {
  const Scalar* panels[most_blocks * most_slots] = {};
  int index[most_blocks * most_slots] = {};
  int count = 0;

  void push(const Scalar* rows, int slot) {
    panels[count] = rows;
    index[count++] = slot;
  }
};

// As many as there are registers for.
constexpr int panels_at_once(int rows, int packets) {
  const int most = tile_sums / (rows * packets);
  return most >= 4 ? 4 : most >= 2 ? 2 : 1;
}

// A tile of rows by the panels [first, first + count) of a list.
struct Runner {
  const GateSums<Scalar>& g;
  const PanelList& list;
  bool with_x, with_h;
  int first, count;
  int begin;   // first row of the tile within the block
  Ahead ahead;

  template <int R>
  void run() const {
    if (g.width == panel) products<R, panel_packets>();
    else products<R, 1>();
  }

  template <int R, int V>
  EIGEN_STRONG_INLINE void products() const {
    constexpr int most = panels_at_once(R, V);
    Ahead next = ahead;
    int i = first;
    const int end = first + count;
    if constexpr (most >= 4)
      for (; i + 4 <= end; i += 4) fetching<R, 4, V>(i, &next);
    if constexpr (most >= 2)
      for (; i + 2 <= end; i += 2) fetching<R, 2, V>(i, &next);
    for (; i < end; ++i) fetching<R, 1, V>(i, &next);
  }

  template <int R, int P, int V>
  EIGEN_STRONG_INLINE void fetching(int at, Ahead* next) const {
    with_lines<fetches_ahead<R, P, V>>(*next, [&](auto lines) { some<R, P, V, decltype(lines)::count>(at, next); });
  }

  template <int R, int P, int V, int lines>
  EIGEN_DONT_INLINE void some(int at, Ahead* next) const {
    const CellForward<Scalar>& step = g.step;
    const int row = g.row + begin;
    const int* const index = list.index + at;
    Packet sums[R][P][V];
    const Scalar* panels[P];
    const Starts<Scalar>& starts = step.starts;
    for (int p = 0; p < P; ++p) {
      panels[p] = list.panels[at + p];
      const Index column = Index(index[p] % g.slots) * step.padded + g.unit + Index(index[p] / g.slots) * panel;
      if (starts.sums == nullptr) {
        for (int v = 0; v < V; ++v) {
          const Packet start = load(step.bias + column + v * lanes);
#pragma GCC unroll 16
          for (int r = 0; r < R; ++r) sums[r][p][v] = start;
        }
      } else {
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
          const Scalar* start = starts.sums + (starts.rows == nullptr ? row + r : starts.rows[row + r]) * starts.ld + column;
          for (int v = 0; v < V; ++v) sums[r][p][v] = load(start + v * lanes);
        }
      }
    }
    if (with_x) {
      const int known = starts.sums == nullptr ? 0 : starts.inputs;
      for (int p = 0; p < P; ++p) panels[p] += Index(known) * V * lanes;
      if (known < step.input)
        multiply_tile<R, P, V, lines>(sums, static_cast<const Scalar*>(step.x) + row * step.ldx + known, step.ldx, 1, panels, step.input - known, next);
      for (int p = 0; p < P; ++p) panels[p] += Index(step.input - known) * V * lanes;
    }
    if (with_h) multiply_tile<R, P, V, lines>(sums, static_cast<const Scalar*>(step.h) + row * step.ldh, step.ldh, 1, panels, step.state, next);
    Scalar* const to = g.sums + Index(begin) * g.blocks * g.slots * g.width;
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
      for (int p = 0; p < P; ++p)
        for (int v = 0; v < V; ++v) store(to + ((index[p] * R + r) * V + v) * lanes, sums[r][p][v]);
  }
};

// How far ahead a single tile fetches, which reads its panels as one stream: so far that the memory has time to answer, and what came
// is still in the first-level cache.
constexpr Index stream_distance = 8192 / sizeof(Scalar);

// All rows pass by a few panels before the next ones are read.
void pass_by(const GateSums<Scalar>& g, const PanelList& list, bool with_x, bool with_h, const Scalar* after) {
  const int tiles = tiles_of(g.rows, g.tile_height);
  const int together = panels_at_once(g.rows / tiles, g.width / lanes);
  const int depth = (with_x ? g.step.input : 0) + (with_h ? g.step.state : 0);
  for (int first = 0; first < list.count; first += together) {
    const int count = smaller(together, list.count - first);
    const Scalar* const next = tiles == 1 ? list.panels[first] + stream_distance : first + count < list.count ? list.panels[first + count] : after;
    int tile = 0;
    balanced_tiles(g.rows, g.tile_height, [&](int begin, int height) {
      const Ahead ahead = g.ahead == nullptr ? Ahead{} : share_of(next, depth, g.width * count, tile++, tiles);
      with_rows(height, Runner{g, list, with_x, with_h, first, count, begin, ahead});
    });
  }
}

}  // namespace

void gate_sums(const GateSums<Scalar>& g) {
  PanelList both, x_only, h_only;
  for (int block = 0; block < g.blocks; ++block) {
    const Scalar* rows = reinterpret_cast<const Scalar*>(g.step.panels) + (g.unit + Index(block) * panel) * g.total_depth;
    for (int slot = 0; slot < g.slots; ++slot) {
      const bool x = g.sources[slot].x, h = g.sources[slot].h;
      (x && h ? both : x ? x_only : h_only).push(rows, block * g.slots + slot);
      rows += Index((x ? g.step.input : 0) + (h ? g.step.state : 0)) * g.width;
    }
  }
  const Scalar* const after_x = h_only.count > 0 ? h_only.panels[0] : g.ahead;
  const bool with_h = !g.step.h_is_zero;
  pass_by(g, both, true, with_h, x_only.count > 0 ? x_only.panels[0] : after_x);
  pass_by(g, x_only, true, false, after_x);
  pass_by(g, h_only, false, with_h, g.ahead);
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

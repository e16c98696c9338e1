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

struct Runner {
  const GateSums<Scalar>& g;
  PanelList both, x_only, h_only;

  explicit Runner(const GateSums<Scalar>& gates) : g(gates) {
    for (int block = 0; block < g.blocks; ++block) {
      const Scalar* rows = g.step.panels + (g.unit + Index(block) * panel) * g.total_depth;
      for (int slot = 0; slot < g.slots; ++slot) {
        const bool x = g.sources[slot].x, h = g.sources[slot].h;
        (x && h ? both : x ? x_only : h_only).push(rows, block * g.slots + slot);
        rows += Index((x ? g.step.input : 0) + (h ? g.step.hidden : 0)) * g.width;
      }
    }
  }

  template <int R>
  void run() const {
    if (g.width == panel) run_panels<R, panel_packets>();
    else run_panels<R, 1>();
  }

  template <int R, int V>
  EIGEN_STRONG_INLINE void run_panels() const {
    products<R, V>(both, true, true);
    products<R, V>(x_only, true, false);
    products<R, V>(h_only, false, true);
  }

  // As many panels at a time as there are registers for.
  template <int R, int V>
  EIGEN_STRONG_INLINE void products(const PanelList& list, bool with_x, bool with_h) const {
    constexpr int most = tile_sums / (R * V);
    int i = 0;
    if constexpr (most >= 4)
      for (; i + 4 <= list.count; i += 4) some<R, 4, V>(list, i, with_x, with_h);
    if constexpr (most >= 2)
      for (; i + 2 <= list.count; i += 2) some<R, 2, V>(list, i, with_x, with_h);
    for (; i < list.count; ++i) some<R, 1, V>(list, i, with_x, with_h);
  }

  template <int R, int P, int V>
  EIGEN_DONT_INLINE void some(const PanelList& list, int first, bool with_x, bool with_h) const {
    const CellForward<Scalar>& step = g.step;
    const int* const index = list.index + first;
    Packet sums[R][P][V];
    const Scalar* panels[P];
    const Starts<Scalar>& starts = step.starts;
    for (int p = 0; p < P; ++p) {
      panels[p] = list.panels[first + p];
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
          const Scalar* start = starts.sums + (starts.rows == nullptr ? g.row + r : starts.rows[g.row + r]) * starts.ld + column;
          for (int v = 0; v < V; ++v) sums[r][p][v] = load(start + v * lanes);
        }
      }
    }
    if (with_x) {
      const int known = starts.sums == nullptr ? 0 : starts.inputs;
      for (int p = 0; p < P; ++p) panels[p] += Index(known) * V * lanes;
      if (known < step.input) multiply_tile<R, P, V>(sums, step.x + g.row * step.ldx + known, step.ldx, 1, panels, step.input - known);
      for (int p = 0; p < P; ++p) panels[p] += Index(step.input - known) * V * lanes;
    }
    if (with_h) multiply_tile<R, P, V>(sums, step.h + g.row * step.ld_state, step.ld_state, 1, panels, step.hidden);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
      for (int p = 0; p < P; ++p)
        for (int v = 0; v < V; ++v) store(g.sums + ((index[p] * R + r) * V + v) * lanes, sums[r][p][v]);
  }
};

}  // namespace

void gate_sums(int rows, const GateSums<Scalar>& gates) { with_rows(rows, Runner(gates)); }

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

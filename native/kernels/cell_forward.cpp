// One step of a cell: products and pointwise part, tile by tile. A tile is up to tile_rows sequences by one panel of
// units (several panels where there are few rows, so that enough sums are in flight to hide their latency).
// All sums of a tile wait in `sums`, a few KiB, while the pointwise part turns them into the new state.
#include "kernels/activation.h"
#include "kernels/declarations.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

constexpr int most_slots = 4;
constexpr int most_blocks = 4;

// Which inputs a slot of sums takes: x and h, x alone, h alone.
struct SlotSource {
  bool x, h;
};

template <Stage stage>
struct Slots;
template <>
struct Slots<Stage::rnn> {
  static constexpr int count = 1;
  static constexpr SlotSource source[] = {{true, true}};
};
template <>
struct Slots<Stage::lstm> {
  static constexpr int count = 4;
  static constexpr SlotSource source[] = {{true, true}, {true, true}, {true, true}, {true, true}};
};
template <>
struct Slots<Stage::gru_after> {
  static constexpr int count = 4;
  static constexpr SlotSource source[] = {{true, true}, {true, true}, {true, false}, {false, true}};
};
template <>
struct Slots<Stage::gru_before_gates> {
  static constexpr int count = 2;
  static constexpr SlotSource source[] = {{true, true}, {true, true}};
};
template <>
struct Slots<Stage::gru_before_candidate> {
  static constexpr int count = 1;
  static constexpr SlotSource source[] = {{true, true}};
};
constexpr SlotSource Slots<Stage::rnn>::source[];
constexpr SlotSource Slots<Stage::lstm>::source[];
constexpr SlotSource Slots<Stage::gru_after>::source[];
constexpr SlotSource Slots<Stage::gru_before_gates>::source[];
constexpr SlotSource Slots<Stage::gru_before_candidate>::source[];

// Where the numbers of one row and packet of units lie.
struct Unit {
  const CellForward<Scalar>& step;
  int row, unit;

  Scalar* at(Scalar* rows) const { return rows + Index(row) * step.padded + unit; }
  const Scalar* at(const Scalar* rows) const { return rows + Index(row) * step.padded + unit; }
  void save(int slot, const Packet& value) const { store(step.saved + row * step.ld_saved + slot * Index(step.padded) + unit, value); }
  void finish(const Packet& h) const {
    store(at(step.h_next), h);
    if (step.output == nullptr) return;
    Scalar* out = step.output + row * step.ldo + unit;
    if (unit + lanes <= step.hidden) store(out, h);
    else store_part(out, h, step.hidden - unit);
  }
};

template <Activation activation>
EIGEN_STRONG_INLINE Packet nonlinear(const Packet& x) {
  if constexpr (activation == Activation::tanh) return hyperbolic_tangent(x);
  else if constexpr (activation == Activation::relu) return rectified(x);
  else if constexpr (activation == Activation::sigmoid) return logistic(x);
  else return x;
}

// sums[slot]: the packet of each slot for this row and these units.
template <Stage stage, Activation activation>
EIGEN_STRONG_INLINE void pointwise(const Unit& at, const Packet (&sums)[most_slots]) {
  const CellForward<Scalar>& step = at.step;
  if constexpr (stage == Stage::rnn) {
    at.finish(nonlinear<activation>(sums[0]));
  } else if constexpr (stage == Stage::lstm) {
    const Packet i = logistic(sums[0]), f = logistic(sums[1]), g = hyperbolic_tangent(sums[2]), o = logistic(sums[3]);
    const Packet c = multiply_add(f, load(at.at(step.c_previous)), multiply(i, g));
    store(at.at(step.c_next), c);
    at.finish(multiply(o, hyperbolic_tangent(c)));
    if (step.saved != nullptr) {
      at.save(0, i);
      at.save(1, f);
      at.save(2, g);
      at.save(3, o);
    }
  } else if constexpr (stage == Stage::gru_after) {
    const Packet r = logistic(sums[0]), z = logistic(sums[1]);
    const Packet n = hyperbolic_tangent(multiply_add(r, sums[3], sums[2]));
    at.finish(multiply_add(z, subtract(load(at.at(step.h_previous)), n), n));
    if (step.saved != nullptr) {
      at.save(0, n);
      at.save(1, r);
      at.save(2, z);
      at.save(3, sums[3]);
    }
  } else if constexpr (stage == Stage::gru_before_gates) {
    const Packet r = logistic(sums[0]);
    at.save(1, r);
    at.save(2, logistic(sums[1]));
    // The product's h may be masked; its units beyond H are not read.
    const Scalar* h = step.h + at.row * step.ldh + at.unit;
    store(at.at(step.reset_hidden), multiply(r, at.unit + lanes <= step.hidden ? load(h) : load_part(h, step.hidden - at.unit)));
  } else {
    const Packet n = hyperbolic_tangent(sums[0]);
    const Packet z = load(step.saved + at.row * step.ld_saved + 2 * Index(step.padded) + at.unit);
    at.finish(multiply_add(z, subtract(load(at.at(step.h_previous)), n), n));
    at.save(0, n);
  }
}

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

template <Stage stage, Activation activation>
struct Block {
  using S = Slots<stage>;
  const CellForward<Scalar>& step;
  const int total_depth;
  int unit;    // first unit
  int blocks;  // neighbouring panels taken together: 1, or all of them whole
  int width;   // stored columns of each panel: panel, or lanes for the last one

  int row;

  template <int R>
  void run() {
    if (width == panel) run_panels<R, panel_packets>();
    else run_panels<R, 1>();
  }

  template <int R, int V>
  EIGEN_STRONG_INLINE void run_panels() {
    alignas(64) Scalar sums[most_blocks * most_slots * R * V * lanes];
    PanelList both, x_only, h_only;
    for (int block = 0; block < blocks; ++block) {
      const Scalar* rows = step.panels + (unit + Index(block) * panel) * total_depth;
      for (int slot = 0; slot < S::count; ++slot) {
        const bool x = S::source[slot].x, h = S::source[slot].h;
        (x && h ? both : x ? x_only : h_only).push(rows, block * S::count + slot);
        rows += Index((x ? step.input : 0) + (h ? step.hidden : 0)) * V * lanes;
      }
    }
    products<R, V>(both, true, true, sums);
    products<R, V>(x_only, true, false, sums);
    products<R, V>(h_only, false, true, sums);

    for (int block = 0; block < blocks; ++block)
      for (int r = 0; r < R; ++r)
        for (int v = 0; v < V; ++v) {
          Packet slot_sums[most_slots];
          for (int slot = 0; slot < S::count; ++slot) slot_sums[slot] = load(sums + (((block * S::count + slot) * R + r) * V + v) * lanes);
          pointwise<stage, activation>(Unit{step, row + r, unit + block * panel + v * lanes}, slot_sums);
        }
  }

  // As many panels at a time as there are registers for.
  template <int R, int V>
  EIGEN_STRONG_INLINE void products(const PanelList& list, bool with_x, bool with_h, Scalar* sums) const {
    constexpr int most = tile_sums / (R * V);
    int i = 0;
    if constexpr (most >= 4)
      for (; i + 4 <= list.count; i += 4) some<R, 4, V>(list, i, with_x, with_h, sums);
    if constexpr (most >= 2)
      for (; i + 2 <= list.count; i += 2) some<R, 2, V>(list, i, with_x, with_h, sums);
    for (; i < list.count; ++i) some<R, 1, V>(list, i, with_x, with_h, sums);
  }

  template <int R, int P, int V>
  EIGEN_STRONG_INLINE void some(const PanelList& list, int first, bool with_x, bool with_h, Scalar* out) const {
    const int* const index = list.index + first;
    Packet sums[R][P][V];
    const Scalar* panels[P];
    for (int p = 0; p < P; ++p) {
      panels[p] = list.panels[first + p];
      const Scalar* bias = step.bias + Index(index[p] % S::count) * step.padded + unit + Index(index[p] / S::count) * panel;
      for (int v = 0; v < V; ++v) {
        const Packet start = load(bias + v * lanes);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) sums[r][p][v] = start;
      }
    }
    if (with_x) {
      multiply_tile<R, P, V>(sums, step.x + row * step.ldx, step.ldx, 1, panels, step.input);
      for (int p = 0; p < P; ++p) panels[p] += Index(step.input) * V * lanes;
    }
    if (with_h) multiply_tile<R, P, V>(sums, step.h + row * step.ldh, step.ldh, 1, panels, step.hidden);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r)
      for (int p = 0; p < P; ++p)
        for (int v = 0; v < V; ++v) store(out + ((index[p] * R + r) * V + v) * lanes, sums[r][p][v]);
  }
};

template <Stage stage, Activation activation>
void forward(const CellForward<Scalar>& step) {
  using S = Slots<stage>;
  int total_depth = 0;
  for (int slot = 0; slot < S::count; ++slot) total_depth += (S::source[slot].x ? step.input : 0) + (S::source[slot].h ? step.hidden : 0);
  const int end = padded(step.unit_end);
  // With one or two rows a panel has too few sums to hide their latency.
  const int together = step.rows > 2 ? 1 : S::count >= 4 ? 2 : most_blocks;
  for (int unit = step.unit_begin; unit < end;) {
    const int whole = (end - unit) / panel;
    const int blocks = whole >= together ? together : 1;
    Block<stage, activation> block{step, total_depth, unit, blocks, whole > 0 ? panel : lanes, 0};
    balanced_tiles(step.rows, [&](int begin, int rows) {
      block.row = begin;
      with_rows(rows, block);
    });
    unit += blocks * block.width;
  }
}

}  // namespace

void cell_forward(const CellForward<Scalar>& step) {
  switch (step.stage) {
    case Stage::rnn:
      switch (step.activation) {
        case Activation::tanh: return forward<Stage::rnn, Activation::tanh>(step);
        case Activation::relu: return forward<Stage::rnn, Activation::relu>(step);
        case Activation::sigmoid: return forward<Stage::rnn, Activation::sigmoid>(step);
        case Activation::identity: return forward<Stage::rnn, Activation::identity>(step);
      }
      return;
    case Stage::lstm: return forward<Stage::lstm, Activation::tanh>(step);
    case Stage::gru_after: return forward<Stage::gru_after, Activation::tanh>(step);
    case Stage::gru_before_gates: return forward<Stage::gru_before_gates, Activation::tanh>(step);
    case Stage::gru_before_candidate: return forward<Stage::gru_before_candidate, Activation::tanh>(step);
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

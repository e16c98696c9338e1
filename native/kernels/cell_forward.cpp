// One step of a cell: products and pointwise part, tile by tile. A tile is some sequences by one panel of units, or by several
// where it is wide and where there are few rows, so that enough sums are in flight to hide their latency.
// All sums of a tile wait in `sums`, a few KiB, while the pointwise part turns them into the new state.
#include "kernels/activation.h"
#include "kernels/declarations.h"
#include "kernels/gate_sums.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// Sequences that pass by a panel together.
constexpr int row_block = 64;

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

  Scalar* at(Scalar* rows) const { return rows + row * step.ld_state + unit; }
  const Scalar* at(const Scalar* rows) const { return rows + row * step.ld_state + unit; }
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
    const Scalar* h = step.h_product + at.row * step.ld_state + at.unit;
    store(at.at(step.reset_hidden), multiply(r, at.unit + lanes <= step.hidden ? load(h) : load_part(h, step.hidden - at.unit)));
  } else {
    const Packet n = hyperbolic_tangent(sums[0]);
    const Packet z = load(step.saved + at.row * step.ld_saved + 2 * Index(step.padded) + at.unit);
    at.finish(multiply_add(z, subtract(load(at.at(step.h_previous)), n), n));
    at.save(0, n);
  }
}

template <Stage stage, Activation activation>
void forward(const CellForward<Scalar>& step) {
  using S = Slots<stage>;
  int total_depth = 0;
  for (int slot = 0; slot < S::count; ++slot) total_depth += (S::source[slot].x ? step.input : 0) + (S::source[slot].h ? step.hidden : 0);
  const int end = padded(step.unit_end);
  const int height = tile_height(Scalar());
  // Wide tiles take panels of the same inputs two by two: those of two blocks, where the slots of one do not pair up.
  constexpr bool pairs = stage == Stage::lstm || stage == Stage::gru_before_gates;
  const int across = pairs ? 1 : panels_across(height);
  // With one or two rows a panel has too few sums to hide their latency.
  const int together = step.rows > 2 ? across : S::count >= 4 ? 2 : most_blocks;
  // Weights that stay near need no fetching.
  const bool fetches = height == fetching_height && Index(end - step.unit_begin) * total_depth * sizeof(Scalar) > own_cache;
  alignas(64) Scalar sums[2 * most_slots * panel * row_block];
  GateSums<Scalar> gates{step, S::source, S::count, total_depth, height, 0, 0, 0, 1, panel, nullptr, sums};
  for (gates.unit = step.unit_begin; gates.unit < end; gates.unit += gates.blocks * gates.width) {
    const int whole = (end - gates.unit) / panel;
    gates.blocks = whole >= together ? together : 1;
    gates.width = whole > 0 ? panel : lanes;
    const int next = gates.unit + gates.blocks * gates.width;
    for (gates.row = 0; gates.row < step.rows; gates.row += gates.rows) {
      gates.rows = smaller(row_block, step.rows - gates.row);
      // After the last panel the next step begins with the first one.
      const int unit = gates.row + gates.rows < step.rows ? gates.unit : next < end ? next : step.unit_begin;
      gates.ahead = fetches ? reinterpret_cast<const Scalar*>(step.panels) + Index(unit) * total_depth : nullptr;
      gate_sums(gates);
      balanced_tiles(gates.rows, height, [&](int begin, int rows) {
        const Scalar* const tile = sums + Index(begin) * gates.blocks * S::count * gates.width;
        for (int block = 0; block < gates.blocks; ++block)
          for (int r = 0; r < rows; ++r)
            for (int lane = 0; lane < gates.width; lane += lanes) {
              Packet slot_sums[most_slots];
              for (int slot = 0; slot < S::count; ++slot) slot_sums[slot] = load(tile + ((block * S::count + slot) * rows + r) * gates.width + lane);
              pointwise<stage, activation>(Unit{step, gates.row + begin + r, gates.unit + block * panel + lane}, slot_sums);
            }
      });
    }
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

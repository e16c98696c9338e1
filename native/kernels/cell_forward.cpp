// One step of a cell: products and pointwise part, tile by tile. A tile is some sequences by one panel of units, or by several
// where it is wide and where there are few rows, so that enough sums are in flight to hide their latency.
// All sums of a tile wait in `sums`, a few KiB, while the pointwise part turns them into the new state.
#include "kernels/activation.h"
#include "kernels/declarations.h"
#include "kernels/gate_sums.h"
#include "kernels/slots.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// Sequences that pass by a panel together.
constexpr int row_block = 64;

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
EIGEN_STRONG_INLINE void pointwise_tile(const CellForward<Scalar>& step, const SumsTile<Scalar>& tile) {
  constexpr int slots = Slots<stage>::count;
  for (int r = 0; r < tile.rows; ++r)
    for (int lane = 0; lane < tile.width; lane += lanes) {
      Packet sums[most_slots];
      for (int slot = 0; slot < slots; ++slot) sums[slot] = load(tile.sums + (slot * tile.rows + r) * tile.width + lane);
      pointwise<stage, activation>(Unit{step, tile.row + r, tile.unit + lane}, sums);
    }
}

template <Stage stage, Activation activation>
void forward(const CellForward<Scalar>& step) {
  using S = Slots<stage>;
  int total_depth = 0;
  for (int slot = 0; slot < S::count; ++slot) total_depth += (S::source[slot].x ? step.input : 0) + (S::source[slot].h ? step.hidden : 0);
  const int end = step.unit_end == step.hidden ? step.padded : step.unit_end;
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
          pointwise_tile<stage, activation>(step, {tile + block * S::count * rows * gates.width, gates.row + begin, rows, gates.unit + block * panel, gates.width});
      });
    }
  }
}

template <Stage s, Activation a>
struct Kind {
  static constexpr Stage stage = s;
  static constexpr Activation activation = a;
};

// body(Kind<stage, activation>()) for those of the step.
template <class Body>
EIGEN_STRONG_INLINE void of_kind(const CellForward<Scalar>& step, const Body& body) {
  switch (step.stage) {
    case Stage::rnn:
      switch (step.activation) {
        case Activation::tanh: return body(Kind<Stage::rnn, Activation::tanh>());
        case Activation::relu: return body(Kind<Stage::rnn, Activation::relu>());
        case Activation::sigmoid: return body(Kind<Stage::rnn, Activation::sigmoid>());
        case Activation::identity: return body(Kind<Stage::rnn, Activation::identity>());
      }
      return;
    case Stage::lstm: return body(Kind<Stage::lstm, Activation::tanh>());
    case Stage::gru_after: return body(Kind<Stage::gru_after, Activation::tanh>());
    case Stage::gru_before_gates: return body(Kind<Stage::gru_before_gates, Activation::tanh>());
    case Stage::gru_before_candidate: return body(Kind<Stage::gru_before_candidate, Activation::tanh>());
  }
}

}  // namespace

void cell_forward(const CellForward<Scalar>& step) {
  of_kind(step, [&](auto kind) { forward<kind.stage, kind.activation>(step); });
}

void cell_pointwise(const CellForward<Scalar>& step, const SumsTile<Scalar>& tile) {
  of_kind(step, [&](auto kind) { pointwise_tile<kind.stage, kind.activation>(step, tile); });
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// One step of a cell: products and pointwise part, tile by tile. A tile is some sequences by one panel of units, or by several
// where it is wide and where there are few rows, so that enough sums are in flight to hide their latency.
// All sums of a tile wait in `sums`, a few KiB, while the pointwise part turns them into the new state.
#include "kernels/cell_stages.h"
#include "kernels/declarations.h"
#include "kernels/gate_sums.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// Sequences that pass by a panel together.
constexpr int row_block = 64;

template <class Cell>
EIGEN_STRONG_INLINE void pointwise_tile(const CellForward<Scalar>& step, const SumsTile<Scalar>& tile) {
  for (int r = 0; r < tile.rows; ++r)
    for (int lane = 0; lane < tile.width; lane += lanes) {
      Packet sums[most_slots];
      for (int slot = 0; slot < slots_of<Cell>; ++slot) sums[slot] = load(tile.sums + slot * tile.slot_distance + r * tile.row_distance + lane);
      Cell::forward(Unit{step, tile.row + r, tile.unit + lane}, sums);
    }
}

template <class Cell>
void forward(const CellForward<Scalar>& step) {
  constexpr int slots = slots_of<Cell>;
  int total_depth = 0;
  for (const SlotSource& source : Cell::sources) total_depth += (source.x ? step.input : 0) + (source.h ? step.state : 0);
  const int end = step.unit_end == step.hidden ? step.padded : step.unit_end;
  const int height = tile_height(Scalar());
  // Wide tiles take panels of the same inputs two by two: those of two blocks, where the slots of one do not pair up.
  constexpr bool pairs = slots > 1 && same_inputs<Cell>();
  const int across = pairs ? 1 : panels_across(height);
  // With one or two rows a panel has too few sums to hide their latency.
  const int together = step.rows > 2 ? across : slots >= 4 ? 2 : most_blocks;
  // Weights that stay near need no fetching.
  const bool fetches = height == fetching_height && Index(end - step.unit_begin) * total_depth * sizeof(Scalar) > own_cache;
  alignas(64) Scalar sums[2 * most_slots * panel * row_block];
  GateSums<Scalar> gates{step, Cell::sources, slots, total_depth, height, 0, 0, 0, 1, panel, nullptr, sums};
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
        const Scalar* const tile = sums + Index(begin) * gates.blocks * slots * gates.width;
        for (int block = 0; block < gates.blocks; ++block)
          pointwise_tile<Cell>(step, {tile + block * slots * rows * gates.width, rows * Index(gates.width), gates.width, gates.row + begin, rows, gates.unit + block * panel, gates.width});
      });
    }
  }
}

}  // namespace

void cell_forward(const CellForward<Scalar>& step) {
  of_stage(step, [&](auto cell) {
    if constexpr (is_fused<decltype(cell)>) forward<decltype(cell)>(step);
  });
}

void cell_pointwise(const CellForward<Scalar>& step, const SumsTile<Scalar>& tile) {
  of_stage(step, [&](auto cell) { pointwise_tile<decltype(cell)>(step, tile); });
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

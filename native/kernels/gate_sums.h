// The sums that go into a cell's gates, for a block of rows and one or more panels of units.
#pragma once

#include "kernels/cell_unit.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

constexpr int most_blocks = 4;

template <class S>
struct GateSums {
  const CellForward<S>& step;
  const SlotSource* sources;
  int slots;
  int total_depth;  // rows of a panel over all slots
  int tile_height;  // the most rows of a tile
  int row;          // first row
  int rows;
  int unit;         // first unit
  int blocks;       // panels taken together: 1, or several whole ones
  int width;        // stored columns of each panel: `panel`, or `lanes` for a narrow last one
  const S* ahead;   // what is read after these panels and should be fetched meanwhile, or null
  S* sums;          // out: [tile][block][slot][row of the tile][width]
};

void gate_sums(const GateSums<Scalar>&);

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// The pointwise gradients of the cells, elementwise over rows and units.
#include "kernels/cell_stages.h"
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// The products that follow run over the units beyond H too, with weights of 0: they must not find an infinity there.
void clear_padding(const UnitGradient& at, int first, int end) {
  const int units = at.step.hidden - at.unit;
  for (int slot = first; slot < end; ++slot) store(at.slot(slot), load_part(at.slot(slot), units));
}

// Nothing is stored outside the cell's slots: other threads may be reading there.
template <class Cell>
void backward(const CellBackward<Scalar>& step) {
  const int end = step.unit_end == step.hidden ? step.padded : step.unit_end;
  for (int row = 0; row < step.rows; ++row)
    for (int unit = step.unit_begin; unit < end; unit += lanes) {
      const UnitGradient at{step, row, unit};
      Cell::backward(at);
      if (unit + lanes > step.hidden) clear_padding(at, Cell::first, Cell::end);
    }
}

}  // namespace

void cell_backward(const CellBackward<Scalar>& step) {
  of_stage(step, [&](auto cell) { backward<decltype(cell)>(step); });
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

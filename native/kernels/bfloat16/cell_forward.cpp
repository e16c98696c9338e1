// One step of a cell: its sums, panel by panel, by products in bfloat16, and the pointwise part of the set that the form belongs to.
#include "kernels/bfloat16/base.h"
#include "kernels/bfloat16/declarations.h"
#include "kernels/bfloat16/panel_product.h"
#include "kernels/cell_stages.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

namespace {

template <class Cell>
void forward(const CellForward<float>& step) {
  const int x_part = whole_units(step.input), h_part = whole_units(step.state);
  int total_depth = 0;
  for (const SlotSource& source : Cell::sources) total_depth += (source.x ? x_part : 0) + (source.h ? h_part : 0);
  const int end = step.unit_end == step.hidden ? step.padded : step.unit_end;
  const Starts<float>& starts = step.starts;
  const int known = starts.sums == nullptr ? 0 : starts.inputs;
  alignas(64) float sums[slots_of<Cell> * most_rows * panel_columns];
  const Rows rows(step.rows);
  for (int unit = step.unit_begin; unit < end; unit += panel_columns) {
    const int width = stored_columns(end - unit);
    for (int row = 0; row < step.rows; row += rows.block()) {
      const int count = smaller(rows.block(), step.rows - row);
      const Word* words = reinterpret_cast<const Word*>(step.panels) + Index(unit) * (total_depth / 2);
      for (int slot = 0; slot < slots_of<Cell>; ++slot) {
        PanelProduct p{};
        p.rows = count;
        p.columns = width;
        p.c = sums + slot * count * width;
        p.ldc = width;
        const Index column = slot * Index(step.padded) + unit;
        if (starts.sums == nullptr) {
          p.start = step.bias + column;
        } else if (starts.rows == nullptr) {
          p.start = starts.sums + row * starts.ld + column;
          p.ld_start = starts.ld;
        } else {
          for (int r = 0; r < count; ++r) {
            const float* const from = starts.sums + starts.rows[row + r] * starts.ld + column;
            for (int n = 0; n < width; ++n) p.c[r * width + n] = from[n];
          }
          p.start = p.c;
          p.ld_start = width;
        }
        if (Cell::sources[slot].x) {
          // What is known of x ends at a whole unit, or with x.
          if (known < step.input) p.parts[0] = {static_cast<const Number*>(step.x) + row * step.ldx + known, step.ldx, step.input - known, words + Index(known / 2) * width};
          words += Index(x_part / 2) * width;
        }
        if (Cell::sources[slot].h) {
          if (!step.h_is_zero) p.parts[1] = {static_cast<const Number*>(step.h) + row * step.ldh, step.ldh, step.state, words};
          words += Index(h_part / 2) * width;
        }
        panel_product(rows, p);
      }
      base::cell_pointwise(step, {sums, count * Index(width), width, row, count, unit, width});
    }
  }
}

}  // namespace

void cell_forward(const CellForward<float>& step) {
  if (step.rows == 0) return;
  of_stage(step, [&](auto cell) {
    if constexpr (is_fused<decltype(cell)>) forward<decltype(cell)>(step);
  });
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// Products with packed panels: C = start + A · panels. A block of rows stays near while the panels pass by.
#include "kernels/bfloat16/declarations.h"
#include "kernels/bfloat16/panel_product.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

namespace {

void copy_rows(int rows, int columns, const float* from, Index ld_from, float* to, Index ld_to) {
  for (int r = 0; r < rows; ++r)
    for (int n = 0; n < columns; ++n) to[r * ld_to + n] = from[r * ld_from + n];
}

}  // namespace

void columns_of_c(const Rows& rows, PanelProduct p, int used) {
  if (used == p.columns) return panel_product(rows, p);
  // The last columns of C are computed in a place where they have neighbours.
  alignas(64) float c[most_rows * panel_columns];
  if (p.start != nullptr) {
    copy_rows(p.rows, used, p.start, p.ld_start, c, p.columns);
    for (int r = 0; r < p.rows; ++r)
      for (int n = used; n < p.columns; ++n) c[r * p.columns + n] = 0;
    p.start = c;
    p.ld_start = p.columns;
  }
  float* const to = p.c;
  const Index ldc = p.ldc;
  p.c = c;
  p.ldc = p.columns;
  panel_product(rows, p);
  copy_rows(p.rows, used, c, p.columns, to, ldc);
}

void product(const Product<float>& p) {
  if (p.rows == 0) return;
  const Rows rows(p.rows);
  const int total_depth = whole_units(p.total_depth > 0 ? p.total_depth : p.depth);
  for (int block = 0; block < p.rows; block += rows.block()) {
    PanelProduct panel{};
    panel.rows = smaller(rows.block(), p.rows - block);
    panel.ldc = p.ldc;
    for (int n0 = p.column_begin; n0 < p.column_end; n0 += panel_columns) {
      const int used = smaller(panel_columns, p.column_end - n0);
      panel.columns = stored_columns(used);
      const Word* const words = reinterpret_cast<const Word*>(p.panels) + Index(n0) * (total_depth / 2) + Index(p.offset / 2) * panel.columns;
      panel.parts[0] = {static_cast<const Number*>(p.a) + block * p.lda, p.lda, p.depth, words};
      panel.c = p.c + block * p.ldc + n0;
      panel.start = p.accumulate ? panel.c : p.bias == nullptr ? nullptr : p.bias + n0;
      panel.ld_start = p.accumulate ? p.ldc : 0;
      columns_of_c(rows, panel, used);
    }
  }
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

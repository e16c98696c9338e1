// The one operation that all products in bfloat16 are made of: some rows of operands by one panel of weights.
#pragma once

#include "kernels/bfloat16/form.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

// A stretch of depth: rows of operands, and the panel's words of these depth rows. Up to the next whole unit of depth both are read.
struct Part {
  const Number* a;
  Index lda;
  int depth;
  const Word* words;
};

// C[r, n] = start[r, n] + Σ over both parts Σ_k a[r, k] · w[k, n], for all columns that the panel is stored with.
struct PanelProduct {
  int rows;
  int columns;  // tile_columns or panel_columns
  Part parts[2];  // a depth of 0: none
  const float* start;  // null: zeros; C itself (with its ldc), or apart from it
  Index ld_start;      // 0: the same row for all
  float* c;
  Index ldc;
  const float* next_c;  // what C of the next call will be, to be fetched meanwhile, or null
};

// Around the products of one call of a kernel, all of them of at most so many rows: what the processor has to be told is told here, and
// taken back at the end.
class Rows {
 public:
  explicit Rows(int rows);
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();
  // Rows to take at once, 1 … most_rows: the last ones of all may be fewer.
  int block() const { return block_; }
  int height() const { return height_; }  // of a tile

 private:
  int block_, height_;
};
constexpr int most_rows = 64;

void panel_product(const Rows&, const PanelProduct&);
// The same where C has fewer columns than the panel is stored with.
void columns_of_c(const Rows&, PanelProduct, int used);

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

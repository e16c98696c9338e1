// Rows by a panel, on the matrix unit: two tiles of rows by the two tiles of a panel, so that four loads feed four times sixteen cycles of
// multiply-adds; the sums stay in four tiles over the whole depth.
#include "kernels/bfloat16/form.h"

#ifdef BPTT_TILES
#include "kernels/bfloat16/panel_product.h"
#include "kernels/bfloat16/tile_unit.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

namespace {

constexpr int tile_height = 16;
constexpr Index word_bytes = sizeof(Word), float_bytes = sizeof(float);

// Tiles 0 … 3 are sums (by rows, then columns), 4 and 5 operands, 6 and 7 weights.
template <int R, int V>
EIGEN_STRONG_INLINE void load_sums(TileUnit& unit, const float* start, Index row, Index ld) {
  if (start == nullptr) {
    unit.zero<0>();
    if (V > 1) unit.zero<1>();
    if (R > 1) unit.zero<2>();
    if (R > 1 && V > 1) unit.zero<3>();
    return;
  }
  unit.load<0>(start, ld * float_bytes);
  if (V > 1) unit.load<1>(start + tile_columns, ld * float_bytes);
  if (R > 1) unit.load<2>(start + row * ld, ld * float_bytes);
  if (R > 1 && V > 1) unit.load<3>(start + row * ld + tile_columns, ld * float_bytes);
}

template <int R, int V>
EIGEN_STRONG_INLINE void store_sums(TileUnit& unit, float* c, Index row, Index ld) {
  unit.store<0>(c, ld * float_bytes);
  if (V > 1) unit.store<1>(c + tile_columns, ld * float_bytes);
  if (R > 1) unit.store<2>(c + row * ld, ld * float_bytes);
  if (R > 1 && V > 1) unit.store<3>(c + row * ld + tile_columns, ld * float_bytes);
}

void fetch_rows(const float* c, Index ld, int rows, int columns) {
  for (int r = 0; r < rows; ++r)
    for (int n = 0; n < columns; n += tile_columns) fetch(reinterpret_cast<const char*>(c + r * ld + n));
}

// Rows from `first` on, and those from first + row on.
template <int R, int V>
void multiply(TileUnit& unit, const PanelProduct& p, Index first, Index row) {
  if (p.next_c != nullptr) fetch_rows(p.next_c + first * p.ldc, p.ldc, R * int(row == 0 ? tile_height : row), V * tile_columns);
  for (const Part& part : p.parts) {
    const Number* a = part.a + first * part.lda;
    const Number* const below = a + row * part.lda;
    const Index lda = part.lda * Index(sizeof(Number)), ldw = V * tile_columns * word_bytes;
    const Word* words = part.words;
    for (Index k = 0; k < part.depth; k += depth_unit, words += depth_unit / 2 * V * tile_columns) {
      unit.load<6>(words, ldw);
      unit.load<4>(a + k, lda);
      unit.dots<0, 4, 6>();
      if (V > 1) {
        unit.load<7>(words + tile_columns, ldw);
        unit.dots<1, 4, 7>();
      }
      if (R > 1) {
        unit.load<5>(below + k, lda);
        unit.dots<2, 5, 6>();
        if (V > 1) unit.dots<3, 5, 7>();
      }
    }
  }
}

template <int R, int V>
void rows_by_panel(TileUnit& unit, const PanelProduct& p, Index first, Index row) {
  load_sums<R, V>(unit, p.start == nullptr ? nullptr : p.start + first * p.ld_start, row, p.ld_start);
  multiply<R, V>(unit, p, first, row);
  store_sums<R, V>(unit, p.c + first * p.ldc, row, p.ldc);
}

void copy_rows(int rows, int columns, const float* from, Index ld_from, float* to, Index ld_to) {
  for (int r = 0; r < rows; ++r)
    for (int n = 0; n < columns; ++n) to[r * ld_to + n] = from[r * ld_from + n];
}

// A last tile that begins within the one before it: only its last `fresh` rows count, the others have their sums already.
template <int V>
void last_rows(TileUnit& unit, const PanelProduct& p, Index first, int height, int fresh) {
  alignas(64) float sums[tile_height * panel_columns] = {};
  PanelProduct apart = p;
  const Index begin = first + height - fresh;
  if (p.start != nullptr) copy_rows(fresh, p.columns, p.start + begin * p.ld_start, p.ld_start, sums + (height - fresh) * p.columns, p.columns);
  for (Part& part : apart.parts) part.a += first * part.lda;
  apart.start = p.start == nullptr ? nullptr : sums;
  apart.ld_start = apart.ldc = p.columns;
  apart.c = sums;
  rows_by_panel<1, V>(unit, apart, 0, 0);
  copy_rows(fresh, p.columns, sums + (height - fresh) * p.columns, p.columns, p.c + begin * p.ldc, p.ldc);
}

template <int V>
void all_rows(TileUnit& unit, const PanelProduct& p, int height) {
  int begin = 0;
  for (; begin + 2 * height <= p.rows; begin += 2 * height) rows_by_panel<2, V>(unit, p, begin, height);
  for (; begin + height <= p.rows; begin += height) rows_by_panel<1, V>(unit, p, begin, 0);
  if (begin < p.rows) last_rows<V>(unit, p, p.rows - height, height, p.rows - begin);
}

}  // namespace

// Tiles of one height for all rows, as low as their number allows.
Rows::Rows(int rows) {
  const int tiles = (rows + tile_height - 1) / tile_height;
  height_ = tiles == 0 ? 1 : (rows + tiles - 1) / tiles;
  block_ = most_rows / tile_height * height_;
  TileUnit().shape(height_);
}
Rows::~Rows() { TileUnit().release(); }

void panel_product(const Rows& rows, const PanelProduct& p) {
  TileUnit unit;
  unit.shape_in_use(rows.height());
  if (p.columns == panel_columns) all_rows<2>(unit, p, rows.height());
  else all_rows<1>(unit, p, rows.height());
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt
#endif

// The gradient of weights, C[m, n] = Σ_k A[k, m] · B[k, n], a sum over all steps and sequences. In blocks of `depth_block` steps B is copied
// into panels, and A, some columns at a time, into rows of operands: products sum over what lies in a row. The sum over k goes
// through C from block to block.
#include "kernels/bfloat16/declarations.h"
#include "kernels/bfloat16/panel_product.h"
#include "kernels/bfloat16/turn.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

namespace {

// Deep blocks read and write C less often; what is copied of A has to stay in the second-level cache beside a panel.
constexpr int depth_block = 2048;
constexpr int column_block = 4 * most_rows;
// Not a multiple of a page apart: the rows of a tile would meet in one set of the first-level cache.
constexpr Index row_distance = depth_block + 64 / Index(sizeof(Number));
// Nor a multiple of what the second-level cache repeats itself at.
constexpr Index panel_distance = panel_columns * (depth_block / 2) + 3 * 64 / Index(sizeof(Word));

using Gradient = GradientProduct<float>;

Index column(const Gradient& p, int m) { return m / p.group_size * p.group_stride + m % p.group_size; }

int panels_of(const RightSide<float>& side) { return (side.end - side.begin + panel_columns - 1) / panel_columns; }

[[maybe_unused]] float number(std::uint16_t x) { return from_bits(Word(x) << 16); }
[[maybe_unused]] float number(float x) { return x; }
[[maybe_unused]] Word pair_of(std::uint16_t even, std::uint16_t odd) { return Word(odd) << 16 | even; }
[[maybe_unused]] Word pair_of(float even, float odd) { return bits_of(odd) | bits_of(even) >> 16; }

// A block of `lanes` columns of A by 2 · lanes steps, turned: pairs of steps become words, and blocks of words are turned.
constexpr int steps_together = 2 * lanes;

[[maybe_unused]] void turn_block(const std::uint16_t* from, Index lda, std::uint16_t* to) {
  alignas(64) float words[lanes * lanes];
  for (int i = 0; i < lanes; ++i) {
    const std::uint16_t* const even = from + 2 * i * lda;
    const std::uint16_t* const odd = even + lda;
    for (int m = 0; m < lanes; ++m) words[i * lanes + m] = from_bits(pair_of(even[m], odd[m]));
  }
  turn(words, lanes, reinterpret_cast<float*>(to), row_distance / 2);
}
[[maybe_unused]] void turn_block(const float* from, Index lda, float* to) {
  turn(from, lda, to, row_distance);
  turn(from + lanes * lda, lda, to + lanes, row_distance);
}

// Columns m0 … m1 of A become rows, a few steps at a time; on the way they are added to the bias's gradient, in the order of the steps.
void copy_rows_of_a(const Gradient& p, int m0, int m1, int k0, int depth, bool resumes, Number* rows) {
  if (p.sums != nullptr && !resumes)
    for (int m = m0; m < m1; ++m) p.sums[m] = 0;
  for (int k = 0; k < depth; k += steps_together) {
    const int steps = smaller(steps_together, depth - k);
    const Number* const a = static_cast<const Number*>(p.a) + (k0 + k) * p.lda;
    // Within a group columns are neighbours.
    for (int m = m0; m < m1;) {
      const int count = smaller(m1 - m, p.group_size - m % p.group_size);
      const Number* const from = a + column(p, m);
      Number* const to = rows + (m - m0) * row_distance + k;
      if (p.sums != nullptr)
        for (int step = 0; step < steps; ++step)
          for (int i = 0; i < count; ++i) p.sums[m + i] += number(from[step * p.lda + i]);
      int i = 0;
      if (steps == steps_together)
        for (; i + lanes <= count; i += lanes) turn_block(from + i, p.lda, to + i * row_distance);
      for (; i < count; ++i)
        for (int step = 0; step < steps; ++step) to[i * row_distance + step] = from[step * p.lda + i];
      m += count;
    }
  }
  for (int i = 0; i < m1 - m0; ++i)
    for (int step = depth; step < whole_units(depth); ++step) rows[i * row_distance + step] = Number(0);
}

// Rows of B become panels, a few panels at a time.
void copy_panels(const RightSide<float>& side, int k0, int depth, Word* panels) {
  constexpr int together = 4 * panel_columns;
  const int columns = side.end - side.begin;
  const Number* const b = static_cast<const Number*>(side.b) + side.begin;
  const auto row = [&](int k) { return b + (side.rows == nullptr ? Index(k0 + k) : Index(side.rows[k0 + k])) * side.ldb; };
  static constexpr Number zeros[panel_columns] = {};
  for (int first = 0; first < columns; first += together)
    for (int k = 0; k < whole_units(depth); k += 2) {
      const Number* const even = k < depth ? row(k) : nullptr;
      const Number* const odd = k + 1 < depth ? row(k + 1) : nullptr;
      for (int n0 = first; n0 < smaller(first + together, columns); n0 += panel_columns) {
        const int used = smaller(panel_columns, columns - n0), width = stored_columns(used);
        Word* const to = panels + n0 / panel_columns * panel_distance + Index(k / 2) * width;
        const Number* const even_row = even == nullptr ? zeros : even + n0;
        const Number* const odd_row = odd == nullptr ? zeros : odd + n0;
        if (used == panel_columns) {
          for (int n = 0; n < panel_columns; ++n) to[n] = pair_of(even_row[n], odd_row[n]);
        } else {
          for (int n = 0; n < width; ++n) to[n] = n < used ? pair_of(even_row[n], odd_row[n]) : 0;
        }
      }
    }
}

std::size_t panel_words(const RightSide<float>& side) { return std::size_t(panels_of(side)) * panel_distance; }

}  // namespace

std::size_t gradient_work(const Gradient& p) {
  return panel_words(p.sides[0]) + panel_words(p.sides[1]) + column_block * std::size_t(row_distance) * sizeof(Number) / sizeof(float);
}

void gradient_product(const Gradient* products, int count) {
  const Gradient& first = products[0];
  Word* const panels[2] = {reinterpret_cast<Word*>(first.work), reinterpret_cast<Word*>(first.work) + panel_words(first.sides[0])};
  Number* const a = reinterpret_cast<Number*>(panels[1] + panel_words(first.sides[1]));
  // One round even where the depth is 0: C still becomes 0.
  for (int k0 = 0; k0 == 0 || k0 < first.depth; k0 += depth_block) {
    const int depth = smaller(depth_block, first.depth - k0);
    for (int side = 0; side < 2; ++side) copy_panels(first.sides[side], k0, depth, panels[side]);
    for (int i = 0; i < count; ++i) {
      const Gradient& p = products[i];
      const bool resumes = p.accumulate || k0 > 0;
      for (int m0 = p.m_begin; m0 < p.m_end; m0 += column_block) {
        const int m1 = smaller(m0 + column_block, p.m_end);
        copy_rows_of_a(p, m0, m1, k0, depth, resumes, a);
        const Rows rows(m1 - m0);
        for (int s = 0; s < 2; ++s) {
          const RightSide<float>& side = p.sides[s];
          if (side.c == nullptr) continue;
          for (int n0 = side.begin; n0 < side.end; n0 += panel_columns) {
            const int used = smaller(panel_columns, side.end - n0);
            for (int block = 0; block < m1 - m0; block += rows.block()) {
              PanelProduct panel{};
              panel.rows = smaller(rows.block(), m1 - m0 - block);
              panel.columns = stored_columns(used);
              panel.parts[0] = {a + block * row_distance, row_distance, depth, panels[s] + (n0 - side.begin) / panel_columns * panel_distance};
              panel.c = side.c + (m0 + block) * side.ldc + n0;
              panel.ldc = panel.ld_start = side.ldc;
              panel.start = resumes ? panel.c : nullptr;
              if (block + rows.block() < m1 - m0) panel.next_c = panel.c + rows.block() * side.ldc;
              else if (n0 + panel_columns < side.end) panel.next_c = side.c + m0 * side.ldc + n0 + panel_columns;
              columns_of_c(rows, panel, used);
            }
          }
        }
      }
    }
  }
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// Weights as the products in bfloat16 read them: panels of columns, for each pair of depth rows and each column a word.
#include "kernels/bfloat16/declarations.h"
#include "kernels/bfloat16/turn.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

namespace {

// Columns that lie in the rows of the source (stride_k 1), whole blocks of them: `lanes` columns by as many pairs of depth rows.
void pack_block(const float* from, Index stride_n, float* to, Index width) {
  alignas(64) float words[lanes * lanes];
  for (int n = 0; n < lanes; ++n)
    for (int i = 0; i < lanes; ++i) words[n * lanes + i] = from_bits(pair(from[n * stride_n + 2 * i], from[n * stride_n + 2 * i + 1]));
  turn(words, lanes, to, width);
}

// One pair of depth rows; the odd one may be missing.
void pack_pair(const float* even, const float* odd, Index stride_n, int filled, int width, Word* to) {
  if (stride_n == 1 && odd != nullptr) {
    for (int n = 0; n < filled; ++n) to[n] = pair(even[n], odd[n]);
  } else {
    for (int n = 0; n < filled; ++n) to[n] = pair(even[n * stride_n], odd == nullptr ? 0.0f : odd[n * stride_n]);
  }
  for (int n = filled; n < width; ++n) to[n] = 0;
}

}  // namespace

std::size_t panel_bytes(int columns, int total_depth) {
  const int stored = columns / panel_columns * panel_columns + (columns % panel_columns == 0 ? 0 : stored_columns(columns % panel_columns));
  return std::size_t(stored) * (whole_units(total_depth) / 2) * sizeof(Word);
}

void pack(const Pack<float>& p) {
  const int pairs = p.depth / 2;
  for (int begin = p.column_begin; begin < p.column_end; begin += panel_columns) {
    const int filled = smaller(panel_columns, p.column_end - begin), width = stored_columns(filled);
    const float* const from = p.source + begin * p.stride_n;
    Word* const to = reinterpret_cast<Word*>(p.panels) + Index(begin) * (whole_units(p.total_depth) / 2) + Index(p.offset / 2) * width;
    int done = 0;
    if (p.stride_k == 1 && filled == width)
      for (; done + lanes <= pairs; done += lanes)
        for (int n = 0; n < width; n += lanes) pack_block(from + n * p.stride_n + 2 * done, p.stride_n, reinterpret_cast<float*>(to + Index(done) * width + n), width);
    for (; done < pairs; ++done) {
      const float* const even = from + 2 * done * p.stride_k;
      pack_pair(even, even + p.stride_k, p.stride_n, filled, width, to + Index(done) * width);
    }
    if (p.depth % 2 == 1) pack_pair(from + 2 * done * p.stride_k, nullptr, p.stride_n, filled, width, to + Index(done) * width);
  }
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

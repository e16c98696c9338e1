// The gradient of weights, C[m, n] = Σ_k A[k, m] · B[k, n], a sum over all steps and sequences. Both sides are copied in
// blocks of `depth_block` steps: B into panels [k][panel], and A, `block_tiles` tiles at a time, into tiles [k][tile_rows],
// so that the micro-kernel reads two streams, one of them from the second-level cache. The sum over k goes through C from
// block to block, which changes no bit of it.
#include "kernels/declarations.h"
#include "kernels/matrix_tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

constexpr int depth_block = 512;
constexpr int block_tiles = 8;
// A tile's rows are copied by whole packets, so that each may leave something behind its end.
constexpr int tile_packets = (tile_rows + lanes - 1) / lanes;
constexpr Index tile_size = Index(depth_block) * tile_rows + lanes;

int panel_columns(const RightSide<Scalar>& side) { return (side.end - side.begin + panel - 1) / panel * panel; }

using Gradient = GradientProduct<Scalar>;

Index column(const Gradient& p, int m) { return m / p.group_size * p.group_stride + m % p.group_size; }

// Rows k0 … of `height` columns of A from m on.
void copy_tile(const Gradient& p, int m, int height, int k0, int depth, Scalar* tile) {
  Scalar* const sums = p.sums == nullptr ? nullptr : p.sums + m;
  const bool first = k0 == 0 && !p.accumulate;
  const Index begin = column(p, m);
  const Scalar* from = static_cast<const Scalar*>(p.a) + k0 * p.lda;
  const bool neighbours = column(p, m + height - 1) - begin == height - 1;
  if (neighbours && height == tile_rows && begin + tile_packets * lanes <= column(p, p.m_end - 1) + 1) {
    from += begin;
    alignas(64) Scalar start[tile_packets * lanes] = {};
    if (sums != nullptr && !first)
      for (int i = 0; i < tile_rows; ++i) start[i] = sums[i];
    Packet total[tile_packets];
    for (int v = 0; v < tile_packets; ++v) total[v] = load(start + v * lanes);
    for (int k = 0; k < depth; ++k, from += p.lda, tile += tile_rows) {
      for (int v = 0; v < tile_packets; ++v) {
        const Packet values = load(from + v * lanes);
        store(tile + v * lanes, values);
        total[v] = add(total[v], values);
      }
    }
    if (sums == nullptr) return;
    for (int v = 0; v < tile_packets; ++v) store(start + v * lanes, total[v]);
    for (int i = 0; i < tile_rows; ++i) sums[i] = start[i];
    return;
  }
  for (int i = 0; i < height; ++i) {
    const Scalar* value = from + column(p, m + i);
    Scalar total = sums == nullptr || first ? Scalar(0) : sums[i];
    for (int k = 0; k < depth; ++k, value += p.lda) {
      tile[k * tile_rows + i] = *value;
      total += *value;
    }
    if (sums != nullptr) sums[i] = total;
  }
}

// Of a block's steps, those for which B is not 0.
struct Steps {
  int begin, end;
};

Steps steps_of(const RightSide<Scalar>& side, int all, int k0, int depth) {
  const int begin = smaller(side.first_zeros > k0 ? side.first_zeros - k0 : 0, depth);
  const int end = smaller(all - side.last_zeros - k0, depth);
  return {begin, end > begin ? end : begin};
}

void copy_panels(const RightSide<Scalar>& side, int k0, Steps steps, Scalar* panels) {
  const int columns = side.end - side.begin;
  for (int k = steps.begin; k < steps.end; ++k) {
    const Scalar* from = static_cast<const Scalar*>(side.b) + (side.rows == nullptr ? Index(k0 + k) : Index(side.rows[k0 + k])) * side.ldb + side.begin;
    for (int n0 = 0; n0 < columns; n0 += panel) {
      const int filled = smaller(panel, columns - n0);
      const int width = filled > lanes ? panel : lanes;
      Scalar* to = panels + Index(n0) * depth_block + Index(k) * width;
      if (filled == panel) {
        for (int v = 0; v < panel_packets; ++v) store(to + v * lanes, load(from + n0 + v * lanes));
      } else {
        for (int n = 0; n < width; ++n) to[n] = n < filled ? from[n0 + n] : Scalar(0);
      }
    }
  }
}

// What no product writes.
void clear(const Gradient& p) {
  for (const RightSide<Scalar>& side : p.sides)
    if (side.c != nullptr && side.first_zeros + side.last_zeros >= p.depth)
      for (int m = p.m_begin; m < p.m_end; ++m)
        for (int n = side.begin; n < side.end; ++n) side.c[m * side.ldc + n] = Scalar(0);
  if (p.depth == 0 && p.sums != nullptr)
    for (int m = p.m_begin; m < p.m_end; ++m) p.sums[m] = Scalar(0);
}

// Tiles of the rows from m0 to m1 by all columns of one side.
void multiply_block(const Gradient& p, const RightSide<Scalar>& side, int m0, int m1, int k0, Steps steps, const Scalar* tiles, const Scalar* panels) {
  if (side.c == nullptr || steps.begin == steps.end) return;
  const int height = tile_height(Scalar()), across = panels_across(height);
  MatrixTile<Scalar> tile{};
  tile.row = 1;
  tile.step = tile_rows;
  tile.depth = steps.end - steps.begin;
  tile.ldc = side.ldc;
  tile.resume = p.accumulate || k0 > side.first_zeros;
  tile.next_panel = Index(panel) * depth_block;
  for (int n0 = side.begin; n0 < side.end; n0 += tile.panels * panel) {
    tile.panels = side.end - n0 >= across * panel ? across : 1;
    tile.width = smaller(panel, side.end - n0);
    tile.panel_rows = panels + Index(n0 - side.begin) * depth_block + steps.begin * (tile.width > lanes ? panel : lanes);
    const Scalar* copied = tiles + steps.begin * tile_rows;
    for (int m = m0; m < m1; m += tile_rows, copied += tile_size)
      balanced_tiles(smaller(tile_rows, m1 - m), height, [&](int begin, int rows) {
        tile.a = copied + begin;
        tile.c = side.c + (m + begin) * side.ldc + n0;
        matrix_tile(rows, tile);
      });
  }
}

}  // namespace

std::size_t gradient_work(const Gradient& p) {
  const std::size_t columns = std::size_t(panel_columns(p.sides[0])) + std::size_t(panel_columns(p.sides[1]));
  return depth_block * columns + block_tiles * std::size_t(tile_size);
}

void gradient_product(const Gradient* products, int count) {
  const Gradient& first = products[0];
  const auto& sides = first.sides;
  for (int i = 0; i < count && !first.accumulate; ++i) clear(products[i]);
  Scalar* const panels[2] = {first.work, first.work + Index(depth_block) * panel_columns(sides[0])};
  Scalar* const tiles = panels[1] + Index(depth_block) * panel_columns(sides[1]);
  for (int k0 = 0; k0 < first.depth; k0 += depth_block) {
    const int depth = smaller(depth_block, first.depth - k0);
    const Steps steps[2] = {steps_of(sides[0], first.depth, k0, depth), steps_of(sides[1], first.depth, k0, depth)};
    for (int side = 0; side < 2; ++side) copy_panels(sides[side], k0, steps[side], panels[side]);
    for (int i = 0; i < count; ++i) {
      const Gradient& p = products[i];
      for (int m0 = p.m_begin; m0 < p.m_end; m0 += block_tiles * tile_rows) {
        const int m1 = smaller(m0 + block_tiles * tile_rows, p.m_end);
        for (int m = m0; m < m1; m += tile_rows) copy_tile(p, m, smaller(tile_rows, m1 - m), k0, depth, tiles + (m - m0) / tile_rows * tile_size);
        for (int side = 0; side < 2; ++side) multiply_block(p, p.sides[side], m0, m1, k0, steps[side], tiles, panels[side]);
      }
    }
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

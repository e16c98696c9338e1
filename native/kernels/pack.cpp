// Weights as the products read them: panels of columns, k after k.
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// Columns of the source that lie in its rows, packets of them turned at a time. Of `filled` columns to `width`, for every k.
void pack_turned(const Scalar* from, Index stride_n, int depth, int filled, int width, Scalar* to) {
  for (int n0 = 0; n0 < width; n0 += lanes, from += lanes * stride_n, to += lanes) {
    const int count = filled - n0 < 0 ? 0 : smaller(lanes, filled - n0);
    if (depth < lanes) {
      for (int k = 0; k < depth; ++k)
        for (int n = 0; n < lanes; ++n) to[Index(k) * width + n] = n < count ? from[n * stride_n + k] : Scalar(0);
      continue;
    }
    // The last packets end with the source, and overlap those before.
    for (int next = 0; next < depth; next += lanes) {
      const int k = smaller(next, depth - lanes);
      Eigen::internal::PacketBlock<Packet, lanes> block;
      for (int n = 0; n < lanes; ++n) block.packet[n] = n < count ? load(from + n * stride_n + k) : broadcast(Scalar(0));
      Eigen::internal::ptranspose(block);
      for (int i = 0; i < lanes; ++i) store(to + Index(k + i) * width, block.packet[i]);
    }
  }
}

Scalar* panels_of(const Pack<Scalar>& p) { return reinterpret_cast<Scalar*>(p.panels); }

// Whole panels whose columns lie beside each other in the source: several at a time, so that its rows are read as they lie.
void pack_rows(const Pack<Scalar>& p, int begin, int end) {
  for (int k = 0; k < p.depth; ++k) {
    const Scalar* const from = p.source + k * p.stride_k;
    for (int n = begin; n < end; n += panel) {
      Scalar* const to = panels_of(p) + Index(n) * p.total_depth + Index(p.offset + k) * panel;
      for (int v = 0; v < panel_packets; ++v) store(to + v * lanes, load(from + n + v * lanes));
    }
  }
}

}  // namespace

std::size_t panel_bytes(int columns, int total_depth, Scalar) { return std::size_t(padded(columns)) * total_depth * sizeof(Scalar); }

void pack(const Pack<Scalar>& p) {
  constexpr int together = 8 * panel;
  int begin = p.column_begin;
  if (p.stride_n == 1) {
    const int whole = p.column_begin + (p.column_end - p.column_begin) / panel * panel;
    for (; begin < whole; begin += together) pack_rows(p, begin, smaller(begin + together, whole));
    begin = whole;
  }
  for (; begin < p.column_end; begin += panel) {
    const int filled = smaller(panel, p.column_end - begin), width = filled > lanes ? panel : lanes;
    const Scalar* from = p.source + begin * p.stride_n;
    Scalar* to = panels_of(p) + Index(begin) * p.total_depth + Index(p.offset) * width;
    if (p.stride_k == 1) {
      pack_turned(from, p.stride_n, p.depth, filled, width, to);
      continue;
    }
    for (int k = 0; k < p.depth; ++k, from += p.stride_k, to += width)
      for (int n = 0; n < width; ++n) to[n] = n < filled ? from[n * p.stride_n] : Scalar(0);
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

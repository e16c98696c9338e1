#include "layer/start_sums.h"

namespace bptt {

template <class S>
void start_sums(const DirectionWeights<S>& w, Operand x, std::ptrdiff_t ldx, int inputs, int rows, Range units, S* sums, std::ptrdiff_t ld) {
  const int part = w.gate_part();
  Product<S> product{};
  product.rows = rows;
  product.column_begin = units.begin;
  product.column_end = units.end == w.hidden ? w.padded : units.end;
  product.a = x;
  product.lda = ldx;
  product.ldc = ld;
  // `offset`: where x's weights of the slot begin in a panel.
  const auto slot = [&](int to, const typename DirectionWeights<S>::Panels& panels, const S* bias, int total_depth, int offset, int depth) {
    product.panels = panels.data();
    product.total_depth = total_depth;
    product.offset = offset;
    product.depth = depth;
    product.bias = bias;
    product.c = sums + static_cast<std::ptrdiff_t>(to) * w.padded;
    w.products->product(product);
  };
  const auto bias = [&](int slot) { return w.stage_bias.data() + static_cast<std::ptrdiff_t>(slot) * w.padded; };
  if (w.cell.traits().two_stages) {
    slot(0, w.candidate, w.candidate_bias.data(), part, 0, inputs);
    for (int gate = 0; gate < 2; ++gate) slot(1 + gate, w.forward, bias(gate), 2 * part, gate * part, inputs);
    return;
  }
  const int total = w.cell.gates() * part;
  for (int gate = 0; gate < w.cell.gates(); ++gate) slot(gate, w.forward, bias(gate), total, gate * part, inputs);
  if (w.cell.has_hidden_bias()) slot(3, w.forward, bias(3), total, 0, 0);
}

template void start_sums(const DirectionWeights<float>&, Operand, std::ptrdiff_t, int, int, Range, float*, std::ptrdiff_t);
#ifdef BPTT_WITH_DOUBLE
template void start_sums(const DirectionWeights<double>&, Operand, std::ptrdiff_t, int, int, Range, double*, std::ptrdiff_t);
#endif

}  // namespace bptt

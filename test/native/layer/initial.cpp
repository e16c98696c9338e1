// Initial values: what they promise, and that the seed decides them.
#include "check.h"
#include "layer/layer_cases.h"

namespace bptt {
namespace test {
namespace {

BPTT_TEST("layer begins with orthogonal recurrent weights, Glorot input weights and the forget bias") {
  for (const Cell& cell : all_cells())
    for (int hidden : {1, 2, 7, 64}) {
      const StackSpec spec{cell, 5, hidden, 1, false, 0, 0};
      BareLayer<double> layer(spec, 3, 1);
      const int state = spec.state();
      if (cell.has(ParameterRole::weight_hh) && state <= hidden) {
        const double* w = layer.values(layer.find("weight_hh_l0"));
        // The columns of each gate: with a projection there are fewer than rows.
        for (int gate = 0; gate < cell.gates(); ++gate)
          for (int a = 0; a < state; ++a)
            for (int b = 0; b < state; ++b) {
              double dot = 0;
              for (int k = 0; k < hidden; ++k) dot += w[(gate * hidden + k) * state + a] * w[(gate * hidden + k) * state + b];
              CHECK_WITH(std::fabs(dot - (a == b)) < 1e-13, describe(cell) << ", H " << hidden << ": columns " << a << " and " << b << " give " << dot);
            }
      }
      const double bound = std::sqrt(6.0 / (5 + hidden));
      double largest = 0;
      for (std::size_t i = 0; i < layer.size(0); ++i) largest = std::max(largest, std::fabs(layer.values(0)[i]));
      CHECK(largest <= bound && (hidden < 64 || largest > 0.95 * bound));
      const std::size_t bias = layer.find("bias_l0");
      for (std::size_t i = 0; i < layer.size(bias); ++i)
        CHECK(layer.values(bias)[i] == (cell.kind == CellKind::lstm && i / hidden == 1 ? cell.forget_bias : 0));
    }
}

BPTT_TEST("layer spreads every row of its recurrent weights over all units") {
  BareLayer<double> layer({{CellKind::gru, Activation::tanh, true, 1}, 2, 256, 1, false, 0, 0}, 1, 1);
  for (std::size_t row = 0; row < 3 * 256; ++row) {
    double largest = 0;
    for (int k = 0; k < 256; ++k) largest = std::max(largest, std::fabs(layer.values(1)[row * 256 + k]));
    CHECK_WITH(largest < 0.5, "row " << row << " has a weight of " << largest);
  }
}

BPTT_TEST("layer has other initial values with another seed, the same ones with the same seed") {
  const StackSpec spec{{CellKind::lstm, Activation::tanh, true, 1}, 3, 8, 2, true, 0, 0};
  BareLayer<float> one(spec, 5, 1), same(spec, 5, 2), other(spec, 6, 1);
  for (std::size_t p = 0; p < one.parameters().size(); ++p) {
    bool differs = false;
    for (std::size_t i = 0; i < one.size(p); ++i) {
      CHECK(one.values(p)[i] == same.values(p)[i]);
      differs = differs || one.values(p)[i] != other.values(p)[i];
    }
    CHECK(differs == (one.parameters()[p].role == ParameterRole::weight_ih || one.parameters()[p].role == ParameterRole::weight_hh));
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

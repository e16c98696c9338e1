// Stacks and batches to try a layer on: every cell, activation, direction and depth, sizes around the tile edges.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "layer/bare_layer.h"
#include "support/random.h"

namespace bptt {
namespace test {

inline std::vector<Cell> all_cells() {
  std::vector<Cell> cells;
  for (Activation g : {Activation::tanh, Activation::relu, Activation::sigmoid, Activation::identity}) cells.push_back({CellKind::rnn, g, true, 1});
  cells.push_back({CellKind::gru, Activation::tanh, true, 1});
  cells.push_back({CellKind::gru, Activation::tanh, false, 1});
  cells.push_back({CellKind::lstm, Activation::tanh, true, 1});
  cells.push_back({CellKind::lstm, Activation::tanh, true, 1, true});
  // A projection narrower and wider than a packet.
  cells.push_back({CellKind::lstm, Activation::tanh, true, 1, false, 5});
  cells.push_back({CellKind::lstm, Activation::tanh, true, 1, true, 21});
  cells.push_back({CellKind::lstm, Activation::tanh, true, 1, false, 0, true});
  cells.push_back({CellKind::lstm, Activation::tanh, true, 1, true, 5, true});
  cells.push_back({CellKind::gru, Activation::tanh, true, 1, false, 0, true});
  cells.push_back({CellKind::mingru, Activation::tanh, true, 1});
  return cells;
}

inline std::string describe(const Cell& cell) {
  const std::string norm = cell.layer_norm ? " layer norm" : "";
  if (cell.kind == CellKind::lstm) return "lstm" + norm + (cell.peepholes ? " peepholes" : "") + (cell.has_projection() ? " projection " + std::to_string(cell.projection) : "");
  if (cell.kind == CellKind::mingru) return "mingru";
  if (cell.kind == CellKind::gru) return (cell.reset_after ? "gru after" : "gru before") + norm;
  const char* names[] = {"tanh", "relu", "sigmoid", "identity"};
  return std::string("rnn ") + names[static_cast<int>(cell.activation)];
}

// A stack with random parameters, a batch for it, and weights R, Q for a scalar loss Σ R·output + Σ Q·final state.
template <class S>
struct LayerCase {
  StackSpec spec;
  int steps, batch;
  std::vector<std::int32_t> lengths;  // empty: all full
  std::vector<S> x, h0, c0, d_output, d_h, d_c;
  BareLayer<S> layer;

  LayerCase(const StackSpec& stack, int t, int b, bool ragged, int threads = 1, std::uint64_t seed = 7)
      : spec(stack), steps(t), batch(b), layer(stack, seed, threads) {
    const Random random(seed, 900);
    std::uint64_t next = 0;
    const auto fill = [&](std::vector<S>& values, std::size_t size, double scale) {
      values.resize(size);
      // The same float32 numbers in every scalar type.
      for (S& value : values) value = static_cast<float>(scale * (2 * random.uniform(next++) - 1));
    };
    if (ragged) {
      lengths.resize(batch);
      for (std::int32_t& length : lengths) length = static_cast<std::int32_t>(random.uniform(next++) * (steps + 1));
    }
    const std::size_t rows = static_cast<std::size_t>(spec.layers) * spec.directions() * batch;
    fill(x, static_cast<std::size_t>(steps) * batch * spec.input, 1);
    fill(h0, rows * spec.state(), 1);
    fill(c0, spec.cell.has_memory() ? rows * spec.hidden : 0, 1);
    fill(d_output, static_cast<std::size_t>(steps) * batch * spec.output(), 1);
    fill(d_h, h0.size(), 1);
    fill(d_c, c0.size(), 1);
    const double scale = spec.cell.kind == CellKind::rnn && (spec.cell.activation == Activation::relu || spec.cell.activation == Activation::identity) ? 0.3 : 0.6;
    for (std::size_t p = 0; p < layer.parameters().size(); ++p) {
      std::vector<S> values;
      const double fan = layer.parameters()[p].columns;
      fill(values, layer.size(p), fan > 0 ? scale * std::min(1.0, 2 / std::sqrt(fan)) : 0.5);
      layer.set(p, values.data());
    }
  }

  std::string name() const {
    std::string text = describe(spec.cell) + ", T " + std::to_string(steps) + ", B " + std::to_string(batch) + ", I " + std::to_string(spec.input) + ", H " +
                       std::to_string(spec.hidden) + ", layers " + std::to_string(spec.layers) + (spec.bidirectional ? ", bidirectional" : "");
    return text + (lengths.empty() ? "" : ", ragged");
  }

  struct Forward {
    std::vector<S> output, h, c;
  };
  Forward forward(bool training) {
    Forward result{std::vector<S>(d_output.size()), std::vector<S>(h0.size()), std::vector<S>(c0.size())};
    layer.forward(steps, batch, lengths.empty() ? nullptr : lengths.data(), x.data(), {h0.data(), c0.empty() ? nullptr : c0.data()}, training, result.output.data(),
                  {result.h.data(), c0.empty() ? nullptr : result.c.data()});
    return result;
  }
  struct Backward {
    std::vector<S> d_input, d_h0, d_c0;
  };
  Backward backward() {
    Backward result{std::vector<S>(x.size()), std::vector<S>(h0.size()), std::vector<S>(c0.size())};
    layer.backward(d_output.data(), {d_h.data(), c0.empty() ? nullptr : d_c.data()}, result.d_input.data(),
                   {result.d_h0.data(), c0.empty() ? nullptr : result.d_c0.data()});
    return result;
  }
  S loss() {
    const Forward f = forward(true);
    S sum = 0;
    for (std::size_t i = 0; i < f.output.size(); ++i) sum += f.output[i] * d_output[i];
    for (std::size_t i = 0; i < f.h.size(); ++i) sum += f.h[i] * d_h[i];
    for (std::size_t i = 0; i < f.c.size(); ++i) sum += f.c[i] * d_c[i];
    return sum;
  }
};

// Largest |a − b| over the largest |b|.
template <class A, class B>
double relative_error(const A& a, const B& b, std::size_t size) {
  double error = 0, largest = 1e-30;
  for (std::size_t i = 0; i < size; ++i) {
    const double difference = std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!(difference <= error)) error = difference;  // NaN counts
    largest = std::max(largest, std::fabs(static_cast<double>(b[i])));
  }
  return error / largest;
}

}  // namespace test
}  // namespace bptt

// The recurrence as plain loops, straight from the equations: the oracle that the kernels are held against.
#pragma once

#include <cmath>
#include <vector>

#include "layer/layer_cases.h"

namespace bptt {
namespace test {

struct NaiveResult {
  std::vector<double> output, h, c;
};

inline double nonlinear(Activation g, double x) {
  switch (g) {
    case Activation::tanh: return std::tanh(x);
    case Activation::relu: return x > 0 ? x : 0;
    case Activation::sigmoid: return 1 / (1 + std::exp(-x));
    case Activation::identity: return x;
  }
  return x;
}

// One step of one sequence: h and c are replaced.
inline void naive_step(const Cell& cell, int input, int hidden, const double* x, std::vector<double>& h, std::vector<double>& c, const std::vector<double>& w_ih,
                       const std::vector<double>& w_hh, const std::vector<double>& bias, const std::vector<double>& bias_hn) {
  const auto from_x = [&](int gate, int unit) {
    double sum = bias[gate * hidden + unit];
    for (int k = 0; k < input; ++k) sum += w_ih[(static_cast<std::size_t>(gate) * hidden + unit) * input + k] * x[k];
    return sum;
  };
  const auto from_h = [&](int gate, int unit, const std::vector<double>& state) {
    double sum = 0;
    for (int k = 0; k < hidden; ++k) sum += w_hh[(static_cast<std::size_t>(gate) * hidden + unit) * hidden + k] * state[k];
    return sum;
  };
  const auto sigmoid = [](double value) { return nonlinear(Activation::sigmoid, value); };
  std::vector<double> next(hidden), reset(hidden);
  for (int u = 0; u < hidden; ++u) {
    if (cell.kind == CellKind::rnn) {
      next[u] = nonlinear(cell.activation, from_x(0, u) + from_h(0, u, h));
    } else if (cell.kind == CellKind::lstm) {
      const double i = sigmoid(from_x(0, u) + from_h(0, u, h)), f = sigmoid(from_x(1, u) + from_h(1, u, h));
      const double g = std::tanh(from_x(2, u) + from_h(2, u, h)), o = sigmoid(from_x(3, u) + from_h(3, u, h));
      c[u] = f * c[u] + i * g;
      next[u] = o * std::tanh(c[u]);
    } else {
      reset[u] = sigmoid(from_x(0, u) + from_h(0, u, h));
    }
  }
  if (cell.kind == CellKind::gru) {
    std::vector<double> reset_h(hidden);
    for (int u = 0; u < hidden; ++u) reset_h[u] = reset[u] * h[u];
    for (int u = 0; u < hidden; ++u) {
      const double z = sigmoid(from_x(1, u) + from_h(1, u, h));
      const double n = std::tanh(from_x(2, u) + (cell.reset_after ? reset[u] * (from_h(2, u, h) + bias_hn[u]) : from_h(2, u, reset_h)));
      next[u] = (1 - z) * n + z * h[u];
    }
  }
  h = next;
}

template <class S>
NaiveResult naive_forward(const LayerCase<S>& test) {
  const StackSpec& spec = test.spec;
  const int H = spec.hidden, D = spec.directions();
  NaiveResult result{{}, std::vector<double>(test.h0.size()), std::vector<double>(test.c0.size())};
  std::vector<double> input(test.x.begin(), test.x.end());
  std::size_t parameter = 0;
  const auto next_parameter = [&] {
    const S* values = test.layer.values(parameter);
    std::vector<double> copy(values, values + test.layer.size(parameter));
    ++parameter;
    return copy;
  };
  for (int layer = 0; layer < spec.layers; ++layer) {
    const int I = spec.layer_input(layer);
    std::vector<double> output(static_cast<std::size_t>(test.steps) * test.batch * D * H, 0.0);
    for (int direction = 0; direction < D; ++direction) {
      const std::vector<double> w_ih = next_parameter(), w_hh = next_parameter(), bias = next_parameter();
      const std::vector<double> bias_hn = spec.cell.has_hidden_bias() ? next_parameter() : std::vector<double>();
      for (int b = 0; b < test.batch; ++b) {
        const std::size_t state = (static_cast<std::size_t>(layer * D + direction) * test.batch + b) * H;
        std::vector<double> h(test.h0.begin() + state, test.h0.begin() + state + H), c(H, 0.0);
        if (!test.c0.empty()) c.assign(test.c0.begin() + state, test.c0.begin() + state + H);
        const int length = test.lengths.empty() ? test.steps : test.lengths[b];
        for (int i = 0; i < length; ++i) {
          const std::size_t row = static_cast<std::size_t>(direction == 0 ? i : length - 1 - i) * test.batch + b;
          naive_step(spec.cell, I, H, &input[row * I], h, c, w_ih, w_hh, bias, bias_hn);
          for (int u = 0; u < H; ++u) output[row * D * H + direction * H + u] = h[u];
        }
        for (int u = 0; u < H; ++u) result.h[state + u] = h[u];
        if (!test.c0.empty())
          for (int u = 0; u < H; ++u) result.c[state + u] = c[u];
      }
    }
    input = output;
  }
  result.output = input;
  return result;
}

}  // namespace test
}  // namespace bptt

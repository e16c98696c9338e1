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

// The parameters of a layer and direction, by role.
using NaiveParameters = std::vector<double>[parameter_roles];

// One step of one sequence: h and c are replaced.
inline void naive_step(const Cell& cell, int input, int hidden, const double* x, std::vector<double>& h, std::vector<double>& c, const NaiveParameters& parameters) {
  const auto of = [&](ParameterRole role) -> const std::vector<double>& { return parameters[static_cast<int>(role)]; };
  const int state = cell.state(hidden);
  const auto from_x = [&](int gate, int unit) {
    double sum = of(ParameterRole::bias)[gate * hidden + unit];
    for (int k = 0; k < input; ++k) sum += of(ParameterRole::weight_ih)[(static_cast<std::size_t>(gate) * hidden + unit) * input + k] * x[k];
    return sum;
  };
  const auto from_h = [&](int gate, int unit, const std::vector<double>& read) {
    double sum = 0;
    for (int k = 0; k < state; ++k) sum += of(ParameterRole::weight_hh)[(static_cast<std::size_t>(gate) * hidden + unit) * state + k] * read[k];
    return sum;
  };
  const auto peephole = [&](int gate, int unit) { return cell.peepholes ? of(ParameterRole::weight_peephole)[gate * hidden + unit] * c[unit] : 0; };
  const auto sigmoid = [](double value) { return nonlinear(Activation::sigmoid, value); };
  std::vector<double> next(hidden), reset(hidden);
  for (int u = 0; u < hidden; ++u) {
    switch (cell.kind) {
      case CellKind::rnn: next[u] = nonlinear(cell.activation, from_x(0, u) + from_h(0, u, h)); break;
      case CellKind::lstm: {
        const double i = sigmoid(from_x(0, u) + from_h(0, u, h) + peephole(0, u)), f = sigmoid(from_x(1, u) + from_h(1, u, h) + peephole(1, u));
        c[u] = f * c[u] + i * std::tanh(from_x(2, u) + from_h(2, u, h));
        next[u] = sigmoid(from_x(3, u) + from_h(3, u, h) + peephole(2, u)) * std::tanh(c[u]);
        break;
      }
      case CellKind::mingru: {
        const double z = sigmoid(from_x(0, u));
        next[u] = (1 - z) * h[u] + z * from_x(1, u);
        break;
      }
      case CellKind::gru: reset[u] = sigmoid(from_x(0, u) + from_h(0, u, h)); break;
    }
  }
  if (cell.kind == CellKind::gru) {
    std::vector<double> reset_h(hidden);
    for (int u = 0; u < hidden; ++u) reset_h[u] = reset[u] * h[u];
    for (int u = 0; u < hidden; ++u) {
      const double z = sigmoid(from_x(1, u) + from_h(1, u, h));
      const double n = std::tanh(from_x(2, u) + (cell.reset_after ? reset[u] * (from_h(2, u, h) + of(ParameterRole::bias_hn)[u]) : from_h(2, u, reset_h)));
      next[u] = (1 - z) * n + z * h[u];
    }
  }
  if (cell.has_projection()) {
    std::vector<double> projected(state, 0.0);
    for (int p = 0; p < state; ++p)
      for (int u = 0; u < hidden; ++u) projected[p] += of(ParameterRole::weight_hr)[static_cast<std::size_t>(p) * hidden + u] * next[u];
    next = projected;
  }
  h = next;
}

template <class S>
NaiveResult naive_forward(const LayerCase<S>& test) {
  const StackSpec& spec = test.spec;
  const int H = spec.hidden, P = spec.state(), D = spec.directions();
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
    std::vector<double> output(static_cast<std::size_t>(test.steps) * test.batch * D * P, 0.0);
    for (int direction = 0; direction < D; ++direction) {
      NaiveParameters parameters;
      for (int role = 0; role < parameter_roles; ++role)
        if (spec.cell.has(ParameterRole(role))) parameters[role] = next_parameter();
      for (int b = 0; b < test.batch; ++b) {
        const std::size_t place = static_cast<std::size_t>(layer * D + direction) * test.batch + b;
        std::vector<double> h(test.h0.begin() + place * P, test.h0.begin() + (place + 1) * P), c(H, 0.0);
        if (!test.c0.empty()) c.assign(test.c0.begin() + place * H, test.c0.begin() + (place + 1) * H);
        const int length = test.lengths.empty() ? test.steps : test.lengths[b];
        for (int i = 0; i < length; ++i) {
          const std::size_t row = static_cast<std::size_t>(direction == 0 ? i : length - 1 - i) * test.batch + b;
          naive_step(spec.cell, I, H, &input[row * I], h, c, parameters);
          for (int u = 0; u < P; ++u) output[row * D * P + direction * P + u] = h[u];
        }
        for (int u = 0; u < P; ++u) result.h[place * P + u] = h[u];
        if (!test.c0.empty())
          for (int u = 0; u < H; ++u) result.c[place * H + u] = c[u];
      }
    }
    input = output;
  }
  result.output = input;
  return result;
}

}  // namespace test
}  // namespace bptt

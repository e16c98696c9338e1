// The recurrence as plain loops, straight from the equations: the oracle that the kernels are held against.
#pragma once

#include <cmath>
#include <utility>
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

// (v − mean) / √(variance + 1e-5) of elements [begin, end), ⊙ gain + bias; none where there are no gains.
inline void naive_normalise(std::vector<double>& v, std::size_t begin, std::size_t end, const std::vector<double>& gain, const std::vector<double>& bias) {
  if (gain.empty()) return;
  double mean = 0, variance = 0;
  for (std::size_t i = begin; i < end; ++i) mean += v[i] / (end - begin);
  for (std::size_t i = begin; i < end; ++i) variance += (v[i] - mean) * (v[i] - mean) / (end - begin);
  for (std::size_t i = begin; i < end; ++i) v[i] = (v[i] - mean) / std::sqrt(variance + 1e-5) * gain[i] + bias[i];
}

// One step of one sequence: h and c are replaced.
inline void naive_step(const Cell& cell, int input, int hidden, const double* x, std::vector<double>& h, std::vector<double>& c, const NaiveParameters& parameters) {
  const auto of = [&](ParameterRole role) -> const std::vector<double>& { return parameters[static_cast<int>(role)]; };
  const int state = cell.state(hidden), gates = cell.gates();
  // W v for all gates.
  const auto product = [&](ParameterRole role, int columns, const double* v) {
    std::vector<double> sums(static_cast<std::size_t>(gates) * hidden, 0.0);
    if (!of(role).empty())
      for (std::size_t row = 0; row < sums.size(); ++row)
        for (int k = 0; k < columns; ++k) sums[row] += of(role)[row * columns + k] * v[k];
    return sums;
  };
  std::vector<double> from_x = product(ParameterRole::weight_ih, input, x), from_h = product(ParameterRole::weight_hh, state, h.data());
  // The candidate of a gru is normalised by itself.
  const std::size_t together = (cell.kind == CellKind::gru ? 2 : gates) * static_cast<std::size_t>(hidden);
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, together}, {together, from_x.size()}}) {
    naive_normalise(from_x, begin, end, of(ParameterRole::norm_ih), of(ParameterRole::norm_ih_bias));
    naive_normalise(from_h, begin, end, of(ParameterRole::norm_hh), of(ParameterRole::norm_hh_bias));
  }
  for (std::size_t row = 0; row < from_x.size(); ++row) from_x[row] += of(ParameterRole::bias)[row];
  const auto sum = [&](int gate, int unit) { return from_x[gate * hidden + unit] + from_h[gate * hidden + unit]; };
  const auto peephole = [&](int gate, int unit) { return cell.peepholes ? of(ParameterRole::weight_peephole)[gate * hidden + unit] * c[unit] : 0; };
  const auto sigmoid = [](double value) { return nonlinear(Activation::sigmoid, value); };
  std::vector<double> next(hidden);
  switch (cell.kind) {
    case CellKind::rnn:
      for (int u = 0; u < hidden; ++u) next[u] = nonlinear(cell.activation, sum(0, u));
      break;
    case CellKind::lstm: {
      std::vector<double> o(hidden);
      for (int u = 0; u < hidden; ++u) {
        const double i = sigmoid(sum(0, u) + peephole(0, u)), f = sigmoid(sum(1, u) + peephole(1, u));
        c[u] = f * c[u] + i * std::tanh(sum(2, u));
        o[u] = sigmoid(sum(3, u) + peephole(2, u));
      }
      std::vector<double> seen = c;
      naive_normalise(seen, 0, seen.size(), of(ParameterRole::norm_c), of(ParameterRole::norm_c_bias));
      for (int u = 0; u < hidden; ++u) next[u] = o[u] * std::tanh(seen[u]);
      break;
    }
    case CellKind::gru: {
      std::vector<double> reset(hidden), reset_h(hidden);
      for (int u = 0; u < hidden; ++u) reset_h[u] = (reset[u] = sigmoid(sum(0, u))) * h[u];
      const std::vector<double> again = product(ParameterRole::weight_hh, state, reset_h.data());
      for (int u = 0; u < hidden; ++u) {
        const int row = 2 * hidden + u;
        const double z = sigmoid(sum(1, u));
        const double n = std::tanh(from_x[row] + (cell.reset_after ? reset[u] * (from_h[row] + of(ParameterRole::bias_hn)[u]) : again[row]));
        next[u] = (1 - z) * n + z * h[u];
      }
      break;
    }
    case CellKind::mingru:
      for (int u = 0; u < hidden; ++u) {
        const double z = sigmoid(sum(0, u));
        next[u] = (1 - z) * h[u] + z * sum(1, u);
      }
      break;
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

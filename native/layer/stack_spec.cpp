#include "layer/stack_spec.h"

#include <algorithm>
#include <cmath>

#include "support/random.h"

namespace bptt {

std::vector<StackParameter> stack_parameters(const StackSpec& spec) {
  std::vector<StackParameter> parameters;
  const int rows = spec.gates() * spec.hidden;
  for (int layer = 0; layer < spec.layers; ++layer) {
    for (int direction = 0; direction < spec.directions(); ++direction) {
      const std::string suffix = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
      parameters.push_back({"weight_ih" + suffix, rows, spec.layer_input(layer), StackParameter::weight_ih, layer, direction});
      parameters.push_back({"weight_hh" + suffix, rows, spec.hidden, StackParameter::weight_hh, layer, direction});
      parameters.push_back({"bias" + suffix, rows, 0, StackParameter::bias, layer, direction});
      if (spec.cell.has_hidden_bias()) parameters.push_back({"bias_hn" + suffix, spec.hidden, 0, StackParameter::bias_hn, layer, direction});
    }
  }
  return parameters;
}

namespace {

double dot(const double* a, const double* b, int size) {
  // Eight sums that do not wait for each other.
  double sums[8] = {};
  int i = 0;
  for (; i + 8 <= size; i += 8)
    for (int lane = 0; lane < 8; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  for (; i < size; ++i) sums[0] += a[i] * b[i];
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

// The rows of a square matrix of normal random numbers made orthonormal one after the other (modified Gram-Schmidt): a
// random rotation (Saxe, McClelland, Ganguli 2014 for why recurrent weights should be one).
void orthonormal_rows(std::vector<double>& matrix, int size) {
  for (int row = 0; row < size; ++row) {
    double* v = &matrix[static_cast<std::size_t>(row) * size];
    for (int other = 0; other < row; ++other) {
      const double* u = &matrix[static_cast<std::size_t>(other) * size];
      const double along = dot(u, v, size);
      for (int i = 0; i < size; ++i) v[i] -= along * u[i];
    }
    const double norm = std::sqrt(dot(v, v, size));
    for (int i = 0; i < size; ++i) v[i] /= norm;
  }
}

}  // namespace

template <class S>
void initialise(const StackSpec& spec, const StackParameter& parameter, std::uint64_t seed, std::uint64_t stream, S* values) {
  const Random random(seed, stream);
  const int hidden = spec.hidden;
  switch (parameter.role) {
    case StackParameter::weight_ih: {
      // Glorot and Bengio 2010: uniform in ±√(6 / (fan in + fan out)), each gate a matrix [H, I] of its own.
      const double bound = std::sqrt(6.0 / (parameter.columns + hidden));
      const std::size_t size = static_cast<std::size_t>(parameter.rows) * parameter.columns;
      for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<S>(bound * (2 * random.uniform(i) - 1));
      break;
    }
    case StackParameter::weight_hh: {
      const std::size_t size = static_cast<std::size_t>(hidden) * hidden;
      std::vector<double> matrix(size);
      for (int gate = 0; gate < spec.gates(); ++gate) {
        for (std::size_t i = 0; i < size; ++i) matrix[i] = random.normal(gate * size + i);
        orthonormal_rows(matrix, hidden);
        for (std::size_t i = 0; i < size; ++i) values[gate * size + i] = static_cast<S>(matrix[i]);
      }
      break;
    }
    case StackParameter::bias:
      std::fill(values, values + parameter.rows, S(0));
      if (spec.cell.kind == CellKind::lstm) std::fill(values + hidden, values + 2 * hidden, static_cast<S>(spec.cell.forget_bias));
      break;
    case StackParameter::bias_hn:
      std::fill(values, values + parameter.rows, S(0));
      break;
  }
}

template void initialise<float>(const StackSpec&, const StackParameter&, std::uint64_t, std::uint64_t, float*);
#ifdef BPTT_WITH_DOUBLE
template void initialise<double>(const StackSpec&, const StackParameter&, std::uint64_t, std::uint64_t, double*);
#endif

}  // namespace bptt

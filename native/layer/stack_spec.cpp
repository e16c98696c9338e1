#include "layer/stack_spec.h"

#include <algorithm>
#include <cmath>
#include <utility>

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

// A random rotation (Saxe, McClelland, Ganguli 2014 for why recurrent weights should be one): the identity turned by Kac's
// walk (Kac 1956), here rounds in which every row meets another one and both turn by a random angle in their plane. It is
// orthogonal to rounding at any time; a number of rounds of the order of log H spreads every row over all units. A QR
// decomposition would need H³ operations for it instead of H² log H, seconds for a wide layer.
void turn_rows(std::vector<double>& matrix, int size, const Random& random, std::uint64_t counter, const Stop& stop) {
  std::fill(matrix.begin(), matrix.end(), 0.0);
  for (int i = 0; i < size; ++i) matrix[static_cast<std::size_t>(i) * size + i] = 1;
  int rounds = 8;
  for (int reach = 1; reach < size; reach *= 2) rounds += 2;
  std::vector<int> order(size);
  for (int i = 0; i < size; ++i) order[i] = i;
  for (int round = 0; round < rounds; ++round) {
    stop.check();
    for (int i = size - 1; i > 0; --i) std::swap(order[i], order[static_cast<int>(random.uniform(counter++) * (i + 1))]);
    for (int pair = 0; pair + 1 < size; pair += 2) {
      double* a = &matrix[static_cast<std::size_t>(order[pair]) * size];
      double* b = &matrix[static_cast<std::size_t>(order[pair + 1]) * size];
      const double angle = 6.283185307179586477 * random.uniform(counter++), cosine = std::cos(angle), sine = std::sin(angle);
      for (int i = 0; i < size; ++i) {
        const double x = a[i], y = b[i];
        a[i] = cosine * x - sine * y;
        b[i] = sine * x + cosine * y;
      }
    }
  }
  // Half of the rows change sign, so that a single unit is not always +1.
  for (int row = 0; row < size; ++row)
    if (random.uniform(counter++) < 0.5)
      for (int i = 0; i < size; ++i) matrix[static_cast<std::size_t>(row) * size + i] *= -1;
}

}  // namespace

template <class S>
void initialise(const StackSpec& spec, const StackParameter& parameter, std::uint64_t seed, std::uint64_t stream, const Stop& stop, S* values) {
  const Random random(seed, stream);
  const int hidden = spec.hidden;
  switch (parameter.role) {
    case StackParameter::weight_ih: {
      // Glorot and Bengio 2010: uniform in ±√(6 / (fan in + fan out)), each gate a matrix [H, I] of its own.
      const double bound = std::sqrt(6.0 / (parameter.columns + hidden));
      for (int row = 0; row < parameter.rows; ++row) {
        stop.check();
        const std::size_t begin = static_cast<std::size_t>(row) * parameter.columns, end = begin + parameter.columns;
        for (std::size_t i = begin; i < end; ++i) values[i] = static_cast<S>(bound * (2 * random.uniform(i) - 1));
      }
      break;
    }
    case StackParameter::weight_hh: {
      const std::size_t size = static_cast<std::size_t>(hidden) * hidden;
      std::vector<double> matrix(size);
      for (int gate = 0; gate < spec.gates(); ++gate) {
        turn_rows(matrix, hidden, random, static_cast<std::uint64_t>(gate) << 40, stop);
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

template void initialise<float>(const StackSpec&, const StackParameter&, std::uint64_t, std::uint64_t, const Stop&, float*);
#ifdef BPTT_WITH_DOUBLE
template void initialise<double>(const StackSpec&, const StackParameter&, std::uint64_t, std::uint64_t, const Stop&, double*);
#endif

}  // namespace bptt

#include "layer/stack_spec.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "support/random.h"

namespace bptt {

double StackSpec::weights(int layer) const {
  const double chain = cell.traits().feeds_back ? state() : 0;
  return static_cast<double>(gates()) * hidden * (layer_input(layer) + chain) + (cell.has_projection() ? static_cast<double>(hidden) * state() : 0);
}

namespace {

bool is_norm_bias(ParameterRole role) { return role == ParameterRole::norm_ih_bias || role == ParameterRole::norm_hh_bias || role == ParameterRole::norm_c_bias; }

}  // namespace

std::vector<StackParameter> stack_parameters(const StackSpec& spec) {
  constexpr const char* names[parameter_roles] = {"weight_ih", "weight_hh", "bias", "bias_hn", "weight_peephole", "weight_hr",
                                                   "norm_ih", "norm_ih", "norm_hh", "norm_hh", "norm_c", "norm_c"};
  const int gates = spec.gates() * spec.hidden;
  std::vector<StackParameter> parameters;
  for (int layer = 0; layer < spec.layers; ++layer) {
    const int rows[parameter_roles] = {gates, gates, gates, spec.hidden, 3 * spec.hidden, spec.state(), gates, gates, gates, gates, spec.hidden, spec.hidden};
    const int columns[parameter_roles] = {spec.layer_input(layer), spec.state(), 0, 0, 0, spec.hidden, 0, 0, 0, 0, 0, 0};
    for (int direction = 0; direction < spec.directions(); ++direction) {
      const std::string suffix = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
      for (int role = 0; role < parameter_roles; ++role)
        if (spec.cell.has(ParameterRole(role))) parameters.push_back({names[role] + suffix + (is_norm_bias(ParameterRole(role)) ? "_bias" : ""), rows[role], columns[role], ParameterRole(role), layer, direction});
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
    case ParameterRole::weight_ih:
    case ParameterRole::weight_hr: {
      // Glorot and Bengio 2010: uniform in ±√(6 / (fan in + fan out)), each gate a matrix [H, I] of its own.
      const double bound = std::sqrt(6.0 / (parameter.columns + (parameter.role == ParameterRole::weight_ih ? hidden : parameter.rows)));
      for (int row = 0; row < parameter.rows; ++row) {
        stop.check();
        const std::size_t begin = static_cast<std::size_t>(row) * parameter.columns, end = begin + parameter.columns;
        for (std::size_t i = begin; i < end; ++i) values[i] = static_cast<S>(bound * (2 * random.uniform(i) - 1));
      }
      break;
    }
    case ParameterRole::weight_hh: {
      std::vector<double> matrix(static_cast<std::size_t>(hidden) * hidden);
      for (int gate = 0; gate < spec.gates(); ++gate) {
        turn_rows(matrix, hidden, random, static_cast<std::uint64_t>(gate) << 40, stop);
        for (int row = 0; row < hidden; ++row)
          for (int column = 0; column < parameter.columns; ++column) *values++ = static_cast<S>(matrix[static_cast<std::size_t>(row) * hidden + column]);
      }
      break;
    }
    case ParameterRole::bias:
      std::fill(values, values + parameter.rows, S(0));
      if (spec.cell.kind == CellKind::lstm) std::fill(values + hidden, values + 2 * hidden, static_cast<S>(spec.cell.forget_bias));
      break;
    case ParameterRole::norm_ih:
    case ParameterRole::norm_hh:
    case ParameterRole::norm_c:
      std::fill(values, values + parameter.rows, S(1));
      break;
    case ParameterRole::norm_ih_bias:
    case ParameterRole::norm_hh_bias:
    case ParameterRole::norm_c_bias:
    case ParameterRole::bias_hn:
    case ParameterRole::weight_peephole:
      std::fill(values, values + parameter.rows, S(0));
      break;
  }
}

template void initialise<float>(const StackSpec&, const StackParameter&, std::uint64_t, std::uint64_t, const Stop&, float*);
#ifdef BPTT_WITH_DOUBLE
template void initialise<double>(const StackSpec&, const StackParameter&, std::uint64_t, std::uint64_t, const Stop&, double*);
#endif

}  // namespace bptt

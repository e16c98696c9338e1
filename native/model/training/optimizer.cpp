#include "model/training/optimizer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "support/parallel.h"

namespace bptt {

namespace {

void check_number(const char* option, double value, bool fits, const char* expected) {
  if (!fits || !std::isfinite(static_cast<float>(value)))
    throw Error(ErrorCode::option, std::string(option) + ": expected a number " + expected + ", found " + std::to_string(value));
}

template <class S>
typename Update<S>::Kind update_of(OptimizerSpec::Kind kind) {
  switch (kind) {
    case OptimizerSpec::sgd: return Update<S>::sgd;
    case OptimizerSpec::rmsprop: return Update<S>::rmsprop;
    case OptimizerSpec::adam: return Update<S>::adam;
    case OptimizerSpec::adamw: return Update<S>::adamw;
  }
  throw Error(ErrorCode::option, "kind: expected an optimizer");
}

}  // namespace

void OptimizerSpec::check() const {
  check_number("momentum", momentum, momentum >= 0 && momentum < 1, "≥ 0 and < 1");
  check_number("decay", decay, decay >= 0 && decay < 1, "≥ 0 and < 1");
  check_number("beta1", beta1, beta1 >= 0 && beta1 < 1, "≥ 0 and < 1");
  check_number("beta2", beta2, beta2 >= 0 && beta2 < 1, "≥ 0 and < 1");
  check_number("epsilon", epsilon, epsilon >= 0, "≥ 0");
  check_number("weightDecay", weight_decay, weight_decay >= 0, "≥ 0");
  if (nesterov && (kind != sgd || momentum == 0)) throw Error(ErrorCode::option, "nesterov: expected false, or kind 'sgd' with a momentum > 0");
}

template <class S>
Optimizer<S>::Optimizer(const OptimizerSpec& spec, const ParameterArena& arena) : spec_(spec) {
  spec.check();
  if (spec.has_first()) first_ = Parameters<S>(arena);
  if (spec.has_second()) second_ = Parameters<S>(arena);
}

template <class S>
void Optimizer<S>::restore(std::uint64_t steps, Parameters<S> first, Parameters<S> second, const ParameterArena& arena) {
  const auto check = [&arena](const char* name, const Parameters<S>& found, bool expected) {
    if (expected) found.check(arena, name);
    else if (!found.empty()) throw Error(ErrorCode::shape, std::string(name) + ": expected no such moment of this optimizer, found one");
  };
  check("first", first, spec_.has_first());
  check("second", second, spec_.has_second());
  steps_ = steps;
  first_ = std::move(first);
  second_ = std::move(second);
}

// Chunks of a fixed size, each summed in the kernel's order, then one after the other.
template <class S>
double Optimizer<S>::sum_of_squares(const S* values, std::size_t size, ThreadPool& pool) {
  constexpr std::size_t chunk = 8192;
  const std::size_t chunks = (size + chunk - 1) / chunk;
  partial_.resize(chunks);
  parallel(pool, chunks, chunk / 4.0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      partial_[i] = current_kernels<S>().sum_of_squares(values + i * chunk, std::min(chunk, size - i * chunk));
  });
  double sum = 0;
  for (double part : partial_) sum += part;
  return sum;
}

template <class S>
double Optimizer<S>::norm(const Gradients<S>& gradients, ThreadPool& pool) {
  const double dense = sum_of_squares(gradients.dense.data(), gradients.dense.size(), pool);
  double rows = 0;
  for (const SparseGradient<S>& table : gradients.tables) rows += sum_of_squares(table.values(), static_cast<std::size_t>(table.count()) * table.columns(), pool);
  return std::sqrt(dense + rows);
}

template <class S>
void Optimizer<S>::step(Parameters<S>& parameters, const Gradients<S>& gradients, double scale, double learning_rate, ThreadPool& pool) {
  ++steps_;
  const double t = static_cast<double>(steps_);
  Update<S> all{};
  all.kind = update_of<S>(spec_.kind);
  all.scale = scale;
  all.learning_rate = learning_rate;
  all.momentum = spec_.momentum;
  all.decay = spec_.decay;
  all.beta1 = spec_.beta1;
  all.beta2 = spec_.beta2;
  all.epsilon = spec_.epsilon;
  all.weight_decay = spec_.weight_decay;
  all.correction1 = 1 - std::pow(spec_.beta1, t);
  all.correction2 = 1 - std::pow(spec_.beta2, t);
  all.nesterov = spec_.nesterov;

  constexpr double cost = 2;  // operations a number
  parallel(pool, gradients.dense.size(), cost, [&](std::size_t begin, std::size_t end) {
    Update<S> part = all;
    part.size = end - begin;
    part.parameters = parameters.dense.data() + begin;
    part.gradients = gradients.dense.data() + begin;
    if (spec_.has_first()) part.first = first_.dense.data() + begin;
    if (spec_.has_second()) part.second = second_.dense.data() + begin;
    current_kernels<S>().update(part);
  });
  for (std::size_t which = 0; which < gradients.tables.size(); ++which) {
    const SparseGradient<S>& table = gradients.tables[which];
    parallel(pool, table.count(), cost * table.columns(), [&](std::size_t begin, std::size_t end) {
      Update<S> row = all;
      row.size = table.columns();
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t offset = static_cast<std::size_t>(table.row(static_cast<int>(i))) * table.columns();
        row.parameters = parameters.tables[which].data() + offset;
        row.gradients = table.values(static_cast<int>(i));
        if (spec_.has_first()) row.first = first_.tables[which].data() + offset;
        if (spec_.has_second()) row.second = second_.tables[which].data() + offset;
        current_kernels<S>().update(row);
      }
    });
  }
}

template class Optimizer<float>;
#ifdef BPTT_WITH_DOUBLE
template class Optimizer<double>;
#endif

}  // namespace bptt

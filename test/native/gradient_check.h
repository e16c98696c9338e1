// The gradient that a whole training step works with, against central differences of the loss, in double. With plain SGD at a
// rate of 1 a step moves the parameters by minus the gradient.
#pragma once

#include <functional>

#include "check.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {

inline TrainerSpec plain_sgd() {
  TrainerSpec spec;
  spec.optimizer.kind = OptimizerSpec::sgd;
  spec.seed = 11;
  return spec;
}

// Mean loss of the first training step (so with the dropout of that step) from these parameters.
inline double mean_loss(const NetworkSpec& spec, const TrainerSpec& training, const Parameters<double>& parameters, const Batch<double>& batch, ThreadPool& pool) {
  const auto architecture = std::make_shared<const Architecture>(spec);
  Trainer<double> trainer(std::make_shared<const Snapshot<double>>(architecture, parameters), training);
  const StepResult result = trainer.step(batch, 0, pool);
  return result.loss / result.count;
}

inline void check_gradients(const NetworkSpec& spec, const std::vector<std::int32_t>& lengths, TrainerSpec training = plain_sgd(),
                            const std::function<void(Batch<double>&)>& prepare = {}) {
  // What is normalised bends sharply where its numbers are close to each other.
  const bool normalises = spec.cell.layer_norm || spec.decoder.cell.layer_norm;
  const double epsilon = normalises ? 1e-6 : 1e-5;
  ThreadPool pool(1);
  const auto start = random_snapshot<double>(spec);
  Batch<double> batch = random_batch<double>(spec, lengths);
  if (prepare) prepare(batch);
  Trainer<double> trainer(start, training);
  const StepResult result = trainer.step(batch, 1, pool);

  const ParameterArena& arena = start->architecture().arena;
  Parameters<double> moved = start->parameters();
  double squares = 0;
  for (const ParameterEntry& entry : arena.entries()) {
    const double* before = start->parameters().values(entry);
    const double* after = trainer.parameters().values(entry);
    double* values = moved.values(entry);
    double error = 0, largest = 0;
    for (std::size_t i = 0; i < entry.size(); ++i) {
      const double gradient = before[i] - after[i];
      values[i] = before[i] + epsilon;
      const double above = mean_loss(spec, training, moved, batch, pool);
      values[i] = before[i] - epsilon;
      const double below = mean_loss(spec, training, moved, batch, pool);
      values[i] = before[i];
      const double difference = std::fabs(gradient - (above - below) / (2 * epsilon));
      if (!(difference <= error)) error = difference;
      largest = std::max(largest, std::fabs(gradient));
      squares += gradient * gradient;
    }
    CHECK_WITH(error <= (normalises ? 1e-6 : 1e-7) * largest + (normalises ? 2e-9 : 2e-10), describe(spec) << ": gradient of " << entry.name << " is off by " << error << ", largest " << largest);
  }
  CHECK_WITH(std::fabs(std::sqrt(squares) - result.gradient_norm) <= 1e-9 * (1 + result.gradient_norm), describe(spec) << ": norm " << result.gradient_norm);
}

}  // namespace test
}  // namespace bptt

// The gradient of everything that can be trained, as a whole training step sees it, against central differences of the
// loss, in double. With plain SGD at a rate of 1 a step moves the parameters by minus the gradient.
#include "check.h"
#include "model_cases.h"

namespace bptt {
namespace test {
namespace {

TrainerSpec plain_sgd() {
  TrainerSpec spec;
  spec.optimizer.kind = OptimizerSpec::sgd;
  spec.seed = 11;
  return spec;
}

// Mean loss of the first training step (so with the dropout of that step) from these parameters.
double mean_loss(const NetworkSpec& spec, const TrainerSpec& training, const Parameters<double>& parameters, const Batch<double>& batch, ThreadPool& pool) {
  const auto architecture = std::make_shared<const Architecture>(spec);
  Trainer<double> trainer(std::make_shared<const Snapshot<double>>(architecture, parameters), training);
  const StepResult result = trainer.step(batch, 0, pool);
  return result.loss / result.count;
}

void check_gradients(const NetworkSpec& spec, const std::vector<std::int32_t>& lengths, TrainerSpec training = plain_sgd()) {
  constexpr double epsilon = 1e-5;
  ThreadPool pool(1);
  const auto start = random_snapshot<double>(spec);
  const Batch<double> batch = random_batch<double>(spec, lengths);
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
    CHECK_WITH(error <= 1e-7 * largest + 2e-10, describe(spec) << ": gradient of " << entry.name << " is off by " << error << ", largest " << largest);
  }
  CHECK_WITH(std::fabs(std::sqrt(squares) - result.gradient_norm) <= 1e-9 * (1 + result.gradient_norm), describe(spec) << ": norm " << result.gradient_norm);
}

const std::vector<std::int32_t> ragged = {2, 0, 4, 3};
constexpr Pooling poolings[] = {Pooling::none, Pooling::last, Pooling::mean, Pooling::max, Pooling::attention};
constexpr OutputKind outputs[] = {OutputKind::classes, OutputKind::values, OutputKind::multihot};

BPTT_TEST("model gradients: every pooling and head") {
  for (Pooling pooling : poolings)
    for (OutputKind output : outputs)
      for (bool bidirectional : {false, true}) {
        NetworkSpec spec = network(InputKind::tokens, 6, 2, pooling, output, 3);
        spec.bidirectional = bidirectional;
        check_gradients(spec, ragged);
      }
}

BPTT_TEST("model gradients: ctc") {
  for (int classes : {2, 3, 7}) {
    NetworkSpec spec = network(InputKind::tokens, 6, 2, Pooling::none, OutputKind::classes, classes);
    spec.bidirectional = true;
    spec.ctc = true;
    spec.dropout_output = 0.2;
    check_gradients(spec, {5, 0, 4, 9, 1, 6});
  }
}

BPTT_TEST("model gradients: crf, with unknown labels and forbidden transitions") {
  for (int labels : {1, 2, 5})
    for (bool rules : {false, true}) {
      NetworkSpec spec = network(InputKind::tokens, 6, 2, Pooling::none, OutputKind::classes, labels);
      spec.bidirectional = true;
      spec.crf = true;
      spec.dropout_output = 0.2;
      if (rules) {
        // The last label may neither begin nor end, nor follow the first one.
        const int width = labels + 1;
        spec.forbidden.assign(width * width, 0);
        if (labels > 1) spec.forbidden[labels * width + labels - 1] = spec.forbidden[(labels - 1) * width + labels] = spec.forbidden[labels - 1] = 1;
      }
      check_gradients(spec, {5, 0, 4, 9, 1, 6});
    }
}

BPTT_TEST("model gradients: every cell, one and two layers") {
  for (const Cell& cell : all_cells())
    for (int layers : {1, 2})
      for (Pooling pooling : {Pooling::none, Pooling::last}) {
        NetworkSpec spec = network(InputKind::features, 2, 0, pooling, OutputKind::values, 2);
        spec.cell = cell;
        spec.layers = layers;
        spec.bidirectional = true;
        check_gradients(spec, ragged);
      }
}

BPTT_TEST("model gradients: every input") {
  for (int window : {0, 1, 3}) {
    NetworkSpec spec = network(InputKind::tokens, 5, 2, Pooling::none, OutputKind::classes, 3);
    spec.window = window;
    check_gradients(spec, ragged);
    check_gradients(spec, {1});
  }
  for (int embedding : {0, 2}) check_gradients(network(InputKind::multihot, 5, embedding, Pooling::none, OutputKind::multihot, 5), ragged);
  check_gradients(network(InputKind::features, 3, 0, Pooling::none, OutputKind::classes, 2), {3, 3});
}

BPTT_TEST("model gradients: characters of words") {
  for (int window : {0, 2})
    for (Pooling pooling : {Pooling::none, Pooling::last, Pooling::attention}) {
      NetworkSpec spec = network(InputKind::tokens, 5, 2, pooling, OutputKind::classes, 3);
      spec.window = window;
      spec.bidirectional = window == 0;
      spec.characters = {4, 2, 3};
      check_gradients(spec, ragged);
      spec.dropout_input = 0.3;
      TrainerSpec training = plain_sgd();
      training.rare_tokens.assign(5, 1);
      training.rare_characters.assign(4, 1);
      check_gradients(spec, ragged, training);
    }
  // Without a word there is nothing to read, and no gradient.
  NetworkSpec spec = network(InputKind::tokens, 5, 2, Pooling::last, OutputKind::values, 3);
  spec.characters = {4, 2, 3};
  check_gradients(spec, {0, 0});
}

BPTT_TEST("model gradients: every dropout, and rare tokens") {
  for (Pooling pooling : poolings) {
    NetworkSpec spec = network(InputKind::tokens, 5, 2, pooling, OutputKind::classes, 3);
    spec.window = 1;
    spec.layers = 2;
    spec.bidirectional = true;
    spec.dropout_input = 0.3;
    spec.dropout_between = 0.4;
    spec.dropout_recurrent = 0.25;
    spec.dropout_output = 0.5;
    TrainerSpec training = plain_sgd();
    training.rare_tokens.assign(5, 1);
    check_gradients(spec, ragged, training);
  }
  NetworkSpec spec = network(InputKind::multihot, 5, 2, Pooling::mean, OutputKind::values, 2);
  spec.dropout_input = spec.dropout_output = 0.4;
  check_gradients(spec, ragged);
}

}  // namespace
}  // namespace test
}  // namespace bptt

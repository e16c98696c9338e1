// Pooling, probabilities and losses against their equations written out as plain loops.
#include "check.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {

// The network with its head replaced by the identity, so that its values are what the head reads.
std::shared_ptr<const Snapshot<double>> without_head(const Snapshot<double>& from, Pooling pooling) {
  NetworkSpec spec = from.architecture().spec;
  spec.pooling = pooling;
  spec.output = OutputKind::values;
  spec.outputs = spec.pooled_size();
  Network<double> network(spec);
  for (const ParameterEntry& entry : network.arena().entries()) {
    std::vector<double> values(entry.size(), 0.0);
    if (entry.role == ParameterEntry::output_weight)
      for (int i = 0; i < spec.outputs; ++i) values[i * spec.outputs + i] = 1;
    else if (entry.role != ParameterEntry::output_bias)
      std::copy_n(from.parameters().values(from.architecture().arena.find(entry.name)), entry.size(), values.data());
    network.set_parameter(entry, values.data());
  }
  return network.snapshot();
}

// The pooled vector of one sequence from its steps, as plain loops.
std::vector<double> naive_pooling(const Snapshot<double>& snapshot, const std::vector<std::vector<double>>& a) {
  const ParameterArena& arena = snapshot.architecture().arena;
  const NetworkSpec& spec = snapshot.architecture().spec;
  const int width = spec.pooled_size(), steps = static_cast<int>(a.size());
  std::vector<double> pooled(width, 0.0);
  if (steps == 0) return pooled;
  if (spec.pooling == Pooling::attention) {
    const double* dense = snapshot.parameters().dense.data();
    const double *w = arena.at(dense, ParameterEntry::attention_weight), *b = arena.at(dense, ParameterEntry::attention_bias),
                 *v = arena.at(dense, ParameterEntry::attention_context);
    std::vector<double> weights;
    double total = 0;
    for (const auto& row : a) {
      double score = 0;
      for (int i = 0; i < width; ++i) {
        double sum = b[i];
        for (int j = 0; j < width; ++j) sum += w[i * width + j] * row[j];
        score += v[i] * std::tanh(sum);
      }
      weights.push_back(std::exp(score));
      total += weights.back();
    }
    for (int t = 0; t < steps; ++t)
      for (int i = 0; i < width; ++i) pooled[i] += weights[t] / total * a[t][i];
    return pooled;
  }
  for (int i = 0; i < width; ++i) {
    double sum = 0, largest = -1e300;
    for (const auto& row : a) {
      sum += row[i];
      largest = std::max(largest, row[i]);
    }
    if (spec.pooling == Pooling::mean) pooled[i] = sum / steps;
    if (spec.pooling == Pooling::max) pooled[i] = largest;
    if (spec.pooling == Pooling::last) pooled[i] = i < spec.hidden ? a.back()[i] : a.front()[i];
  }
  return pooled;
}

BPTT_TEST("pooling is what its equations say") {
  for (Pooling pooling : {Pooling::last, Pooling::mean, Pooling::max, Pooling::attention})
    for (int layers : {1, 2}) {
      NetworkSpec spec = network(InputKind::tokens, 12, 3, pooling, OutputKind::values, 5);
      spec.bidirectional = true;
      spec.layers = layers;
      const auto snapshot = random_snapshot<double>(spec);
      const Batch<double> batch = random_batch<double>(spec, {4, 0, 6, 1});
      Batch<double> inputs = batch;
      inputs.has_targets = false;
      const std::vector<double> steps = evaluation(*without_head(*snapshot, Pooling::none), inputs).output;
      const std::vector<double> pooled = evaluation(*without_head(*snapshot, pooling), inputs).output;
      const int width = spec.pooled_size();
      std::size_t row = 0;
      for (std::size_t b = 0; b < batch.lengths.size(); ++b) {
        std::vector<std::vector<double>> a;
        for (int t = 0; t < batch.lengths[b]; ++t, ++row) a.emplace_back(steps.begin() + row * width, steps.begin() + (row + 1) * width);
        const std::vector<double> expected = naive_pooling(*snapshot, a);
        for (int i = 0; i < width; ++i) CHECK_WITH(std::fabs(pooled[b * width + i] - expected[i]) < 1e-12, describe(spec) << ", sequence " << b);
      }
    }
}

BPTT_TEST("outputs are probabilities, losses their likelihood, and −1 is not counted") {
  for (Pooling pooling : {Pooling::none, Pooling::max}) {
    const NetworkSpec classes = network(InputKind::tokens, 12, 3, pooling, OutputKind::classes, 5);
    const auto snapshot = random_snapshot<double>(classes);
    const Batch<double> batch = random_batch<double>(classes, {4, 0, 6, 1, 2, 2});
    const Evaluation<double> found = evaluation(*snapshot, batch);
    double loss = 0;
    int count = 0;
    for (std::size_t r = 0; r < batch.classes.size(); ++r) {
      double sum = 0;
      for (int o = 0; o < 5; ++o) sum += found.output[r * 5 + o];
      CHECK(std::fabs(sum - 1) < 1e-12);
      if (batch.classes[r] < 0) continue;
      loss -= std::log(found.output[r * 5 + batch.classes[r]]);
      ++count;
    }
    CHECK(count == found.count && count < static_cast<int>(batch.classes.size()) && std::fabs(loss - found.loss) < 1e-10);

    const NetworkSpec bits = network(InputKind::tokens, 12, 3, pooling, OutputKind::multihot, 600);
    const Batch<double> notes = random_batch<double>(bits, {4, 0, 6});
    const Evaluation<double> chords = evaluation(*random_snapshot<double>(bits), notes);
    loss = 0;
    for (std::size_t i = 0; i < notes.values.size(); ++i) loss -= std::log(notes.values[i] > 0 ? chords.output[i] : 1 - chords.output[i]);
    CHECK(std::fabs(loss - chords.loss) < 1e-8 && chords.count == static_cast<int>(notes.values.size() / 600));

    const NetworkSpec reals = network(InputKind::tokens, 12, 3, pooling, OutputKind::values, 3);
    const Batch<double> numbers = random_batch<double>(reals, {4, 0, 6});
    const Evaluation<double> values = evaluation(*random_snapshot<double>(reals), numbers);
    loss = 0;
    for (std::size_t i = 0; i < numbers.values.size(); ++i) loss += 0.5 * (values.output[i] - numbers.values[i]) * (values.output[i] - numbers.values[i]);
    CHECK(std::fabs(loss - values.loss) < 1e-10);
  }
  const NetworkSpec spec = network(InputKind::tokens, 12, 3, Pooling::none, OutputKind::classes, 5);
  Batch<float> unlabelled = random_batch<float>(spec, {3, 2});
  unlabelled.has_targets = false;
  CHECK(std::isnan(evaluation(*random_snapshot<float>(spec), unlabelled).loss));
}

BPTT_TEST("losses stay finite and exact for large logits") {
  for (OutputKind kind : {OutputKind::classes, OutputKind::multihot}) {
    const NetworkSpec spec = network(InputKind::features, 1, 0, Pooling::none, kind, 2);
    Network<float> network(spec);
    for (const ParameterEntry& entry : network.arena().entries()) {
      std::vector<float> values(entry.size(), 0);
      if (entry.role == ParameterEntry::output_bias) values = {2000, -2000};
      network.set_parameter(entry, values.data());
    }
    Batch<float> batch;
    batch.lengths = {1};
    batch.features = {0};
    batch.has_targets = true;
    batch.classes = {1};
    batch.values = {0, 1};
    if (kind == OutputKind::classes) batch.values.clear();
    else batch.classes.clear();
    const Evaluation<float> found = evaluation(*network.snapshot(), batch);
    CHECK_WITH(found.loss == 4000, found.loss);
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

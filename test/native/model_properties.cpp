// What holds for any network: the number of threads, the batch's order and company change no bit; results have the
// meaning the contract gives them; failures leave everything as it was.
#include <cstring>
#include <limits>

#include "check.h"
#include "model_cases.h"

namespace bptt {
namespace test {
namespace {

template <class V>
bool same_bits(const V& a, const V& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0);
}

constexpr Pooling poolings[] = {Pooling::none, Pooling::last, Pooling::mean, Pooling::max, Pooling::attention};

std::vector<std::int32_t> many_lengths(int batch, int longest) {
  const Random random(4, 4);
  std::vector<std::int32_t> lengths;
  for (int b = 0; b < batch; ++b) lengths.push_back(static_cast<std::int32_t>(random.uniform(b) * (longest + 1)));
  return lengths;
}

// Large enough that every stage is shared out.
NetworkSpec large(InputKind input, Pooling pooling, OutputKind output) {
  NetworkSpec spec = network(input, 300, input == InputKind::features ? 0 : 60, pooling, output, 90);
  spec.hidden = 70;
  spec.bidirectional = true;
  spec.window = input == InputKind::tokens ? 1 : 0;
  spec.dropout_input = spec.dropout_between = spec.dropout_recurrent = spec.dropout_output = 0.2;
  return spec;
}

BPTT_TEST("training gives the same bits with 1, 2, 3 and 8 threads") {
  struct Kind {
    InputKind input;
    Pooling pooling;
    OutputKind output;
  };
  for (const Kind& kind : {Kind{InputKind::tokens, Pooling::none, OutputKind::classes}, Kind{InputKind::tokens, Pooling::attention, OutputKind::classes},
                           Kind{InputKind::features, Pooling::max, OutputKind::values}, Kind{InputKind::multihot, Pooling::mean, OutputKind::multihot},
                           Kind{InputKind::tokens, Pooling::last, OutputKind::values}}) {
    const NetworkSpec spec = large(kind.input, kind.pooling, kind.output);
    const auto start = random_snapshot<float>(spec);
    TrainerSpec training;
    training.clip_norm = 0.5;
    if (kind.input == InputKind::tokens) training.rare_tokens.assign(spec.size, 1);
    std::vector<float> expected, expected_output;
    double expected_loss = 0;
    for (int threads : {1, 2, 3, 8}) {
      ThreadPool pool(threads);
      Trainer<float> trainer(start, training);
      double loss = 0;
      for (int step = 0; step < 3; ++step) loss += trainer.step(random_batch<float>(spec, many_lengths(24, 20), step), 0.01, pool).loss;
      const std::vector<float> found = flat(start->architecture().arena, trainer.parameters());
      const std::vector<float> output = trainer.evaluate(random_batch<float>(spec, many_lengths(24, 20)), pool).output;
      if (threads == 1) {
        expected = found;
        expected_loss = loss;
        expected_output = output;
      }
      CHECK_WITH(same_bits(expected, found) && same_bits(expected_output, output) && loss == expected_loss, describe(spec) << " with " << threads << " threads");
    }
  }
}

// A batch with sequences in another order; `order[i]` is the old place of sequence i.
Batch<float> reordered(const NetworkSpec& spec, const Batch<float>& from, const std::vector<int>& order) {
  Batch<float> to;
  to.has_targets = from.has_targets;
  std::vector<int> starts{0};
  for (std::int32_t length : from.lengths) starts.push_back(starts.back() + length);
  for (int b : order) {
    to.lengths.push_back(from.lengths[b]);
    to.tokens.insert(to.tokens.end(), from.tokens.begin() + starts[b], from.tokens.begin() + starts[b + 1]);
    if (spec.pooled()) to.classes.push_back(from.classes[b]);
    else to.classes.insert(to.classes.end(), from.classes.begin() + starts[b], from.classes.begin() + starts[b + 1]);
  }
  return to;
}

BPTT_TEST("a sequence's results do not depend on its batch or its place") {
  for (Pooling pooling : poolings) {
    NetworkSpec spec = network(InputKind::tokens, 20, 5, pooling, OutputKind::classes, 7);
    spec.hidden = 21;
    spec.window = 2;
    spec.bidirectional = true;
    const auto snapshot = random_snapshot<float>(spec);
    const Batch<float> batch = random_batch<float>(spec, {5, 0, 9, 1, 9, 4});
    const std::vector<float> together = evaluation(*snapshot, batch).output;
    std::vector<float> alone, backwards_expected;
    std::vector<std::vector<float>> each;
    for (int b = 0; b < 6; ++b) {
      each.push_back(evaluation(*snapshot, reordered(spec, batch, {b})).output);
      alone.insert(alone.end(), each.back().begin(), each.back().end());
    }
    CHECK_WITH(same_bits(together, alone), describe(spec));
    const std::vector<float> backwards = evaluation(*snapshot, reordered(spec, batch, {5, 4, 3, 2, 1, 0})).output;
    for (int b = 5; b >= 0; --b) backwards_expected.insert(backwards_expected.end(), each[b].begin(), each[b].end());
    CHECK_WITH(same_bits(backwards, backwards_expected), describe(spec) << ", backwards");
  }
}

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

BPTT_TEST("batches without sequences or steps give empty or zero-state results") {
  for (Pooling pooling : poolings)
    for (const std::vector<std::int32_t>& lengths : {std::vector<std::int32_t>{}, std::vector<std::int32_t>{0, 0}}) {
      NetworkSpec spec = network(InputKind::tokens, 6, 3, pooling, OutputKind::classes, 4);
      spec.bidirectional = true;
      const auto snapshot = random_snapshot<float>(spec);
      Batch<float> batch;
      batch.lengths = lengths;
      batch.has_targets = true;
      if (spec.pooled()) batch.classes.assign(lengths.size(), 2);
      const Evaluation<float> found = evaluation(*snapshot, batch);
      CHECK(found.output.size() == batch.classes.size() * 4 && found.count == static_cast<int>(batch.classes.size()));
      for (std::size_t i = 0; i < found.output.size(); ++i) CHECK(found.output[i] == found.output[i % 4]);
      // A step over them: nothing counted, nothing changed; else only the head's bias (and nothing not finite).
      ThreadPool pool(1);
      Trainer<float> trainer(snapshot, TrainerSpec{});
      const StepResult step = trainer.step(batch, 0.1, pool);
      CHECK(step.count == found.count);
      if (step.count == 0) CHECK(same_bits(flat(snapshot->architecture().arena, trainer.parameters()), flat(snapshot->architecture().arena, snapshot->parameters())));
    }
}

BPTT_TEST("a loss or gradient that is not finite is refused and changes nothing") {
  const NetworkSpec spec = network(InputKind::features, 2, 0, Pooling::mean, OutputKind::values, 2);
  const auto start = random_snapshot<float>(spec);
  const ParameterArena& arena = start->architecture().arena;
  const Batch<float> good = random_batch<float>(spec, {3, 2});
  ThreadPool pool(1);
  TrainerSpec training;
  Trainer<float> calm(start, training), shaken(start, training);
  calm.step(good, 0.01, pool);
  shaken.step(good, 0.01, pool);
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();
  for (float bad : {nan, infinite, -infinite, 3e38f})
    for (bool in_target : {false, true}) {
      if (!in_target && !std::isnan(bad)) continue;  // a saturated unit is finite
      Batch<float> batch = good;
      (in_target ? batch.values : batch.features)[1] = bad;
      // The square of 3e38 is finite in double, the gradient's is not in float.
      if (bad == 3e38f) batch.values[0] = batch.values[2] = bad;
      bool thrown = false;
      try {
        shaken.step(batch, 0.01, pool);
      } catch (const Error& error) {
        thrown = error.code() == ErrorCode::non_finite;
      }
      if (bad != 3e38f) CHECK(thrown);
      if (thrown) CHECK(same_bits(flat(arena, calm.parameters()), flat(arena, shaken.parameters())));
    }
  Trainer<float> again(start, training);
  again.step(good, 0.01, pool);
  Batch<float> bad = good;
  bad.values[0] = nan;
  try {
    again.step(bad, 0.01, pool);
  } catch (const Error&) {
  }
  again.step(good, 0.01, pool);
  calm.step(good, 0.01, pool);
  CHECK(same_bits(flat(arena, calm.parameters()), flat(arena, again.parameters())));
}

BPTT_TEST("a max over steps shows a NaN among them") {
  const NetworkSpec spec = network(InputKind::features, 1, 0, Pooling::max, OutputKind::values, 1);
  Batch<float> batch;
  batch.lengths = {3};
  batch.features = {0, std::numeric_limits<float>::quiet_NaN(), 0};
  CHECK(std::isnan(evaluation(*random_snapshot<float>(spec), batch).output[0]));
}

BPTT_TEST("a snapshot keeps its parameters while the network's change") {
  const NetworkSpec spec = network(InputKind::tokens, 6, 3, Pooling::none, OutputKind::classes, 4);
  Network<float> network(spec);
  const Batch<float> batch = random_batch<float>(spec, {3, 2});
  const auto before = network.snapshot();
  const std::vector<float> expected = evaluation(*before, batch).output;
  const ParameterEntry& bias = network.arena().find("output.bias");
  const std::vector<float> values = {1, 2, 3, 4};
  network.set_parameter(bias, values.data());
  const ParameterEntry& table = network.arena().find("embedding.weight");
  network.set_parameter(table, std::vector<float>(table.size(), 0.5f).data());
  CHECK(same_bits(evaluation(*before, batch).output, expected));
  CHECK(!same_bits(evaluation(*network.snapshot(), batch).output, expected));
  CHECK(std::equal(values.begin(), values.end(), network.parameter(bias)));
}

BPTT_TEST("kept parameters are what training results in") {
  const NetworkSpec spec = network(InputKind::tokens, 6, 3, Pooling::none, OutputKind::classes, 4);
  const auto start = random_snapshot<float>(spec);
  const ParameterArena& arena = start->architecture().arena;
  const Batch<float> batch = random_batch<float>(spec, {3, 2});
  ThreadPool pool(1);
  Trainer<float> trainer(start, TrainerSpec{});
  trainer.step(batch, 0.1, pool);
  const std::vector<float> first = flat(arena, trainer.parameters());
  CHECK(same_bits(flat(arena, trainer.result()->parameters()), first));
  trainer.keep();
  trainer.step(batch, 0.1, pool);
  CHECK(!same_bits(flat(arena, trainer.parameters()), first));
  CHECK(same_bits(flat(arena, trainer.result()->parameters()), first));
}

BPTT_TEST("initial values depend on the seed alone; the padding row is zero") {
  NetworkSpec spec = network(InputKind::tokens, 50, 30, Pooling::attention, OutputKind::classes, 4);
  const ParameterArena arena(spec);
  const std::vector<float> one = flat(arena, initial_parameters<float>(spec, arena));
  CHECK(same_bits(one, flat(arena, initial_parameters<float>(spec, arena))));
  double squares = 0;
  for (int i = 0; i < 30; ++i) CHECK(one[i] == 0);
  for (int i = 30; i < 1500; ++i) squares += static_cast<double>(one[i]) * one[i];
  CHECK_WITH(std::fabs(squares / 1470 * 30 - 1) < 0.1, squares);
  spec.seed = 6;
  CHECK(!same_bits(one, flat(arena, initial_parameters<float>(spec, arena))));
}

BPTT_TEST("a small network learns which token came first") {
  NetworkSpec spec = network(InputKind::tokens, 6, 4, Pooling::last, OutputKind::classes, 4);
  spec.hidden = 16;
  ThreadPool pool(1);
  Network<float> network(spec);
  Trainer<float> trainer(network.snapshot(), TrainerSpec{});
  const Random random(8, 8);
  std::uint64_t next = 0;
  StepResult result;
  for (int step = 0; step < 300; ++step) {
    Batch<float> batch;
    batch.has_targets = true;
    for (int b = 0; b < 16; ++b) {
      batch.lengths.push_back(1 + static_cast<int>(random.uniform(next++) * 6));
      for (int t = 0; t < batch.lengths[b]; ++t) batch.tokens.push_back(2 + static_cast<int>(random.uniform(next++) * 4));
      batch.classes.push_back(batch.tokens[batch.tokens.size() - batch.lengths[b]] - 2);
    }
    result = trainer.step(batch, 0.02, pool);
  }
  CHECK_WITH(result.loss / result.count < 0.02, result.loss / result.count);
}

}  // namespace
}  // namespace test
}  // namespace bptt

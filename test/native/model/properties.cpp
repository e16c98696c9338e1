// What holds for any network: the number of threads, the batch's order and company change no bit; failures leave
// everything as it was.
#include <limits>

#include "check.h"
#include "model/model_cases.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

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
  spec.input.window = input == InputKind::tokens ? 1 : 0;
  spec.input.dropout = spec.dropout_between = spec.dropout_recurrent = spec.dropout_output = 0.2;
  return spec;
}

BPTT_TEST("training gives the same bits with 1, 2, 3 and 8 threads") {
  struct Kind {
    InputKind input;
    Pooling pooling;
    OutputKind output;
    bool characters = false;
  };
  for (const Kind& kind : {Kind{InputKind::tokens, Pooling::none, OutputKind::classes}, Kind{InputKind::tokens, Pooling::attention, OutputKind::classes},
                           Kind{InputKind::features, Pooling::max, OutputKind::values}, Kind{InputKind::multihot, Pooling::mean, OutputKind::multihot},
                           Kind{InputKind::tokens, Pooling::last, OutputKind::values}, Kind{InputKind::tokens, Pooling::none, OutputKind::classes, true}}) {
    NetworkSpec spec = large(kind.input, kind.pooling, kind.output);
    if (kind.characters) spec.input.characters = {40, 25, 30};
    const auto start = random_snapshot<float>(spec);
    TrainerSpec training;
    training.clip_norm = 0.5;
    if (kind.input == InputKind::tokens) training.rare_tokens.assign(spec.input.size, 1);
    if (kind.characters) training.rare_characters.assign(spec.input.characters.vocabulary, 1);
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

// Appends steps with words of their own, each step another one: how words are numbered must not matter either.
void spell(const Batch<float>& from, int begin, int end, Batch<float>& to) {
  for (int n = begin; n < end; ++n) {
    int first = 0;
    for (int m = 0; m < from.words[n]; ++m) first += from.character_counts[m];
    const int count = from.character_counts[from.words[n]];
    to.words.push_back(static_cast<std::int32_t>(to.character_counts.size()));
    to.character_counts.push_back(count);
    to.characters.insert(to.characters.end(), from.characters.begin() + first, from.characters.begin() + first + count);
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
    if (spec.input.has_characters()) spell(from, starts[b], starts[b + 1], to);
    if (spec.pooled()) to.classes.push_back(from.classes[b]);
    else to.classes.insert(to.classes.end(), from.classes.begin() + starts[b], from.classes.begin() + starts[b + 1]);
  }
  return to;
}

BPTT_TEST("a sequence's results do not depend on its batch or its place") {
  for (Pooling pooling : poolings) {
    NetworkSpec spec = network(InputKind::tokens, 20, 5, pooling, OutputKind::classes, 7);
    spec.hidden = 21;
    spec.input.window = 2;
    spec.bidirectional = true;
    if (pooling != Pooling::mean) spec.input.characters = {9, 5, 6};
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

BPTT_TEST("batches without sequences or steps give empty or zero-state results") {
  for (Pooling pooling : poolings)
    for (const std::vector<std::int32_t>& lengths : {std::vector<std::int32_t>{}, std::vector<std::int32_t>{0, 0}}) {
      NetworkSpec spec = network(InputKind::tokens, 6, 3, pooling, OutputKind::classes, 4);
      spec.bidirectional = true;
      if (pooling != Pooling::mean) spec.input.characters = {9, 5, 6};
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
  const auto initial = [&] { return flat(arena, Network<float>(spec).snapshot()->parameters()); };
  const std::vector<float> one = initial();
  CHECK(same_bits(one, initial()));
  double squares = 0;
  for (int i = 0; i < 30; ++i) CHECK(one[i] == 0);
  for (int i = 30; i < 1500; ++i) squares += static_cast<double>(one[i]) * one[i];
  CHECK_WITH(std::fabs(squares / 1470 * 30 - 1) < 0.1, squares);
  spec.seed = 6;
  CHECK(!same_bits(one, initial()));
}

BPTT_TEST("initial values that are stopped are written when they are asked for again, in whatever memory they get") {
  NetworkSpec spec = network(InputKind::tokens, 50, 30, Pooling::attention, OutputKind::classes, 4);
  const ParameterArena arena(spec);
  Parameters<float> dirty = Parameters<float>::unset(arena);
  for (float& value : dirty.dense) value = NAN;
  for (float& value : dirty.tables[0]) value = NAN;
  initialise(spec, arena, Stop::never(), dirty);
  const std::vector<float> expected = flat(arena, dirty);
  const std::shared_ptr<const Snapshot<float>> snapshot = Network<float>(spec).snapshot();
  Stop stop;
  stop.request();
  CHECK(refusal([&] { snapshot->parameters(stop); }) == ErrorCode::disposed);
  CHECK(same_bits(flat(arena, snapshot->parameters()), expected));
  CHECK(same_bits(flat(arena, Network<float>(spec, dirty).snapshot()->parameters()), expected));
  spec.input.size += 1;
  CHECK(refusal([&] { Network<float>(spec, dirty); }) == ErrorCode::shape);
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

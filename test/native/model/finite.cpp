// Results that are not numbers are an error, which names the first sequence that has one, and its step. The others are not asked.
#include <limits>

#include "check.h"
#include "model/inference/generator.h"
#include "model/inference/stream.h"
#include "model/model_cases.h"
#include "model/network/finite.h"

namespace bptt {
namespace test {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinite = std::numeric_limits<float>::infinity();

struct Place {
  int sequence, step;
  bool operator==(const Place& other) const { return sequence == other.sequence && step == other.step; }
};

template <class Body>
Place place(Body&& body) {
  try {
    body();
  } catch (const NotFinite& error) {
    return {error.sequence(), error.step()};
  }
  throw Failed("nothing was thrown");
}

NetworkSpec reader(Pooling pooling, OutputKind output, int outputs = 4) { return network(InputKind::features, 2, 0, pooling, output, outputs); }

// Three sequences, of which the second has a step that is not a number.
Batch<float> poisoned(const NetworkSpec& spec) {
  Batch<float> batch = random_batch<float>(spec, {2, 5, 6});
  batch.features[(2 + 3) * 2] = nan;
  return batch;
}

BPTT_TEST("an evaluation shows results that are not numbers, and where") {
  for (OutputKind output : {OutputKind::classes, OutputKind::values, OutputKind::multihot}) {
    for (Pooling pooling : {Pooling::last, Pooling::mean, Pooling::max, Pooling::attention}) {
      const NetworkSpec spec = reader(pooling, output);
      CHECK_WITH((place([&] { evaluation(*random_snapshot<float>(spec), poisoned(spec)); }) == Place{1, -1}), describe(spec));
    }
    const NetworkSpec spec = reader(Pooling::none, output);
    for (int threads : {1, 3}) CHECK_WITH((place([&] { evaluation(*random_snapshot<float>(spec), poisoned(spec), threads); }) == Place{1, 3}), describe(spec));
    Batch<float> batch = poisoned(spec);
    batch.has_targets = false;
    CHECK_WITH((place([&] { evaluation(*random_snapshot<float>(spec), batch); }) == Place{1, 3}), describe(spec));
    batch.features[(2 + 3) * 2] = 0;
    evaluation(*random_snapshot<float>(spec), batch);
  }
}

BPTT_TEST("paths over labels show results that no path can be reckoned with") {
  for (bool crf : {false, true}) {
    NetworkSpec spec = reader(Pooling::none, OutputKind::classes);
    spec.crf = crf;
    spec.ctc = !crf;
    const auto snapshot = random_snapshot<float>(spec);
    ThreadPool pool(2);
    Pass<float> pass;
    DecodingOptions options;
    options.beam = 3;
    const auto decoded = [&](const Snapshot<float>& network, const Batch<float>& batch) { return decode(pass, network.weights(pool), batch, options, pool); };
    Batch<float> batch = poisoned(spec);
    for (bool targets : {true, false}) {
      batch.has_targets = targets;
      batch.marginals = crf;
      CHECK((place([&] { evaluation(*snapshot, batch, 2); }) == Place{1, 3}));
      batch.marginals = false;
      if (!crf) CHECK((place([&] { decoded(*snapshot, batch); }) == Place{1, 3}));
    }
    // Beside outputs of 3e38 what is forbidden would be the better path.
    for (float wrong : {nan, infinite, -infinite, 3e38f}) {
      Parameters<float> parameters = snapshot->parameters();
      parameters.values(snapshot->architecture().arena.find("output.bias"))[1] = wrong;
      const Snapshot<float> changed(snapshot->shared_architecture(), std::move(parameters));
      const Batch<float> good = random_batch<float>(spec, {0, 2, 3});
      CHECK((place([&] { evaluation(changed, good); }) == Place{1, 0}));
      if (!crf) CHECK((place([&] { decoded(changed, good); }) == Place{1, 0}));
    }
  }
}

BPTT_TEST("encoder–decoders show what they cannot write") {
  for (AttentionKind attention : attentions)
    for (OutputKind output : {OutputKind::classes, OutputKind::values}) {
      NetworkSpec spec = encoder_decoder(attention, output, 4);
      spec.input.kind = InputKind::features;
      spec.input.size = 2;
      spec.input.embedding = 0;
      const auto snapshot = random_snapshot<float>(spec);
      Batch<float> batch = poisoned(spec);
      batch.target_lengths = {2, 3, 1};
      batch.classes.assign(output == OutputKind::classes ? 6 : 0, 2);
      batch.values.assign(output == OutputKind::values ? 6 * 4 : 0, 1);
      CHECK_WITH((place([&] { evaluation(*snapshot, batch); }) == Place{1, 0}), describe(spec));
      ThreadPool pool(2);
      Pass<float> pass;
      DecodingOptions options;
      options.limits = {4, 4, 4};
      for (int beam : {1, 3}) {
        options.beam = output == OutputKind::classes ? beam : 1;
        CHECK_WITH((place([&] { decode(pass, snapshot->weights(pool), batch, options, pool); }) == Place{1, 0}), describe(spec));
      }
    }
}

BPTT_TEST("a generator names the sequence that cannot go on, and the step") {
  for (OutputKind output : {OutputKind::classes, OutputKind::values, OutputKind::multihot}) {
    const InputKind input = output == OutputKind::classes ? InputKind::tokens : output == OutputKind::values ? InputKind::features : InputKind::multihot;
    const NetworkSpec spec = network(input, 5, input == InputKind::features ? 0 : 3, Pooling::none, output, 5);
    Parameters<float> parameters = random_snapshot<float>(spec)->parameters();
    const auto architecture = std::make_shared<const Architecture>(spec);
    Batch<float> prompts;
    prompts.lengths = {1, 3, 2};
    if (input == InputKind::features) {
      prompts.features.assign(6 * 5, 0);
      prompts.features[2 * 5] = nan;
    } else {
      // The one symbol that is not a number.
      std::fill_n(parameters.values(architecture->arena.find("embedding.weight")) + 4 * 3, 3, nan);
      prompts.tokens = prompts.active = {1, 2, 4, 3, 1, 2};
      prompts.active_counts.assign(6, 1);
    }
    GeneratorSpec options;
    options.seeds = {1, 2, 3};
    prompts.check(spec);
    options.check(spec, prompts);
    ThreadPool pool(1);
    Generator<float> generator(std::make_shared<const Snapshot<float>>(architecture, std::move(parameters)), prompts, options, pool);
    CHECK_WITH((place([&] { generator.next(3, pool); }) == Place{1, 2}), describe(spec));
  }
}

BPTT_TEST("a stream shows the step whose result is not a number, and can begin anew") {
  for (OutputKind output : {OutputKind::classes, OutputKind::values, OutputKind::multihot})
    for (Pooling pooling : {Pooling::none, Pooling::last, Pooling::mean, Pooling::max, Pooling::attention}) {
      const NetworkSpec spec = reader(pooling, output);
      Stream<float> stream(random_snapshot<float>(spec));
      const float good[2] = {0.5f, -1}, bad[2] = {0, nan};
      std::vector<float> first(4), out(4);
      stream.step(good, 2, first.data());
      for (int t = 0; t < 2; ++t) CHECK_WITH(refusal([&] { stream.step(t == 0 ? bad : good, 2, out.data()); }) == ErrorCode::non_finite, describe(spec));
      stream.reset();
      stream.step(good, 2, out.data());
      CHECK_WITH(out == first, describe(spec));
    }
}

BPTT_TEST("units that are infinite and saturate what comes after them are no fault") {
  NetworkSpec spec = reader(Pooling::none, OutputKind::multihot, 2);
  spec.cell = {CellKind::rnn, Activation::relu, true, 1};
  Parameters<float> parameters = random_snapshot<float>(spec)->parameters();
  const auto architecture = std::make_shared<const Architecture>(spec);
  const auto fill = [&](const char* name, std::size_t begin, std::size_t end, float value) {
    float* values = parameters.values(architecture->arena.find(name));
    std::fill(values + begin, values + end, value);
  };
  fill("recurrent.weight_ih_l0", 0, 6, 1e30f);
  fill("recurrent.weight_hh_l0", 0, 9, 1);
  fill("output.weight", 0, 3, 1);
  fill("output.weight", 3, 6, -1);
  const auto snapshot = std::make_shared<const Snapshot<float>>(architecture, std::move(parameters));
  Batch<float> batch;
  batch.lengths = {2};
  batch.features.assign(4, 1e30f);
  batch.has_targets = true;
  const std::vector<float> saturated = {1, 0, 1, 0};
  batch.values = saturated;
  const Evaluation<float> right = evaluation(*snapshot, batch);
  CHECK(right.output == saturated && right.loss == 0);
  batch.values = {0, 1, 0, 1};
  const Evaluation<float> wrong = evaluation(*snapshot, batch);
  CHECK(wrong.loss > 1e38 && std::isfinite(wrong.loss));
  std::vector<float> out(2);
  Stream<float>(snapshot).step(batch.features.data(), 2, out.data());
  CHECK(out[0] == 1 && out[1] == 0);
}

BPTT_TEST("targets that are not numbers make no loss of an evaluation") {
  const NetworkSpec spec = reader(Pooling::none, OutputKind::values);
  Batch<float> batch = random_batch<float>(spec, {2, 3});
  batch.values[5] = infinite;
  CHECK(refusal([&] { evaluation(*random_snapshot<float>(spec), batch); }) == ErrorCode::non_finite);
}

}  // namespace
}  // namespace test
}  // namespace bptt

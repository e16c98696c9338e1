// A stream gives, at every step, what a whole evaluation of the steps so far gives.
#include "check.h"
#include "model/inference/stream.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {

// Results of the stream for one sequence of the batch (its first), step after step.
template <class S>
void feed(Stream<S>& stream, const Batch<S>& batch, int step, S* out) {
  const NetworkSpec& spec = stream.spec();
  switch (spec.input.kind) {
    case InputKind::tokens: {
      std::vector<std::int32_t> ids{batch.tokens[step]};
      if (spec.input.has_characters()) {
        int first = 0;
        for (int m = 0; m < batch.words[step]; ++m) first += batch.character_counts[m];
        ids.insert(ids.end(), batch.characters.begin() + first, batch.characters.begin() + first + batch.character_counts[batch.words[step]]);
      }
      stream.step(ids.data(), ids.size(), out);
      break;
    }
    case InputKind::features: stream.step(batch.features.data() + step * spec.input.size, spec.input.size, out); break;
    case InputKind::multihot: {
      int first = 0;
      for (int n = 0; n < step; ++n) first += batch.active_counts[n];
      stream.step(batch.active.data() + first, batch.active_counts[step], out);
      break;
    }
  }
}

template <class S>
Batch<S> prefix(const NetworkSpec& spec, Batch<S> batch, int steps) {
  batch.has_targets = false;
  batch.lengths = {steps};
  if (spec.input.kind == InputKind::tokens) batch.tokens.resize(steps);
  if (spec.input.has_characters()) batch.words.resize(steps);
  if (spec.input.kind == InputKind::features) batch.features.resize(steps * spec.input.size);
  if (spec.input.kind == InputKind::multihot) {
    batch.active_counts.resize(steps);
    int total = 0;
    for (std::int32_t count : batch.active_counts) total += count;
    batch.active.resize(total);
  }
  return batch;
}

template <class S>
void check_stream(const NetworkSpec& spec, double tolerance) {
  constexpr int steps = 7;
  const auto snapshot = random_snapshot<S>(spec);
  const Batch<S> batch = random_batch<S>(spec, {steps});
  Stream<S> stream(snapshot);
  std::vector<S> out(spec.outputs);
  for (int round = 0; round < 2; ++round) {
    stream.reset();
    for (int t = 0; t < steps; ++t) {
      feed(stream, batch, t, out.data());
      const std::vector<S> whole = evaluation(*snapshot, prefix(spec, batch, t + 1)).output;
      const double error = relative_error(out, std::vector<S>(whole.end() - spec.outputs, whole.end()), spec.outputs);
      CHECK_WITH(error <= tolerance, describe(spec) << ", step " << t << ": off by " << error);
    }
  }
}

BPTT_TEST("a stream gives what an evaluation of the steps so far gives") {
  for (const Cell& cell : model_cells())
    for (int layers : {1, 3})
      for (Pooling pooling : {Pooling::none, Pooling::last, Pooling::mean, Pooling::max, Pooling::attention}) {
        NetworkSpec spec = network(InputKind::tokens, 9, 4, pooling, OutputKind::classes, 5);
        spec.cell = cell;
        spec.layers = layers;
        spec.hidden = 11;
        check_stream<double>(spec, 1e-12);
        check_stream<float>(spec, 1e-5);
        spec.input.characters = {6, 3, 5};
        check_stream<double>(spec, 1e-12);
        spec.input.characters = {};
        spec.input.kind = InputKind::features;
        spec.input.embedding = 0;
        spec.output = OutputKind::values;
        check_stream<double>(spec, 1e-12);
        spec.input.kind = InputKind::multihot;
        spec.output = OutputKind::multihot;
        check_stream<double>(spec, 1e-12);
        spec.input.embedding = 3;
        check_stream<double>(spec, 1e-12);
      }
}

BPTT_TEST("a stream's state can be taken out and put back") {
  for (const Cell& cell : model_cells()) {
    NetworkSpec spec = network(InputKind::tokens, 9, 4, Pooling::none, OutputKind::classes, 5);
    spec.cell = cell;
    spec.layers = 2;
    const auto snapshot = random_snapshot<float>(spec);
    const Batch<float> batch = random_batch<float>(spec, {6});
    Stream<float> one(snapshot), other(snapshot);
    std::vector<float> expected(5), found(5), h(6), c(6);
    for (int t = 0; t < 3; ++t) feed(one, batch, t, expected.data());
    one.state(h.data(), c.data());
    other.set_state(h.data(), cell.has_memory() ? c.data() : nullptr);
    for (int t = 3; t < 6; ++t) {
      feed(one, batch, t, expected.data());
      feed(other, batch, t, found.data());
      CHECK(expected == found);
    }
  }
}

BPTT_TEST("a stream refuses two directions, a window, and inputs of another kind") {
  const auto refused = [](const auto& body) {
    try {
      body();
    } catch (const Error&) {
      return true;
    }
    return false;
  };
  NetworkSpec spec = network(InputKind::tokens, 9, 4, Pooling::none, OutputKind::classes, 5);
  Stream<float> stream(random_snapshot<float>(spec));
  std::vector<float> out(5);
  const std::int32_t ids[] = {8, 9, -1};
  const float x[] = {1};
  stream.step(ids, 1, out.data());
  CHECK(refused([&] { stream.step(ids, 2, out.data()); }));
  CHECK(refused([&] { stream.step(ids, 0, out.data()); }));
  CHECK(refused([&] { stream.step(ids + 1, 1, out.data()); }));
  CHECK(refused([&] { stream.step(ids + 2, 1, out.data()); }));
  CHECK(refused([&] { stream.step(x, 1, out.data()); }));
  spec.input.characters = {3, 2, 2};
  Stream<float> spelled(random_snapshot<float>(spec));
  const std::int32_t word[] = {8, 2, 0, 3};
  spelled.step(word, 1, out.data());
  spelled.step(word, 3, out.data());
  CHECK(refused([&] { spelled.step(word, 0, out.data()); }));
  CHECK(refused([&] { spelled.step(word, 4, out.data()); }));
  spec.input.characters = {};
  spec.input.window = 1;
  CHECK(refused([&] { Stream<float> windowed(random_snapshot<float>(spec)); }));
  spec.input.window = 0;
  spec.bidirectional = true;
  CHECK(refused([&] { Stream<float> both(random_snapshot<float>(spec)); }));
}

}  // namespace
}  // namespace test
}  // namespace bptt

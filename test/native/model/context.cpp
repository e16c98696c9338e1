// Sequences that begin with states made from a context: h = tanh(W v + b), c = W' v + b' of every layer.
#include <cmath>
#include <cstring>

#include "check.h"
#include "model/inference/generator.h"
#include "model/inference/stream.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {

NetworkSpec writer(CellKind kind, int context = 3) {
  NetworkSpec spec = network(InputKind::tokens, 7, 4, Pooling::none, OutputKind::classes, 7);
  spec.cell.kind = kind;
  spec.hidden = 5;
  spec.layers = 2;
  spec.context = context;
  return spec;
}

// By the definition, from the parameters.
States<double> defined_states(const Snapshot<double>& snapshot, const Batch<double>& batch) {
  const NetworkSpec& spec = snapshot.architecture().spec;
  const ParameterArena& arena = snapshot.architecture().arena;
  const double *w = snapshot.parameters().values(arena.find("context.weight")), *b = snapshot.parameters().values(arena.find("context.bias"));
  const int sequences = static_cast<int>(batch.lengths.size()), half = spec.layers * spec.hidden;
  States<double> states;
  for (int part = 0; part < (spec.cell.has_memory() ? 2 : 1); ++part)
    for (int layer = 0; layer < spec.layers; ++layer)
      for (int sequence = 0; sequence < sequences; ++sequence)
        for (int n = 0; n < spec.hidden; ++n) {
          const int row = part * half + layer * spec.hidden + n;
          double sum = b[row];
          for (int k = 0; k < spec.context; ++k) sum += w[row * spec.context + k] * batch.context[sequence * spec.context + k];
          if (part == 0) states.h.push_back(std::tanh(sum));
          else states.c.push_back(sum);
        }
  return states;
}

BPTT_TEST("a context is the same as the states that it defines") {
  for (CellKind kind : {CellKind::rnn, CellKind::gru, CellKind::lstm}) {
    const NetworkSpec spec = writer(kind);
    const auto snapshot = random_snapshot<double>(spec);
    Batch<double> batch = random_batch<double>(spec, {3, 1, 0, 4});
    const Evaluation<double> found = evaluation(*snapshot, batch);
    batch.initial = defined_states(*snapshot, batch);
    batch.context.clear();
    batch.check(spec);
    const Evaluation<double> expected = evaluation(*snapshot, batch);
    for (std::size_t i = 0; i < expected.output.size(); ++i) CHECK_WITH(std::fabs(found.output[i] - expected.output[i]) < 1e-12, describe(spec));
    CHECK_WITH(std::fabs(found.loss - expected.loss) < 1e-11, describe(spec));
  }
}

BPTT_TEST("streams and generators begin with the context, bit for bit as an evaluation does") {
  for (CellKind kind : {CellKind::rnn, CellKind::gru, CellKind::lstm}) {
    const NetworkSpec spec = writer(kind);
    const auto snapshot = random_snapshot<float>(spec);
    const Batch<float> batch = random_batch<float>(spec, {6, 1, 3, 2});
    const Evaluation<float> expected = evaluation(*snapshot, batch);
    std::size_t at = 0;
    std::vector<float> last;  // of each sequence
    for (std::size_t b = 0; b < batch.lengths.size(); ++b) {
      Stream<float> stream(snapshot, {batch.context.begin() + b * 3, batch.context.begin() + (b + 1) * 3});
      std::vector<float> out(7);
      for (int round = 0; round < 2; ++round) {
        for (int t = 0; t < batch.lengths[b]; ++t) {
          stream.step(&batch.tokens[at + t], 1, out.data());
          CHECK_WITH(std::memcmp(out.data(), &expected.output[(at + t) * 7], sizeof(float) * 7) == 0, describe(spec) << ", sequence " << b << ", step " << t);
        }
        stream.reset();
      }
      last.insert(last.end(), out.begin(), out.end());
      at += batch.lengths[b];
    }
    ThreadPool pool(1);
    Batch<float> prompts = batch;
    prompts.has_targets = false;
    Generator<float> generator(snapshot, prompts, {{1, 0, 1, {}}, {1, 2, 3, 4}, true}, pool);
    const Generated<float> chunk = generator.next(1, pool);
    for (std::size_t b = 0; b < 4; ++b) CHECK_WITH(chunk.probabilities[b] == last[b * 7 + chunk.symbols[b]], describe(spec) << ", sequence " << b);
  }
}

BPTT_TEST("prompts of one step begin with their contexts too") {
  const NetworkSpec spec = writer(CellKind::lstm);
  const auto snapshot = random_snapshot<float>(spec);
  Batch<float> prompts = random_batch<float>(spec, {1, 1});
  prompts.has_targets = false;
  prompts.tokens = {2, 2};
  ThreadPool pool(1);
  Generator<float> generator(snapshot, prompts, {{0, 0, 1, {}}, {1, 1}, true}, pool);
  const Generated<float> chunk = generator.next(1, pool);
  for (std::size_t b = 0; b < 2; ++b) {
    Stream<float> stream(snapshot, {prompts.context.begin() + b * 3, prompts.context.begin() + (b + 1) * 3});
    std::vector<float> out(7);
    stream.step(prompts.tokens.data(), 1, out.data());
    CHECK(chunk.probabilities[b] == out[chunk.symbols[b]]);
  }
}

BPTT_TEST("contexts that do not fit are refused") {
  NetworkSpec spec = writer(CellKind::gru);
  Batch<float> batch = random_batch<float>(spec, {2, 2});
  batch.context.pop_back();
  CHECK(refusal([&] { batch.check(spec); }) == ErrorCode::shape);
  CHECK(refusal([&] { Stream<float>(random_snapshot<float>(spec)); }) == ErrorCode::shape);
  CHECK(refusal([&] { Stream<float>(random_snapshot<float>(writer(CellKind::gru, 0)), {1.f}); }) == ErrorCode::shape);
  spec.bidirectional = true;
  CHECK(refusal([&] { spec.check(); }) == ErrorCode::option);
  spec = writer(CellKind::gru);
  spec.layers = 1 << 10;
  spec.hidden = 1 << 20;
  CHECK(refusal([&] { spec.check(); }) == ErrorCode::option);
}

// The context would be read, which nobody has given.
BPTT_TEST("only a training continues: elsewhere sequences without a context and without states are refused") {
  const NetworkSpec spec = writer(CellKind::lstm);
  const auto snapshot = random_snapshot<float>(spec);
  Batch<float> batch = random_batch<float>(spec, {2, 2});
  batch.context.clear();
  CHECK(refusal([&] { batch.check(spec); }) == ErrorCode::shape);
  batch.continues = true;
  batch.check(spec);
  CHECK(refusal([&] { evaluation(*snapshot, batch); }) == ErrorCode::option);
  GeneratorSpec options;
  options.seeds = {1, 2};
  CHECK(refusal([&] { options.check(spec, batch); }) == ErrorCode::option);
  batch.continues = false;
  batch.initial = {std::vector<float>(2 * 2 * 5), std::vector<float>(2 * 2 * 5)};
  batch.check(spec);
  CHECK(refusal([&] { options.check(spec, batch); }) == ErrorCode::option);
}

}  // namespace
}  // namespace test
}  // namespace bptt

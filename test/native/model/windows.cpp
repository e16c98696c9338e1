// Sequences in windows: each begins where the one before it ended.
#include <algorithm>
#include <cmath>

#include "check.h"
#include "model/model_cases.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

struct Window {
  Batch<float> batch;
  std::vector<std::size_t> results;  // where its steps stand in the whole batch
};

// Steps begin … end of each sequence; those that have ended are there with no steps.
Window window(const Batch<float>& whole, int begin, int end) {
  Window part;
  std::size_t start = 0;
  for (std::int32_t length : whole.lengths) {
    const int first = std::min(begin, length), last = std::min(end, length);
    part.batch.lengths.push_back(last - first);
    for (int t = first; t < last; ++t) {
      part.batch.tokens.push_back(whole.tokens[start + t]);
      part.batch.classes.push_back(whole.classes[start + t]);
      part.results.push_back(start + t);
    }
    start += length;
  }
  part.batch.has_targets = true;
  part.batch.keeps = true;
  return part;
}

NetworkSpec spec_of(CellKind kind) {
  NetworkSpec spec = network(InputKind::tokens, 11, 4, Pooling::none, OutputKind::classes, 6);
  spec.cell.kind = kind;
  spec.hidden = 7;
  spec.layers = 2;
  return spec;
}

BPTT_TEST("a sequence in windows gives the bits it gives as a whole") {
  for (CellKind kind : {CellKind::rnn, CellKind::gru, CellKind::lstm}) {
    const NetworkSpec spec = spec_of(kind);
    const auto snapshot = random_snapshot<float>(spec);
    const Batch<float> whole = random_batch<float>(spec, {5, 0, 9, 4, 1});
    const Evaluation<float> expected = evaluation(*snapshot, whole);
    std::vector<float> found(expected.output.size());
    States<float> states;
    double loss = 0;
    for (int begin = 0; begin < 9; begin += 4) {
      Window part = window(whole, begin, begin + 4);
      part.batch.initial = states;
      part.batch.check(spec);
      Evaluation<float> result = evaluation(*snapshot, part.batch);
      for (std::size_t i = 0; i < part.results.size(); ++i) std::copy_n(result.output.data() + i * 6, 6, found.data() + part.results[i] * 6);
      loss += result.loss;
      states = std::move(result.final);
    }
    CHECK_WITH(same_bits(found, expected.output), describe(spec));
    CHECK_WITH(std::abs(loss - expected.loss) < 1e-9 * std::abs(expected.loss), describe(spec));
  }
}

BPTT_TEST("a trainer carries the states from batch to batch") {
  for (CellKind kind : {CellKind::rnn, CellKind::gru, CellKind::lstm}) {
    const NetworkSpec spec = spec_of(kind);
    const auto snapshot = random_snapshot<float>(spec);
    const Batch<float> whole = random_batch<float>(spec, {5, 0, 9, 4, 1});
    const double expected = evaluation(*snapshot, whole).loss;
    ThreadPool pool(2);
    Trainer<float> trainer(snapshot, TrainerSpec{});
    double loss = 0;
    for (int begin = 0; begin < 9; begin += 4) {
      Window part = window(whole, begin, begin + 4);
      part.batch.continues = begin > 0;
      loss += trainer.step(part.batch, 0, pool).loss;
    }
    CHECK_WITH(std::abs(loss - expected) < 1e-6 * std::abs(expected), describe(spec) << ": " << loss << ", expected " << expected);
  }
}

BPTT_TEST("what cannot continue is refused") {
  NetworkSpec spec = spec_of(CellKind::lstm);
  ThreadPool pool(1);
  Trainer<float> trainer(random_snapshot<float>(spec), TrainerSpec{});
  Batch<float> batch = random_batch<float>(spec, {3, 2});
  batch.continues = true;
  CHECK(refusal([&] { trainer.step(batch, 0.1, pool); }) == ErrorCode::state);
  batch.continues = false;
  const std::size_t states = 2 * static_cast<std::size_t>(spec.layers) * spec.hidden;
  for (const auto& [h, c] : {std::pair<std::size_t, std::size_t>{3, 3}, {states, 0}, {0, states}, {states, states + 1}}) {
    batch.initial = {std::vector<float>(h), std::vector<float>(c)};
    CHECK(refusal([&] { batch.check(spec); }) == ErrorCode::shape);
  }
  batch.initial = {std::vector<float>(states), std::vector<float>(states)};
  batch.check(spec);
  batch.continues = true;
  CHECK(refusal([&] { trainer.step(batch, 0.1, pool); }) == ErrorCode::option);
  CHECK(refusal([&] { trainer.evaluate(batch, pool); }) == ErrorCode::option);
  batch.continues = false;
  batch.initial = {};
  batch.marginals = true;
  CHECK(refusal([&] { trainer.step(batch, 0.1, pool); }) == ErrorCode::option);
  CHECK(refusal([&] { batch.check(spec); }) == ErrorCode::option);
  batch.marginals = false;
  batch.keeps = true;
  spec.bidirectional = true;
  CHECK(refusal([&] { batch.check(spec); }) == ErrorCode::option);
}

}  // namespace
}  // namespace test
}  // namespace bptt

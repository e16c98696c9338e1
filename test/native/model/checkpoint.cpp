// A trainer made of another one's state goes on to the same bits.
#include "check.h"
#include "model/model_cases.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

bool same_bits(const Parameters<float>& a, const Parameters<float>& b) {
  bool all = test::same_bits(a.dense, b.dense) && a.tables.size() == b.tables.size();
  for (std::size_t i = 0; all && i < a.tables.size(); ++i) all = test::same_bits(a.tables[i], b.tables[i]);
  return all;
}

NetworkSpec words() {
  NetworkSpec spec = network(InputKind::tokens, 9, 4, Pooling::none, OutputKind::classes, 6);
  spec.input.dropout = spec.dropout_recurrent = 0.3;
  return spec;
}

// The batch after `step` others; it carries states on.
Batch<float> batch_at(const NetworkSpec& spec, int step) {
  Batch<float> batch = random_batch<float>(spec, {4, 2, 3}, step);
  batch.continues = step > 0;
  batch.keeps = true;
  return batch;
}

BPTT_TEST("a state taken from a trainer goes on to the same bits, whatever the optimiser") {
  const NetworkSpec spec = words();
  const auto start = random_snapshot<float>(spec);
  ThreadPool pool(2);
  for (OptimizerSpec::Kind kind : {OptimizerSpec::sgd, OptimizerSpec::rmsprop, OptimizerSpec::adam, OptimizerSpec::adamw})
    for (double momentum : {0.0, 0.9}) {
      TrainerSpec training;
      training.optimizer.kind = kind;
      training.optimizer.momentum = momentum;
      training.rare_tokens.assign(spec.input.size, 1);
      Trainer<float> whole(start, training);
      for (int step = 0; step < 3; ++step) whole.step(batch_at(spec, step), 0.01, pool);
      whole.keep();
      whole.step(batch_at(spec, 3), 0.01, pool);
      Trainer<float> resumed(start->shared_architecture(), training, whole.state());
      CHECK(same_bits(resumed.result()->parameters(), whole.result()->parameters()));
      for (int step = 4; step < 7; ++step)
        CHECK(whole.step(batch_at(spec, step), 0.01, pool).loss == resumed.step(batch_at(spec, step), 0.01, pool).loss);
      CHECK(same_bits(whole.parameters(), resumed.parameters()));
      CHECK(!same_bits(whole.parameters(), whole.result()->parameters()));
    }
}

BPTT_TEST("a state that is not one of this network and optimiser is refused") {
  const NetworkSpec spec = words();
  const auto start = random_snapshot<float>(spec);
  const auto architecture = start->shared_architecture();
  ThreadPool pool(1);
  Trainer<float> trainer(start, TrainerSpec{});
  trainer.step(batch_at(spec, 0), 0.01, pool);
  const auto refused = [&](void (*change)(TrainerState<float>&)) {
    TrainerState<float> state = trainer.state();
    change(state);
    return refusal([&] { Trainer<float>(architecture, TrainerSpec{}, std::move(state)); }) == ErrorCode::shape;
  };
  CHECK(refused([](TrainerState<float>& state) { state.parameters.dense.resize(3); }));
  CHECK(refused([](TrainerState<float>& state) { state.parameters.tables.clear(); }));
  CHECK(refused([](TrainerState<float>& state) { state.first = {}; }));
  CHECK(refused([](TrainerState<float>& state) { state.second.tables[0].resize(1); }));
  CHECK(refused([](TrainerState<float>& state) { state.kept.emplace(); }));
  CHECK(refused([](TrainerState<float>& state) { state.carried.h.pop_back(); }));
  CHECK(refused([](TrainerState<float>& state) { state.carried.c.clear(); }));
  TrainerSpec plain;
  plain.optimizer.kind = OptimizerSpec::sgd;
  CHECK(refusal([&] { Trainer<float>(architecture, plain, trainer.state()); }) == ErrorCode::shape);
}

}  // namespace
}  // namespace test
}  // namespace bptt

// Work that is stopped, at each of the places where it looks whether it should: it ends with the error that says so, in all threads,
// and what there was before is as it was and of use.
#include <memory>

#include "check.h"
#include "model/every_stage.h"
#include "model/inference/generator.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

// Whether attempt() on a pool is stopped by the n-th look; then nobody goes on to another step.
template <class Attempt>
bool stopped_by(long look, ThreadPool& pool, const Attempt& attempt) {
  Stop stop;
  stop.last_look = look;
  pool.heed(stop);
  bool stopped = false;
  try {
    attempt();
  } catch (const Error& error) {
    stopped = error.code() == ErrorCode::disposed;
    CHECK(stopped);
    CHECK_WITH(stop.looks() < look + 2 * pool.threads(), stop.looks() << " looks, stopped by look " << look);
  }
  pool.heed(Stop::never());
  return stopped;
}

// How often attempt() looks.
template <class Attempt>
long looks(ThreadPool& pool, const Attempt& attempt) {
  Stop stop;
  pool.heed(stop);
  attempt();
  pool.heed(Stop::never());
  return stop.looks();
}

TrainerSpec training_of(const NetworkSpec& spec) {
  TrainerSpec training;
  if (spec.input.kind == InputKind::tokens) training.rare_tokens.assign(spec.input.size, 1);
  return training;
}

BPTT_TEST("a training step that is stopped changes nothing, and the next one has the same bits") {
  for (const Case& c : every_stage())
    for (int threads : {1, 2}) {
      ThreadPool pool(threads);
      const auto start = random_snapshot<float>(c.spec);
      const ParameterArena& arena = start->architecture().arena;
      const std::vector<float> before = flat(arena, start->parameters());
      Trainer<float> calm(start, training_of(c.spec));
      calm.step(c.batch, 0.01, pool);
      const std::vector<float> after = flat(arena, calm.parameters());
      long look = 1;
      for (;; ++look) {
        Trainer<float> trainer(start, training_of(c.spec));
        if (!stopped_by(look, pool, [&] { trainer.step(c.batch, 0.01, pool); })) break;
        CHECK_WITH(same_bits(flat(arena, trainer.parameters()), before), c.name << " stopped by look " << look);
        trainer.step(c.batch, 0.01, pool);
        CHECK_WITH(same_bits(flat(arena, trainer.parameters()), after), c.name << " stopped by look " << look);
      }
      CHECK_WITH(look > 20, c.name << " looks " << look << " times");
    }
}

BPTT_TEST("a prediction that is stopped leaves the network and the work areas of use") {
  for (const Case& c : every_stage()) {
    ThreadPool pool(2);
    const auto snapshot = random_snapshot<float>(c.spec);
    const std::vector<float> expected = evaluation(*snapshot, c.batch).output;
    Pass<float> pass;
    const auto predict = [&](const Snapshot<float>& network) {
      if (c.spec.ctc || c.spec.has_decoder()) decode(pass, network.weights(pool), c.batch, searched(c.batch, c.spec), pool);
      return evaluate(pass, network.weights(pool), c.batch, pool).output;
    };
    for (long look = 1;; ++look) {
      const Snapshot<float> fresh(snapshot->shared_architecture(), snapshot->parameters());
      if (!stopped_by(look, pool, [&] { predict(fresh); })) break;
      CHECK_WITH(same_bits(predict(fresh), expected), c.name << " stopped by look " << look);
    }
  }
}

BPTT_TEST("threads that wait for each other at each step leave together") {
  // Weights that no cache holds are shared out by units.
  for (const Cell& cell : all_cells()) {
    NetworkSpec spec = network(InputKind::features, 300, 0, Pooling::none, OutputKind::values, 1);
    spec.cell = cell;
    spec.hidden = 900;
    ThreadPool pool(2);
    const auto start = random_snapshot<float>(spec);
    const Batch<float> batch = random_batch<float>(spec, {3, 3, 2, 3});
    Trainer<float> trainer(start, TrainerSpec{});
    trainer.evaluate(batch, pool);
    const long all = looks(pool, [&] { trainer.evaluate(batch, pool); });
    for (long look = 1; look <= all; look += 1 + all / 12) CHECK(stopped_by(look, pool, [&] { trainer.step(batch, 0.01, pool); }));
    CHECK(same_bits(flat(start->architecture().arena, trainer.parameters()), flat(start->architecture().arena, start->parameters())));
  }
}

BPTT_TEST("whatever goes step by step looks at each of them") {
  constexpr int steps = 150;
  for (const Case& c : every_stage()) {
    ThreadPool pool(1);
    const auto snapshot = random_snapshot<float>(c.spec);
    const Batch<float> batch = random_batch<float>(c.spec, {steps});
    Pass<float> pass;
    const Weights<float>& weights = snapshot->weights(pool);
    CHECK_WITH(looks(pool, [&] { evaluate(pass, weights, batch, pool); }) >= steps, c.name);
    Trainer<float> trainer(snapshot, training_of(c.spec));
    CHECK_WITH(looks(pool, [&] { trainer.step(batch, 0.01, pool); }) >= 2 * steps, c.name);
    if (!c.spec.has_decoder()) continue;
    DecodingOptions options = searched(batch, c.spec);
    const auto search = [&](int limit) {
      options.limits.assign(1, limit);
      return looks(pool, [&] { decode(pass, weights, batch, options, pool); });
    };
    // The search may end of itself, values do not.
    if (c.spec.output == OutputKind::values) CHECK_WITH(search(steps) - search(0) >= steps, c.name);
    else CHECK_WITH(search(2) > search(0), c.name);
  }
}

BPTT_TEST("a generator looks at each step that it writes, and at each of a prompt") {
  constexpr int steps = 100;
  NetworkSpec spec = network(InputKind::tokens, 7, 4, Pooling::none, OutputKind::classes, 7);
  ThreadPool pool(1);
  const auto snapshot = random_snapshot<float>(spec);
  const Batch<float> prompts = random_batch<float>(spec, {steps});
  GeneratorSpec options;
  options.seeds = {1};
  options.endless = true;
  Generator<float> generator(snapshot, prompts, options, pool);
  CHECK(looks(pool, [&] { generator.next(1, pool); }) >= steps);
  CHECK(looks(pool, [&] { generator.next(steps, pool); }) >= steps);
}

BPTT_TEST("a pool leaves out the tasks that are left, unless they may not be stopped") {
  for (int threads : {1, 2}) {
    ThreadPool pool(threads);
    std::atomic<int> done{0};
    const auto work = [&] { pool.run(100, [&](int) { ++done; }); };
    CHECK(stopped_by(11, pool, work));
    CHECK(done >= 10 && done < 100);
    done = 0;
    CHECK(!stopped_by(11, pool, [&] {
      const Unstoppable all(pool);
      work();
    }));
    CHECK(done == 100);
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

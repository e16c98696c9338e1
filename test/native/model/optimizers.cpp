// The optimisers against their formulas written out one number at a time; clipping; the lazy update of embeddings.
#include <cmath>

#include "check.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {

// One parameter under one of the rules of torch.optim.
struct NaiveRule {
  OptimizerSpec spec;
  double first = 0, second = 0;

  double step(double p, double g, double rate, int t) {
    if (spec.kind == OptimizerSpec::adamw) p *= 1 - rate * spec.weight_decay;
    else g += spec.weight_decay * p;
    switch (spec.kind) {
      case OptimizerSpec::sgd:
        if (spec.momentum == 0) return p - rate * g;
        first = spec.momentum * first + g;
        return p - rate * (spec.nesterov ? g + spec.momentum * first : first);
      case OptimizerSpec::rmsprop: {
        second = spec.decay * second + (1 - spec.decay) * g * g;
        const double q = g / (std::sqrt(second) + spec.epsilon);
        first = spec.momentum * first + q;
        return p - rate * (spec.momentum > 0 ? first : q);
      }
      case OptimizerSpec::adam:
      case OptimizerSpec::adamw: {
        first = spec.beta1 * first + (1 - spec.beta1) * g;
        second = spec.beta2 * second + (1 - spec.beta2) * g * g;
        const double mean = first / (1 - std::pow(spec.beta1, t)), square = second / (1 - std::pow(spec.beta2, t));
        return p - rate * mean / (std::sqrt(square) + spec.epsilon);
      }
    }
    return p;
  }
};

std::vector<OptimizerSpec> rules() {
  std::vector<OptimizerSpec> all;
  for (OptimizerSpec::Kind kind : {OptimizerSpec::sgd, OptimizerSpec::rmsprop, OptimizerSpec::adam, OptimizerSpec::adamw})
    for (double momentum : {0.0, 0.9})
      for (double weight_decay : {0.0, 0.03}) {
        OptimizerSpec spec;
        spec.kind = kind;
        spec.momentum = kind == OptimizerSpec::adam || kind == OptimizerSpec::adamw ? 0 : momentum;
        spec.weight_decay = weight_decay;
        all.push_back(spec);
        if (kind == OptimizerSpec::sgd && momentum > 0) {
          spec.nesterov = true;
          all.push_back(spec);
        }
      }
  return all;
}

// The kernel of one instruction set, over a range that is cut at `cut`, for some steps.
template <class S>
std::vector<S> run_kernel(const Kernels<S>& kernel, const OptimizerSpec& rule, std::size_t size, std::size_t cut, int steps) {
  std::vector<S> p(size), g(size), first(size, S(0)), second(size, S(0));
  const Random random(1, 2);
  for (std::size_t i = 0; i < size; ++i) p[i] = static_cast<float>(4 * random.uniform(i) - 2);
  for (int t = 1; t <= steps; ++t) {
    for (std::size_t i = 0; i < size; ++i) g[i] = static_cast<float>(4 * random.uniform(1000 * t + i) - 2);
    const std::size_t borders[] = {0, cut, size};
    for (int part = 0; part < 2; ++part) {
      const std::size_t begin = borders[part];
      Update<S> u{};
      u.kind = static_cast<typename Update<S>::Kind>(rule.kind);
      u.size = borders[part + 1] - begin;
      u.parameters = p.data() + begin;
      u.gradients = g.data() + begin;
      u.first = rule.has_first() ? first.data() + begin : nullptr;
      u.second = rule.has_second() ? second.data() + begin : nullptr;
      u.scale = 0.5;
      u.learning_rate = 0.01;
      u.momentum = rule.momentum;
      u.decay = rule.decay;
      u.beta1 = rule.beta1;
      u.beta2 = rule.beta2;
      u.epsilon = rule.epsilon;
      u.weight_decay = rule.weight_decay;
      u.correction1 = 1 - std::pow(rule.beta1, t);
      u.correction2 = 1 - std::pow(rule.beta2, t);
      u.nesterov = rule.nesterov;
      kernel.update(u);
    }
  }
  return p;
}

template <class S>
void check_rules(double tolerance) {
  constexpr int steps = 5;
  constexpr std::size_t size = 37;
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa)
    for (const OptimizerSpec& rule : rules()) {
      const Kernels<S>& kernel = *kernels_for<S>(*isa);
      const std::vector<S> found = run_kernel(kernel, rule, size, size, steps);
      const Random random(1, 2);
      std::vector<double> expected;
      for (std::size_t i = 0; i < size; ++i) {
        NaiveRule naive{rule};
        double p = static_cast<float>(4 * random.uniform(i) - 2);
        for (int t = 1; t <= steps; ++t) p = naive.step(p, 0.5 * static_cast<float>(4 * random.uniform(1000 * t + i) - 2), 0.01, t);
        expected.push_back(p);
      }
      const double error = relative_error(found, expected, size);
      CHECK_WITH(error <= tolerance, *isa << ", rule " << rule.kind << ", momentum " << rule.momentum << ", decay " << rule.weight_decay << ": off by " << error);
      for (std::size_t cut : {1, 8, 13, 36})
        CHECK_WITH(run_kernel(kernel, rule, size, cut, steps) == found, *isa << ": an element depends on where the range is cut (" << cut << ")");
    }
}

BPTT_TEST("optimisers follow their formulas, on every instruction set, wherever the range is cut") {
  check_rules<double>(1e-14);
  check_rules<float>(1e-6);
}

BPTT_TEST("a step of each optimiser moves a whole network as the formula says, embeddings too") {
  const NetworkSpec spec = network(InputKind::tokens, 30, 3, Pooling::none, OutputKind::classes, 4);
  const auto start = random_snapshot<double>(spec);
  const ParameterArena& arena = start->architecture().arena;
  ThreadPool pool(2);
  TrainerSpec plain;
  plain.optimizer.kind = OptimizerSpec::sgd;
  for (const OptimizerSpec& rule : rules()) {
    TrainerSpec training;
    training.optimizer = rule;
    Trainer<double> trainer(start, training);
    std::vector<NaiveRule> naive(flat(arena, start->parameters()).size(), NaiveRule{rule});
    for (int t = 1; t <= 3; ++t) {
      const Batch<double> batch = random_batch<double>(spec, {3, 1, 4}, t);
      // The gradient at this point, from a step of plain SGD.
      const auto here = std::make_shared<const Snapshot<double>>(start->shared_architecture(), trainer.parameters());
      Trainer<double> probe(here, plain);
      probe.step(batch, 1, pool);
      const std::vector<double> before = flat(arena, trainer.parameters()), moved = flat(arena, probe.parameters());
      trainer.step(batch, 0.01, pool);
      const std::vector<double> after = flat(arena, trainer.parameters());
      std::vector<char> read(spec.input.size, 0);
      for (std::int32_t token : batch.tokens) read[token] = 1;
      for (std::size_t i = 0; i < before.size(); ++i) {
        const bool row = i < arena.table(0).size();  // the table comes first
        double expected = before[i];
        // Rows that no token read stand still, and so do their moments.
        if (!row || read[i / spec.input.embedding]) expected = naive[i].step(before[i], before[i] - moved[i], 0.01, t);
        CHECK_WITH(std::fabs(after[i] - expected) <= 1e-9, "rule " << rule.kind << ", step " << t << ", parameter " << i << ": " << after[i] << " for " << expected);
      }
    }
  }
}

BPTT_TEST("clipping scales the whole gradient, embeddings too, to the bound") {
  const NetworkSpec spec = network(InputKind::tokens, 9, 3, Pooling::attention, OutputKind::classes, 4);
  const auto start = random_snapshot<double>(spec);
  const ParameterArena& arena = start->architecture().arena;
  const Batch<double> batch = random_batch<double>(spec, {3, 5, 2});
  ThreadPool pool(1);
  TrainerSpec plain, clipped;
  plain.optimizer.kind = clipped.optimizer.kind = OptimizerSpec::sgd;
  clipped.clip_norm = 0.01;
  Trainer<double> free(start, plain), bound(start, clipped);
  const double norm = free.step(batch, 1, pool).gradient_norm;
  CHECK(norm > clipped.clip_norm);
  CHECK(bound.step(batch, 1, pool).gradient_norm == norm);
  const std::vector<double> before = flat(arena, start->parameters()), whole = flat(arena, free.parameters()), part = flat(arena, bound.parameters());
  for (std::size_t i = 0; i < before.size(); ++i)
    CHECK(std::fabs((before[i] - part[i]) - (before[i] - whole[i]) * clipped.clip_norm / (norm + 1e-6)) < 1e-15);
  // A bound above the norm changes nothing.
  clipped.clip_norm = 2 * norm;
  Trainer<double> loose(start, clipped);
  loose.step(batch, 1, pool);
  CHECK(flat(arena, loose.parameters()) == whole);
}

}  // namespace
}  // namespace test
}  // namespace bptt

// Sums over all paths of a chain of labels, the best of them and all gradients against enumeration, in double; scores
// beyond the range of float32; and what holds for every batch of a network with a crf.
#include <algorithm>
#include <functional>
#include <limits>

#include "check.h"
#include "kernels/kernels.h"
#include "model/crf/crf.h"
#include "model/crf/crf_path.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {

using Path = std::vector<std::int32_t>;

NetworkSpec tagger(int labels) {
  NetworkSpec spec = network(InputKind::features, 2, 0, Pooling::none, OutputKind::classes, labels);
  spec.bidirectional = true;
  spec.crf = true;
  return spec;
}

// Labels 0, 1, … of which an odd one may only follow itself and the even one before it, as I does B.
std::shared_ptr<const ChunkRules> chunk_rules(int labels) {
  ChunkRules rules;
  for (int label = 0; label < labels; ++label) {
    rules.types.push_back(label / 2);
    rules.places.push_back(label % 2 == 0 ? ChunkRules::leaves_open : ChunkRules::goes_on | ChunkRules::leaves_open);
  }
  rules.breaks_off = true;
  return std::make_shared<const ChunkRules>(rules);
}

// One sequence with random scores.
template <class S>
struct Chain {
  NetworkSpec spec;
  std::vector<S> scores, z;
  CrfTransitions<S> transitions;
  SequenceLayout layout;
  ThreadPool pool{1};

  Chain(int steps, int labels, bool rules, std::uint64_t seed, double spread)
      : spec(tagger(labels)), scores((labels + 1) * (labels + 1)), z(steps * labels), layout(steps, 1) {
    if (rules) spec.rules = chunk_rules(labels);
    const Random random(seed, 904);
    std::uint64_t next = 0;
    for (S& score : scores) score = static_cast<S>(static_cast<float>(spread * (2 * random.uniform(next++) - 1)));
    for (S& number : z) number = static_cast<S>(static_cast<float>(spread * (2 * random.uniform(next++) - 1)));
    pack();
  }
  void pack() {
    transitions = CrfTransitions<S>(spec, scores.data());
    transitions.pack(pool);
  }
  int labels() const { return spec.outputs; }
  int steps() const { return layout.steps(); }
  double score(const Path& path) const {
    int before = labels();
    double sum = 0;
    for (int t = 0; t < steps(); ++t) {
      if (!transitions.allowed(before, path[t])) return -std::numeric_limits<double>::infinity();
      sum += static_cast<double>(scores[before * (labels() + 1) + path[t]]) + z[t * labels() + path[t]];
      before = path[t];
    }
    if (!transitions.allowed(before, labels())) return -std::numeric_limits<double>::infinity();
    return sum + scores[before * (labels() + 1) + labels()];
  }
  void each_path(const std::function<void(const Path&, double)>& visit) const {
    Path path(steps(), 0);
    while (true) {
      visit(path, score(path));
      int t = 0;
      while (t < steps() && ++path[t] == labels()) path[t++] = 0;
      if (t == steps()) return;
    }
  }
  double log_sum() const {
    double largest = -std::numeric_limits<double>::infinity(), sum = 0;
    each_path([&](const Path&, double score) { largest = std::max(largest, score); });
    each_path([&](const Path&, double score) { sum += std::exp(score - largest); });
    return largest + std::log(sum);
  }
};

template <class S>
struct Found {
  double log_sum;
  std::vector<S> marginals, counts;

  explicit Found(Chain<S>& chain) : marginals(chain.z.size()), counts(chain.scores.size()) {
    CrfSums<S> sums;
    sums.forward(chain.transitions, chain.layout, chain.z.data(), chain.pool);
    log_sum = sums.log_sum(0);
    sums.backward(marginals.data(), chain.pool);
    const std::uint8_t counted = 1;
    sums.transitions(marginals.data(), &counted, counts.data(), chain.pool);
  }
};

BPTT_TEST("crf: sums, probabilities and counts are those of all paths") {
  for (int labels : {1, 2, 3, 4})
    for (int steps = 1; steps <= 5; ++steps)
      for (bool rules : {false, true})
        for (double spread : {0.5, 4.0, 400.0}) {
          Chain<double> chain(steps, labels, rules, 10 * steps + labels, spread);
          const Found<double> found(chain);
          const double log_sum = chain.log_sum();
          std::vector<double> marginals(chain.z.size(), 0), counts(chain.scores.size(), 0);
          chain.each_path([&](const Path& path, double score) {
            const double probability = std::exp(score - log_sum);
            int before = labels;
            for (int t = 0; t < steps; ++t) {
              marginals[t * labels + path[t]] += probability;
              counts[before * (labels + 1) + path[t]] += probability;
              before = path[t];
            }
            counts[before * (labels + 1) + labels] += probability;
          });
          CHECK_WITH(std::fabs(found.log_sum - log_sum) < 1e-12 * (1 + std::fabs(log_sum)), "T " << steps << ", O " << labels << ": " << found.log_sum << " and " << log_sum);
          for (std::size_t n = 0; n < marginals.size(); ++n)
            CHECK_WITH(std::fabs(found.marginals[n] - marginals[n]) < 1e-11, "T " << steps << ", O " << labels << ", " << n << ": " << found.marginals[n] << " and " << marginals[n]);
          for (std::size_t n = 0; n < counts.size(); ++n) {
            CHECK_WITH(std::fabs(found.counts[n] - counts[n]) < 1e-11, "T " << steps << ", O " << labels << ", pair " << n << ": " << found.counts[n] << " and " << counts[n]);
            if (rules && !chain.spec.rules->allows(static_cast<int>(n) / (labels + 1), static_cast<int>(n) % (labels + 1))) CHECK(found.counts[n] == 0);
          }
        }
}

BPTT_TEST("crf: the best path has the largest score of all") {
  for (int labels : {1, 2, 3, 4, 5})
    for (int steps = 1; steps <= 5; ++steps)
      for (bool rules : {false, true}) {
        const Chain<double> chain(steps, labels, rules, 100 + 10 * steps + labels, 2);
        double largest = -std::numeric_limits<double>::infinity();
        chain.each_path([&](const Path&, double score) { largest = std::max(largest, score); });
        Path path(steps);
        CrfPath<double>().find(chain.transitions, steps, [&](int t) { return chain.z.data() + t * labels; }, [&](int t) -> std::int32_t& { return path[t]; });
        CHECK_WITH(std::fabs(chain.score(path) - largest) < 1e-12, "T " << steps << ", O " << labels << ": " << chain.score(path) << " and " << largest);
      }
}

BPTT_TEST("crf: of paths alike the first") {
  Chain<double> chain(3, 3, false, 1, 0);
  Path path(3);
  CrfPath<double>().find(chain.transitions, 3, [&](int t) { return chain.z.data() + t * 3; }, [&](int t) -> std::int32_t& { return path[t]; });
  CHECK(path == (Path{0, 0, 0}));
}

// In single as in double, whether the scores are moderate, large, or such that the labels of one step are e^200 apart from
// those that turn out to be right at the next one.
BPTT_TEST("crf: neither long sequences nor certain mistakes leave the range of float32") {
  for (int steps : {2, 40, 3000})
    for (bool rules : {false, true})
      for (double spread : {1.0, 15.0, 100.0}) {
        Chain<float> single(steps, 9, rules, 4, spread);
        Chain<double> wide(steps, 9, rules, 4, spread);
        CHECK(std::equal(single.z.begin(), single.z.end(), wide.z.begin()));
        const Found<float> found(single);
        const Found<double> expected(wide);
        CHECK_WITH(std::fabs(found.log_sum - expected.log_sum) < 1e-6 * std::fabs(expected.log_sum), "T " << steps << ", spread " << spread << ": " << found.log_sum << " and " << expected.log_sum);
        for (std::size_t n = 0; n < found.marginals.size(); ++n)
          CHECK_WITH(std::fabs(found.marginals[n] - expected.marginals[n]) < 2e-4, "T " << steps << ", spread " << spread << ", " << n << ": " << found.marginals[n] << " and " << expected.marginals[n]);
        for (std::size_t n = 0; n < found.counts.size(); ++n)
          CHECK_WITH(std::fabs(found.counts[n] - expected.counts[n]) < 2e-4 + 1e-5 * expected.counts[n], "T " << steps << ", spread " << spread << ", pair " << n << ": " << found.counts[n] << " and " << expected.counts[n]);
      }
}

// −ln of the probability of what is known, over all paths.
double expected_loss(const Chain<double>& chain, const std::int32_t* target) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  const auto fits = [&](const Path& path) {
    for (int t = 0; t < chain.steps(); ++t)
      if (target[t] >= 0 && path[t] != target[t]) return false;
    return true;
  };
  chain.each_path([&](const Path& path, double score) {
    if (fits(path)) largest = std::max(largest, score);
  });
  chain.each_path([&](const Path& path, double score) {
    if (fits(path)) sum += std::exp(score - largest);
  });
  return chain.log_sum() - largest - std::log(sum);
}

// z [N, O] in the packed rows of the order.
Loss crf_loss(Chain<double>& chain, const BatchOrder& order, const Batch<double>& batch, std::vector<double>& z) {
  CrfHead<double> head;
  const OutputRows<double> rows{z.data(), order.rows(), chain.transitions.labels(), order.steps()};
  head.forward({OutputKind::classes, rows, &batch, &order, &chain.transitions, true}, chain.pool);
  return head.loss(false, chain.pool);
}

BPTT_TEST("crf: the loss of a batch is that of its sequences, unknown labels summed over") {
  for (bool rules : {false, true}) {
    const int labels = 3;
    const std::vector<std::int32_t> lengths = {3, 0, 4, 1, 2, 5};
    // All of them known; nothing at all; some; none; one; forbidden at the end (1 may only follow 0 and 1).
    const std::vector<std::int32_t> classes = {0, 1, 1, 0, -1, -1, 2, -1, 0, -1, 2, 2, 0, 2, 1};
    std::vector<double> z;
    double sum = 0;
    Chain<double> last(1, labels, rules, 40, 1.5);
    std::size_t start = 0;
    Batch<double> batch;
    batch.lengths = lengths;
    batch.classes = classes;
    batch.has_targets = true;
    for (std::size_t b = 0; b < lengths.size(); ++b) {
      Chain<double> chain(std::max(1, lengths[b]), labels, rules, 50 + b, 1.5);
      chain.scores = last.scores;
      chain.pack();
      if (lengths[b] > 0) z.insert(z.end(), chain.z.begin(), chain.z.end());
      const bool unknown = lengths[b] == 0 || lengths[b] == 1, infeasible = rules && lengths[b] == 5;
      if (!unknown && !infeasible) sum += expected_loss(chain, classes.data() + start);
      start += lengths[b];
    }
    const BatchOrder order(lengths);
    std::vector<double> packed(z.size());
    for (int r = 0; r < order.rows(); ++r) std::copy_n(z.begin() + order.step_of(r) * labels, labels, packed.begin() + r * labels);
    const Loss loss = crf_loss(last, order, batch, packed);
    CHECK_WITH(std::fabs(loss.sum - sum) < 1e-11, loss.sum << " and " << sum);
    CHECK(loss.count == (rules ? 6 : 11) && loss.infeasible == (rules ? 1 : 0));
  }
}

BPTT_TEST("crf: only forbidden transitions lead to some targets") {
  Chain<double> chain(1, 4, true, 3, 1);
  const auto possible = [&](const std::vector<std::int32_t>& target) {
    Batch<double> batch;
    batch.lengths = {static_cast<std::int32_t>(target.size())};
    batch.classes = target;
    batch.has_targets = true;
    std::vector<double> z(target.size() * 4, 0);
    const BatchOrder order(batch.lengths);
    const Loss loss = crf_loss(chain, order, batch, z);
    CHECK(loss.infeasible + (loss.count > 0) == 1 && (loss.infeasible == 0 || loss.sum == 0));
    return loss.infeasible == 0;
  };
  CHECK(possible({0, 1, 1, 2, 3}));
  CHECK(!possible({1}));
  CHECK(!possible({0, 3}));
  CHECK(possible({-1, 1}));
  CHECK(possible({0, -1, 3}));
  CHECK(possible({-1, -1, 3, 0}));
  CHECK(!possible({-1, 2, 1}));
  // S, E, B and I: what has begun has to end.
  ChunkRules rules;
  rules.types = {7, 0, 0, 0};
  rules.places = {0, ChunkRules::goes_on, ChunkRules::leaves_open, ChunkRules::goes_on | ChunkRules::leaves_open};
  chain.spec.rules = std::make_shared<const ChunkRules>(rules);
  chain.pack();
  CHECK(possible({0, 2, 3, 1, 0}));
  CHECK(!possible({2}) && !possible({2, 0}) && !possible({2, -1, 0, 3}) && !possible({-1, 3}));
  CHECK(possible({-1, 1}) && possible({2, -1, 1}) && possible({2, -1, 0}) && possible({0, -1}));
}

Evaluation<float> evaluated(const Snapshot<float>& snapshot, Batch<float> batch, int threads) {
  batch.marginals = true;
  return evaluation(snapshot, batch, threads);
}

BPTT_TEST("crf: neither threads nor the order of a batch change a bit") {
  for (int labels : {1, 17, 40}) {
    NetworkSpec spec = tagger(labels);
    spec.hidden = 20;
    if (labels == 17) spec.rules = chunk_rules(labels);
    const auto start = random_snapshot<float>(spec);
    std::vector<std::int32_t> lengths;
    for (int b = 0; b < 40; ++b) lengths.push_back(b * 7 % 60);
    const Batch<float> batch = random_batch<float>(spec, lengths);
    std::vector<float> parameters;
    Evaluation<float> first;
    for (int threads : {1, 2, 3, 8}) {
      ThreadPool pool(threads);
      Trainer<float> trainer(start, TrainerSpec{});
      trainer.step(batch, 0.01, pool);
      trainer.step(batch, 0.01, pool);
      const std::vector<float> found = flat(start->architecture().arena, trainer.parameters());
      const Evaluation<float> evaluation = evaluated(*start, batch, threads);
      if (threads == 1) {
        parameters = found;
        first = evaluation;
      }
      CHECK(found == parameters && evaluation.path == first.path && evaluation.output == first.output && evaluation.loss == first.loss);
    }
    std::size_t step = 0;
    for (std::int32_t length : lengths) {
      Batch<float> alone;
      alone.lengths = {length};
      alone.features.assign(batch.features.begin() + 2 * step, batch.features.begin() + 2 * (step + length));
      const Evaluation<float> single = evaluated(*start, alone, 1);
      CHECK(std::isnan(single.loss) && static_cast<std::int32_t>(single.path.size()) == length);
      CHECK(std::equal(single.path.begin(), single.path.end(), first.path.begin() + step));
      CHECK(std::equal(single.output.begin(), single.output.end(), first.output.begin() + step * labels));
      step += length;
    }
  }
}

BPTT_TEST("crf: what is forbidden is never predicted, and training leaves it alone") {
  NetworkSpec spec = tagger(4);
  spec.rules = chunk_rules(4);
  const auto start = random_snapshot<float>(spec);
  const Batch<float> batch = random_batch<float>(spec, {5, 1, 9, 0, 30});
  ThreadPool pool(1);
  Trainer<float> trainer(start, TrainerSpec{});
  for (int step = 0; step < 5; ++step) trainer.step(batch, 0.3, pool);
  const Architecture& architecture = start->architecture();
  const ParameterEntry& entry = *architecture.arena.find(ParameterEntry::crf_transitions);
  const float *before = start->parameters().values(entry), *after = trainer.parameters().values(entry);
  for (std::size_t n = 0; n < entry.size(); ++n) {
    const bool untouched = !spec.rules->allows(static_cast<int>(n) / 5, static_cast<int>(n) % 5) || n + 1 == entry.size();
    CHECK((before[n] == after[n]) == untouched);
  }
  // However much the steps themselves speak for it.
  Parameters<float> parameters = start->parameters();
  float* bias = parameters.values(*architecture.arena.find(ParameterEntry::output_bias));
  bias[1] = bias[3] = 1000;
  const Evaluation<float> found = evaluated(Snapshot<float>(start->shared_architecture(), parameters), batch, 1);
  std::size_t at = 0;
  for (std::int32_t length : batch.lengths) {
    int last = 4;
    for (std::int32_t t = 0; t < length; ++t, ++at) {
      CHECK(spec.rules->allows(last, found.path[at]));
      last = found.path[at];
      if (t == 0) CHECK(found.output[at * 4 + 1] == 0 && found.output[at * 4 + 3] == 0);
      float sum = 0;
      for (int n = 0; n < 4; ++n) sum += found.output[at * 4 + n];
      CHECK(std::fabs(sum - 1) < 1e-5);
    }
  }
}

BPTT_TEST("crf: a batch of nothing known changes nothing, and output is what was asked for") {
  const NetworkSpec spec = tagger(3);
  const auto start = random_snapshot<float>(spec);
  Batch<float> batch = random_batch<float>(spec, {3, 0, 1});
  batch.classes.assign(4, -1);
  ThreadPool pool(1);
  Trainer<float> trainer(start, TrainerSpec{});
  const StepResult result = trainer.step(batch, 0.1, pool);
  CHECK(result.count == 0 && result.loss == 0);
  CHECK(flat(start->architecture().arena, trainer.parameters()) == flat(start->architecture().arena, start->parameters()));
  const Evaluation<float> found = evaluation(*start, batch);
  CHECK(found.output.empty() && found.path.size() == 4 && found.count == 0);
  CHECK(evaluated(*start, batch, 1).output.size() == 12);
}

BPTT_TEST("crf: what is not a number is seen") {
  for (bool in_scores : {false, true})
    for (float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      const NetworkSpec spec = tagger(3);
      Parameters<float> parameters = random_snapshot<float>(spec)->parameters();
      const auto architecture = std::make_shared<const Architecture>(spec);
      parameters.values(*architecture->arena.find(in_scores ? ParameterEntry::crf_transitions : ParameterEntry::output_bias))[1] = wrong;
      const Batch<float> batch = random_batch<float>(spec, {4, 2, 7});
      ThreadPool pool(2);
      Trainer<float> trainer(std::make_shared<const Snapshot<float>>(architecture, parameters), TrainerSpec{});
      bool seen = false;
      try {
        trainer.step(batch, 0.1, pool);
      } catch (const Error& error) {
        seen = error.code() == ErrorCode::non_finite;
      }
      CHECK(seen);
      CHECK(refusal([&] { evaluated(Snapshot<float>(architecture, parameters), batch, 1); }) == ErrorCode::non_finite);
    }
}

BPTT_TEST("crf: what does not fit is refused") {
  const auto refused = [](ErrorCode code, const NetworkSpec& spec) {
    try {
      spec.check();
    } catch (const Error& error) {
      return error.code() == code;
    }
    return false;
  };
  NetworkSpec spec = tagger(4);
  spec.check();
  spec.pooling = Pooling::last;
  CHECK(refused(ErrorCode::option, spec));
  spec = tagger(4);
  spec.output = OutputKind::values;
  CHECK(refused(ErrorCode::option, spec));
  spec = tagger(4);
  spec.ctc = true;
  CHECK(refused(ErrorCode::option, spec));
  spec = tagger(1 << 13);
  CHECK(refused(ErrorCode::option, spec));
  spec = tagger(4);
  spec.rules = chunk_rules(3);
  CHECK(refused(ErrorCode::shape, spec));
  // B and E alone: labels that only come in pairs.
  spec = tagger(2);
  ChunkRules rules;
  rules.types = {0, 0};
  rules.places = {ChunkRules::leaves_open, ChunkRules::goes_on};
  spec.rules = std::make_shared<const ChunkRules>(rules);
  CHECK(refused(ErrorCode::option, spec));
}

}  // namespace
}  // namespace test
}  // namespace bptt

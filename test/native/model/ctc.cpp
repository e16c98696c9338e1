// The loss and its gradient against all paths, prefix search against all labellings, in double; and what holds for every
// batch of a network with ctc.
#include <map>

#include "check.h"
#include "kernels/kernels.h"
#include "model/ctc/ctc_search.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {

using Labels = std::vector<std::int32_t>;

// The results of one sequence, from random sums z [T, O].
template <class S>
struct Results {
  std::vector<S> z, y, log_sums;
  std::vector<std::int32_t> rows;
  CtcRows<S> view;

  Results(int steps, int classes, std::uint64_t seed, double spread) : z(steps * classes), rows(steps) {
    const Random random(seed, 903);
    for (std::size_t i = 0; i < z.size(); ++i) z[i] = static_cast<S>(spread * (2 * random.uniform(i) - 1));
    // The rows of a sequence lie anywhere in a batch.
    for (int t = 0; t < steps; ++t) rows[t] = steps - 1 - t;
    update(steps, classes);
  }
  void update(int steps, int classes) {
    y.resize(z.size());
    log_sums.resize(steps);
    current_kernels<S>().softmax(y.data(), z.data(), classes, steps, classes, log_sums.data());
    view = {z.data(), y.data(), log_sums.data(), rows.data(), steps, classes};
  }
};

Labels collapsed(const std::vector<int>& path) {
  Labels labels;
  int before = 0;
  for (int c : path) {
    if (c != 0 && c != before) labels.push_back(c);
    before = c;
  }
  return labels;
}

// The probability of every labelling, summed over all O^T paths.
std::map<Labels, double> all_labellings(const CtcRows<double>& rows) {
  std::map<Labels, double> sums;
  std::vector<int> path(rows.steps, 0);
  while (true) {
    double probability = 1;
    for (int t = 0; t < rows.steps; ++t) probability *= rows.y_at(t)[path[t]];
    sums[collapsed(path)] += probability;
    int t = 0;
    while (t < rows.steps && ++path[t] == rows.classes) path[t++] = 0;
    if (t == rows.steps) return sums;
  }
}

BPTT_TEST("ctc: the likelihood is the sum over all paths") {
  CtcAlignment<double> alignment;
  for (int steps = 0; steps <= 6; ++steps)
    for (int classes : {2, 3, 4}) {
      const Results<double> results(steps, classes, 10 * steps + classes, 2);
      double total = 0;
      for (const auto& [labels, probability] : all_labellings(results.view)) {
        const int count = static_cast<int>(labels.size());
        CHECK(ctc_steps(labels.data(), count) <= steps);
        const double found = alignment.log_probability(results.view, labels.data(), count);
        CHECK_WITH(std::fabs(found - std::log(probability)) < 1e-12, "T " << steps << ", U " << count << ": " << found << " and " << std::log(probability));
        total += std::exp(found);
      }
      CHECK(std::fabs(total - 1) < 1e-12);
    }
}

BPTT_TEST("ctc: the fewest steps of a target") {
  const auto steps = [](const Labels& labels) { return ctc_steps(labels.data(), static_cast<int>(labels.size())); };
  CHECK(steps({}) == 0);
  CHECK(steps({3}) == 1);
  CHECK(steps({3, 3}) == 3);
  CHECK(steps({1, 2, 2, 2, 1}) == 7);
}

BPTT_TEST("ctc: the gradient agrees with differences of the loss") {
  CtcAlignment<double> alignment;
  for (const Labels& labels : {Labels{}, Labels{1}, Labels{1, 1}, Labels{2, 1, 1, 3}, Labels{3, 2, 1, 2, 3}, Labels{1, 1, 1, 1}}) {
    const int classes = 4, count = static_cast<int>(labels.size());
    for (int steps : {ctc_steps(labels.data(), count), 9}) {
      Results<double> results(steps, classes, 7 + count, 1.5);
      std::vector<double> dz(results.z.size(), 99);
      alignment.log_probability(results.view, labels.data(), count);
      alignment.gradient(results.view, labels.data(), count, dz.data());
      for (std::size_t i = 0; i < dz.size(); ++i) {
        const double z = results.z[i], epsilon = 1e-5;
        double loss[2];
        for (int side : {0, 1}) {
          results.z[i] = z + (side == 0 ? -epsilon : epsilon);
          results.update(steps, classes);
          loss[side] = -alignment.log_probability(results.view, labels.data(), count);
        }
        results.z[i] = z;
        results.update(steps, classes);
        const double expected = (loss[1] - loss[0]) / (2 * epsilon);
        CHECK_WITH(std::fabs(dz[i] - expected) < 1e-9, "U " << count << ", T " << steps << ", " << i << ": " << dz[i] << " and " << expected);
      }
    }
  }
}

BPTT_TEST("ctc: neither long sequences nor certain mistakes leave the range of float32") {
  for (int steps : {40, 3000})
    for (double spread : {1.0, 60.0}) {
      Labels labels;
      for (int u = 0; u < steps / 3; ++u) labels.push_back(1 + u * u % 9);
      const int count = static_cast<int>(labels.size());
      const Results<float> single(steps, 10, 4, spread);
      Results<double> wide(steps, 10, 4, spread);
      for (std::size_t i = 0; i < single.z.size(); ++i) wide.z[i] = single.z[i];
      wide.update(steps, 10);
      CtcAlignment<float> in_single;
      CtcAlignment<double> in_double;
      const double found = in_single.log_probability(single.view, labels.data(), count);
      const double expected = in_double.log_probability(wide.view, labels.data(), count);
      CHECK_WITH(std::fabs(found - expected) < 2e-6 * std::fabs(expected), "T " << steps << ", spread " << spread << ": " << found << " and " << expected);
      std::vector<float> dz(single.z.size());
      std::vector<double> exact(dz.size());
      in_single.gradient(single.view, labels.data(), count, dz.data());
      in_double.gradient(wide.view, labels.data(), count, exact.data());
      for (std::size_t i = 0; i < dz.size(); ++i)
        CHECK_WITH(std::fabs(dz[i] - exact[i]) < 3e-4, "T " << steps << ", spread " << spread << ", " << i << ": " << dz[i] << " and " << exact[i]);
    }
}

BPTT_TEST("ctc: a wide beam finds every labelling with its probability, best first") {
  CtcSearch<double> search;
  for (int steps = 0; steps <= 5; ++steps)
    for (int classes : {2, 3, 4})
      for (double spread : {0.5, 3.0}) {
        const Results<double> results(steps, classes, 100 + 10 * steps + classes, spread);
        const std::map<Labels, double> all = all_labellings(results.view);
        const std::vector<Labelling> found = search.search(results.view, 1000, 1000);
        CHECK_WITH(found.size() == all.size(), "T " << steps << ", O " << classes << ": " << found.size() << " of " << all.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
          const auto expected = all.find(found[i].labels);
          CHECK(expected != all.end() && std::fabs(found[i].log_probability - std::log(expected->second)) < 1e-12);
          CHECK(i == 0 || found[i].log_probability <= found[i - 1].log_probability);
        }
      }
}

BPTT_TEST("ctc: the probabilities that prefix search goes by are those of the labellings") {
  CtcSearch<double> search;
  for (int classes : {2, 3, 4})
    for (int steps : {1, 4, 6}) {
      const Results<double> results(steps, classes, 500 + steps, 2);
      const std::map<Labels, double> all = all_labellings(results.view);
      const std::vector<Labelling> found = search.prefixes(results.view, 10000);
      const double best = std::log(all.at(found[0].labels));
      for (const Labelling& labelling : found)
        CHECK(std::fabs(best + labelling.log_probability - std::log(all.at(labelling.labels))) < 1e-12);
    }
}

BPTT_TEST("ctc: a narrow beam finds the best of many labellings") {
  CtcSearch<double> search;
  int same = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Results<double> results(5, 4, 500 + seed, 2);
    std::vector<std::pair<double, Labels>> all;
    for (const auto& [labels, probability] : all_labellings(results.view)) all.push_back({-probability, labels});
    std::sort(all.begin(), all.end());
    const std::vector<Labelling> found = search.search(results.view, 10, 2);
    same += found.size() == 2 && found[0].labels == all[0].second && found[1].labels == all[1].second;
  }
  CHECK_WITH(same >= 97, same);
}

BPTT_TEST("ctc: summing up paths finds what the best path misses") {
  // Graves 2012, figure 7.5: the best path is blank all along (0.36), the best labelling is one label (0.64).
  Results<double> results(2, 2, 0, 0);
  results.z = {std::log(0.6), std::log(0.4), std::log(0.6), std::log(0.4)};
  results.update(2, 2);
  CtcSearch<double> search;
  const std::vector<Labelling> greedy = search.search(results.view, 1, 1), best = search.search(results.view, 2, 2);
  CHECK(greedy.size() == 1 && greedy[0].labels.empty() && std::fabs(greedy[0].log_probability - std::log(0.36)) < 1e-12);
  CHECK(best.size() == 2 && best[0].labels == Labels{1} && std::fabs(best[0].log_probability - std::log(0.64)) < 1e-12);
}

BPTT_TEST("ctc: the best path merges repeats and keeps those with a blank between") {
  const std::vector<int> path = {0, 2, 2, 0, 2, 1, 1, 0, 0, 3};
  Results<double> results(static_cast<int>(path.size()), 4, 0, 0);
  for (std::size_t t = 0; t < path.size(); ++t) results.z[(path.size() - 1 - t) * 4 + path[t]] = 5;
  results.update(static_cast<int>(path.size()), 4);
  CHECK(CtcSearch<double>().search(results.view, 1, 1)[0].labels == (Labels{2, 2, 1, 3}));
}

NetworkSpec recogniser(int classes) {
  NetworkSpec spec = network(InputKind::features, 2, 0, Pooling::none, OutputKind::classes, classes);
  spec.bidirectional = true;
  spec.ctc = true;
  return spec;
}

Decoding<float> decoded(const Snapshot<float>& snapshot, const Batch<float>& batch, int beam, int best, int threads) {
  ThreadPool pool(threads);
  Pass<float> pass;
  DecodingOptions options;
  options.beam = beam;
  options.best = best;
  return decode(pass, snapshot.weights(pool), batch, options, pool);
}

// The targets of a batch of sequences of 4, 0, 5, 2, 0 and 3 steps: repeats, an empty one, one for no steps at all, two that
// are too long and one with a label nobody knows.
Batch<float> awkward(const NetworkSpec& spec) {
  Batch<float> batch = random_batch<float>(spec, {4, 0, 5, 2, 0, 3});
  batch.classes = {1, 1, 2, 2, 1, 2, -1};
  batch.target_lengths = {2, 0, 0, 2, 1, 2};
  batch.check(spec);
  return batch;
}

BPTT_TEST("ctc: targets that cannot be aligned are told and leave no trace") {
  const NetworkSpec spec = recogniser(4);
  const auto start = random_snapshot<float>(spec);
  const Batch<float> batch = awkward(spec);
  const Evaluation<float> found = evaluation(*start, batch);
  CHECK(found.count == 3 && found.infeasible == 2 && std::isfinite(found.loss));
  Batch<float> counted = batch;
  counted.lengths = {4, 0, 5};
  counted.features.resize(9 * 2);
  counted.classes = {1, 1};
  counted.target_lengths = {2, 0, 0};
  CHECK(evaluation(*start, counted).loss == found.loss);
  ThreadPool pool(1);
  TrainerSpec plain;
  plain.optimizer.kind = OptimizerSpec::sgd;
  Trainer<float> all(start, plain), some(start, plain);
  const StepResult step = all.step(batch, 0.1, pool);
  CHECK(step.count == 3 && step.infeasible == 2);
  some.step(counted, 0.1, pool);
  const ParameterArena& arena = start->architecture().arena;
  const std::vector<float> a = flat(arena, all.parameters()), b = flat(arena, some.parameters());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::fabs(a[i] - b[i]) < 1e-6);
  Batch<float> none = batch;
  none.lengths = {0};
  none.features.clear();
  none.classes = {3};
  none.target_lengths = {1};
  const StepResult nothing = all.step(none, 0.1, pool);
  CHECK(nothing.count == 0 && nothing.infeasible == 1 && nothing.loss == 0 && flat(arena, all.parameters()) == a);
}

BPTT_TEST("ctc: neither threads nor the order of a batch change a bit") {
  NetworkSpec spec = recogniser(12);
  spec.hidden = 20;
  const auto start = random_snapshot<float>(spec);
  std::vector<std::int32_t> lengths;
  for (int b = 0; b < 40; ++b) lengths.push_back(b * 7 % 60);
  const Batch<float> batch = random_batch<float>(spec, lengths);
  std::vector<float> parameters;
  Decoding<float> first;
  for (int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    Trainer<float> trainer(start, TrainerSpec{});
    trainer.step(batch, 0.01, pool);
    const std::vector<float> found = flat(start->architecture().arena, trainer.parameters());
    const Decoding<float> decoding = decoded(*start, batch, 4, 2, threads);
    if (threads == 1) {
      parameters = found;
      first = decoding;
    }
    CHECK(found == parameters && decoding.symbols == first.symbols && decoding.scores == first.scores && decoding.loss == first.loss);
  }
  std::size_t hypothesis = 0, symbol = 0, feature = 0;
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    Batch<float> alone;
    alone.lengths = {lengths[b]};
    alone.features.assign(batch.features.begin() + feature, batch.features.begin() + feature + 2 * lengths[b]);
    feature += 2 * lengths[b];
    const Decoding<float> single = decoded(*start, alone, 4, 2, 1);
    CHECK(single.counts[0] == first.counts[b] && std::isnan(single.loss));
    for (std::size_t i = 0; i < single.lengths.size(); ++i, ++hypothesis) {
      CHECK(single.lengths[i] == first.lengths[hypothesis] && single.scores[i] == first.scores[hypothesis]);
      symbol += single.lengths[i];
    }
    CHECK(std::equal(single.symbols.begin(), single.symbols.end(), first.symbols.begin() + symbol - single.symbols.size()));
  }
  CHECK(hypothesis == first.lengths.size() && symbol == first.symbols.size());
}

BPTT_TEST("ctc: what does not fit is refused") {
  const auto refused = [](ErrorCode code, const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.code() == code;
    }
    return false;
  };
  NetworkSpec spec = recogniser(1);
  CHECK(refused(ErrorCode::option, [&] { spec.check(); }));
  spec = recogniser(4);
  spec.pooling = Pooling::last;
  CHECK(refused(ErrorCode::option, [&] { spec.check(); }));
  spec = recogniser(4);
  Batch<float> batch = awkward(spec);
  batch.classes[0] = 0;
  CHECK(refused(ErrorCode::data, [&] { batch.check(spec); }));
  batch.classes[0] = 4;
  CHECK(refused(ErrorCode::data, [&] { batch.check(spec); }));
  batch = awkward(spec);
  batch.target_lengths.pop_back();
  CHECK(refused(ErrorCode::shape, [&] { batch.check(spec); }));
  const auto snapshot = random_snapshot<float>(spec);
  CHECK(refused(ErrorCode::option, [&] { decoded(*snapshot, awkward(spec), 0, 1, 1); }));
  CHECK(refused(ErrorCode::option, [&] { decoded(*snapshot, awkward(spec), 2, 3, 1); }));
  spec.ctc = false;
  Batch<float> inputs = random_batch<float>(spec, {2});
  CHECK(refused(ErrorCode::option, [&] { decoded(*random_snapshot<float>(spec), inputs, 1, 1, 1); }));
}

}  // namespace
}  // namespace test
}  // namespace bptt

// Generation: what is chosen is what the options say, from the distribution that a stream gives, whoever else is in the batch.
#include <limits>
#include <map>
#include <numeric>

#include "check.h"
#include "model/inference/generator.h"
#include "model/inference/stream.h"
#include "model/model_cases.h"

namespace bptt {
namespace test {
namespace {


// As the options describe it, with sorted copies of everything.
template <class S>
std::vector<double> reference_weights(const std::vector<S>& z, const SamplingSpec& spec) {
  struct Entry {
    double weight;
    int id;
  };
  const double top = *std::max_element(z.begin(), z.end());
  std::vector<Entry> entries;
  for (int n = 0; n < static_cast<int>(z.size()); ++n)
    if (std::find(spec.banned.begin(), spec.banned.end(), n) == spec.banned.end()) entries.push_back({std::exp((z[n] - top) / spec.temperature), n});
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.weight != b.weight ? a.weight > b.weight : a.id < b.id; });
  if (spec.top_k > 0 && spec.top_k < static_cast<int>(entries.size())) entries.resize(spec.top_k);
  double total = 0, sum = 0;
  for (const Entry& entry : entries) total += entry.weight;
  std::size_t kept = 0;
  while (kept < entries.size() && (kept == 0 || sum < spec.top_p * total)) sum += entries[kept++].weight;
  std::vector<double> weights(z.size(), 0.0);
  for (std::size_t i = 0; i < kept; ++i) weights[entries[i].id] = entries[i].weight / sum;
  return weights;
}

template <class S>
std::vector<S> softmax(const std::vector<S>& z) {
  std::vector<S> y(z.size());
  current_kernels<S>().softmax(y.data(), z.data(), y.size(), 1, static_cast<int>(y.size()), nullptr);
  return y;
}

BPTT_TEST("a symbol is chosen with the probability that temperature, top-k, top-p and bans leave it") {
  for (int outputs : {1, 2, 5, 63, 200, 3000}) {
    std::vector<double> z(outputs);
    const Random random(outputs, 7);
    for (int n = 0; n < outputs; ++n) z[n] = std::round(12 * random.uniform(n)) / 4;  // some are equal
    const std::vector<double> y = softmax(z);
    for (double temperature : {1.0, 0.5, 2.5})
      for (int top_k : {0, 1, 3, 150, 10000})
        for (double top_p : {1.0, 0.3, 0.9, 1e-9})
          for (const std::vector<std::int32_t>& banned : {std::vector<std::int32_t>{}, {0}, {1, outputs - 1, 1}}) {
            const SamplingSpec spec{temperature, top_k, top_p, banned};
            const std::vector<double> expected = reference_weights(z, spec);
            if (std::accumulate(expected.begin(), expected.end(), 0.0) < 0.5) continue;  // all of them banned
            if (outputs == 1 && !banned.empty()) continue;
            Sampler<double> sampler(spec, outputs);
            const int draws = outputs < 1000 ? 4000 : 500;  // of many, each takes long
            std::vector<int> counts(outputs);
            for (int i = 0; i < draws; ++i) ++counts[sampler.choose(z.data(), y.data(), Random(11, 12, i))];
            for (int n = 0; n < outputs; ++n) {
              // Five deviations: the draws are always the same, so this holds or it does not.
              const double deviation = std::sqrt(draws * expected[n] * (1 - expected[n]));
              CHECK_WITH(expected[n] == 0 ? counts[n] == 0 : std::abs(counts[n] - draws * expected[n]) <= 5 * deviation + 5,
                         outputs << " outputs, temperature " << temperature << ", k " << top_k << ", p " << top_p << ", " << banned.size() << " banned: " << n << " came "
                                 << counts[n] << " times, expected " << draws * expected[n]);
            }
          }
  }
}

BPTT_TEST("greedy choice is the first of the largest that is not banned, and small temperatures come to the same") {
  const std::vector<float> z = {1, 3, -2, 3, 90, 2}, y = softmax(z);
  const auto choose = [&](SamplingSpec spec, int index = 0) { return Sampler<float>(spec, 6).choose(z.data(), y.data(), Random(1, 2, index)); };
  CHECK(choose({0, 0, 1, {}}) == 4);
  CHECK(choose({0, 0, 1, {4}}) == 1);
  CHECK(choose({0, 0, 1, {1, 4}}) == 3);
  CHECK(choose({0, 3, 0.5, {0, 1, 4}}) == 3);
  for (double temperature : {1e-3, 1e-30, 1e-310}) {
    CHECK(choose({temperature, 0, 1, {}}) == 4);
    CHECK(choose({temperature, 0, 1, {4, 1}}) == 3);
  }
  // Without the one that has all of the probability there is still a choice.
  std::map<int, int> seen;
  for (int i = 0; i < 300; ++i) ++seen[choose({1, 0, 1, {4}}, i)];
  CHECK(seen.count(4) == 0 && seen[1] > 50 && seen[3] > 50 && seen[5] > 10);
  // Larger temperatures than any logit: all alike.
  seen.clear();
  for (int i = 0; i < 600; ++i) ++seen[choose({1e300, 0, 1, {}}, i)];
  for (int n = 0; n < 6; ++n) CHECK_WITH(seen[n] > 60, n << " came " << seen[n] << " times");
}

BPTT_TEST("of equally probable symbols the first ones are among the k") {
  for (int outputs : {5, 64, 65, 300}) {
    std::vector<float> z(outputs, 1.0f);
    z[outputs - 1] = 2;  // the most probable, found last
    const std::vector<float> y = softmax(z);
    Sampler<float> sampler({1, 3, 1, {}}, outputs);
    std::map<int, int> seen;
    for (int i = 0; i < 400; ++i) ++seen[sampler.choose(z.data(), y.data(), Random(1, 2, i))];
    CHECK_WITH(seen.size() == 3 && seen[0] > 0 && seen[1] > 0 && seen[outputs - 1] > 0, outputs << " outputs");
  }
}

BPTT_TEST("a temperature makes no choice infeasible, however large the logits") {
  const float huge = 3e38f, infinite = std::numeric_limits<float>::infinity();
  for (double temperature : {0.0, 1e-300, 1e-6, 1e-3, 0.01, 0.5, 1.0, 2.0})
    for (const std::vector<float>& z : {std::vector<float>{-huge, huge, 1}, {1, huge, -infinite}, {-infinite, 1e37f, -1e37f}, {-huge, -1e37f, -infinite}}) {
      const std::vector<float> y = softmax(z);
      for (const SamplingSpec& spec : {SamplingSpec{temperature, 0, 1, {}}, SamplingSpec{temperature, 2, 0.9, {}}})
        CHECK_WITH(Sampler<float>(spec, 3).choose(z.data(), y.data(), Random(1, 2)) == 1, "temperature " << temperature);
      // The others too have a choice among themselves, but for those that cannot be.
      const std::int32_t other = Sampler<float>({temperature, 0, 1, {1}}, 3).choose(z.data(), y.data(), Random(1, 2));
      CHECK_WITH(other != 1 && z[other] > -infinite, "temperature " << temperature);
    }
  const std::vector<float> z = {-infinite, 1, -infinite}, y = softmax(z);
  CHECK(refusal([&] { Sampler<float>({1, 0, 1, {1}}, 3).choose(z.data(), y.data(), Random(1, 2)); }) == ErrorCode::non_finite);
}

BPTT_TEST("each output of a multihot step is drawn by itself") {
  const std::vector<double> z = {-1, 0, 2, 0.5};
  std::vector<double> y(4);
  current_kernels<double>().sigmoid(y.data(), z.data(), 4);
  for (double temperature : {1.0, 2.0, 0.4}) {
    Sampler<double> sampler({temperature, 0, 1, {3}}, 4);
    std::vector<int> counts(4), pairs(4);
    constexpr int draws = 6000;
    std::vector<std::int32_t> active;
    for (int i = 0; i < draws; ++i) {
      const double probability = sampler.choose_active(z.data(), y.data(), Random(3, 4, i), active);
      double expected = 1;
      for (int n = 0; n < 4; ++n) expected *= std::find(active.begin(), active.end(), n) != active.end() ? y[n] : 1 - y[n];
      CHECK(std::abs(probability - expected) < 1e-12);
      for (std::int32_t n : active) ++counts[n];
      if (active.size() >= 2 && active[0] == 0) ++pairs[active[1]];
    }
    CHECK(counts[3] == 0);
    for (int n = 0; n < 3; ++n) {
      const double share = 1 / (1 + std::exp(-z[n] / temperature));
      CHECK(std::abs(counts[n] - draws * share) <= 5 * std::sqrt(draws * share * (1 - share)));
    }
    // Independent of each other.
    const double both = draws / (1 + std::exp(1 / temperature)) / 2;
    CHECK(std::abs(pairs[1] - both) <= 5 * std::sqrt(both));
  }
  std::vector<std::int32_t> active;
  Sampler<double>({0, 0, 1, {}}, 4).choose_active(z.data(), y.data(), Random(3, 4), active);
  CHECK((active == std::vector<std::int32_t>{2, 3}));
}

struct Options {
  double temperature = 1;
  int top_k = 0;
  double top_p = 1;
  bool endless = false;
};

template <class S>
GeneratorSpec generator_spec(const Batch<S>& prompts, const Options& options) {
  GeneratorSpec spec;
  spec.sampling = {options.temperature, options.top_k, options.top_p, {}};
  spec.endless = options.endless;
  for (std::size_t b = 0; b < prompts.lengths.size(); ++b) spec.seeds.push_back(1000 + b);
  return spec;
}

template <class S>
Generated<S> generate(std::shared_ptr<const Snapshot<S>> snapshot, const Batch<S>& prompts, const GeneratorSpec& spec, int steps, int threads = 1) {
  ThreadPool pool(threads);
  spec.check(snapshot->architecture().spec, prompts);
  Generator<S> generator(snapshot, prompts, spec, pool);
  return generator.next(steps, pool);
}

// Sequences that read what they write, of every kind.
std::vector<NetworkSpec> generating_networks() {
  std::vector<NetworkSpec> specs;
  for (const Cell& cell : model_cells())
    for (int layers : {1, 2}) {
      NetworkSpec spec = network(InputKind::tokens, 7, 4, Pooling::none, OutputKind::classes, 7);
      spec.cell = cell;
      spec.layers = layers;
      spec.hidden = 11;
      specs.push_back(spec);
      spec.input.kind = InputKind::multihot;
      spec.output = OutputKind::multihot;
      spec.input.size = spec.outputs = 5;
      specs.push_back(spec);
      spec.input.embedding = 0;
      specs.push_back(spec);
      spec.input.kind = InputKind::features;
      spec.output = OutputKind::values;
      spec.input.size = spec.outputs = 3;
      specs.push_back(spec);
    }
  return specs;
}

// One sequence of a batch of prompts.
template <class S>
Batch<S> single(const NetworkSpec& spec, const Batch<S>& batch, int b) {
  Batch<S> one;
  int n = 0, index = 0;
  for (int i = 0; i < b; ++i)
    for (int t = 0; t < batch.lengths[i]; ++t, ++n)
      if (spec.input.kind == InputKind::multihot) index += batch.active_counts[n];
  const int steps = batch.lengths[b];
  one.lengths = {steps};
  if (spec.input.kind == InputKind::tokens) one.tokens.assign(batch.tokens.begin() + n, batch.tokens.begin() + n + steps);
  if (spec.input.kind == InputKind::features) one.features.assign(batch.features.begin() + n * spec.input.size, batch.features.begin() + (n + steps) * spec.input.size);
  if (spec.input.kind == InputKind::multihot) {
    one.active_counts.assign(batch.active_counts.begin() + n, batch.active_counts.begin() + n + steps);
    const int count = std::accumulate(one.active_counts.begin(), one.active_counts.end(), 0);
    one.active.assign(batch.active.begin() + index, batch.active.begin() + index + count);
  }
  return one;
}

template <class S>
void check_against_stream(const NetworkSpec& spec, const Options& options) {
  const auto snapshot = random_snapshot<S>(spec);
  const Batch<S> prompts = random_batch<S>(spec, {3, 1, 6, 2, 1});
  const GeneratorSpec generating = generator_spec(prompts, options);
  const Generated<S> all = generate(snapshot, prompts, generating, 30);
  std::size_t n = 0, index = 0;
  for (std::size_t b = 0; b < prompts.lengths.size(); ++b) {
    const Batch<S> prompt = single(spec, prompts, static_cast<int>(b));
    Stream<S> stream(snapshot);
    std::vector<S> y(spec.outputs), values;
    for (int t = 0, first = 0; t < prompt.lengths[0]; ++t) {
      if (spec.input.kind == InputKind::tokens) stream.step(prompt.tokens.data() + t, 1, y.data());
      if (spec.input.kind == InputKind::features) stream.step(prompt.features.data() + t * spec.input.size, spec.input.size, y.data());
      if (spec.input.kind == InputKind::multihot) {
        stream.step(prompt.active.data() + first, prompt.active_counts[t], y.data());
        first += prompt.active_counts[t];
      }
    }
    const std::string name = describe(spec) + ", sequence " + std::to_string(b);
    CHECK_WITH(all.ended[b] == 1 ? all.lengths[b] <= 30 : all.lengths[b] == 30, name);
    for (int t = 0; t < all.lengths[b]; ++t, ++n) {
      const bool last = all.ended[b] == 1 && t + 1 == all.lengths[b];
      switch (spec.output) {
        case OutputKind::classes: {
          const std::int32_t symbol = all.symbols[n];
          CHECK_WITH((symbol == 0) == last, name);
          CHECK_WITH(all.probabilities[n] == y[symbol], name << ", step " << t);
          if (options.temperature == 0) CHECK_WITH(*std::max_element(y.begin() + options.endless, y.end()) == y[symbol], name);
          stream.step(&symbol, 1, y.data());
          break;
        }
        case OutputKind::multihot: {
          const std::int32_t* active = all.active.data() + index;
          const int count = all.active_counts[n];
          CHECK_WITH((count == 1 && active[0] == spec.input.size - 1) == last, name);
          double probability = 1;
          for (int o = 0; o < spec.input.size; ++o) probability *= std::find(active, active + count, o) != active + count ? static_cast<double>(y[o]) : 1.0 - y[o];
          CHECK_WITH(all.probabilities[n] == (last ? y[spec.input.size - 1] : static_cast<S>(probability)), name);
          stream.step(active, count, y.data());
          index += count;
          break;
        }
        case OutputKind::values: {
          const S* found = all.values.data() + n * spec.outputs;
          CHECK_WITH(std::equal(y.begin(), y.end(), found), name << ", step " << t);
          values = y;
          stream.step(values.data(), values.size(), y.data());
          break;
        }
      }
    }
  }
  CHECK(all.symbols.size() == (spec.output == OutputKind::classes ? n : 0));
  CHECK(all.active_counts.size() == (spec.output == OutputKind::multihot ? n : 0) && all.active.size() == index);
  CHECK(all.values.size() == (spec.output == OutputKind::values ? n * spec.outputs : 0));
  CHECK(all.probabilities.size() == (spec.output == OutputKind::values ? 0 : n));
}

BPTT_TEST("what is generated has, bit for bit, the probabilities of a stream that is fed the same") {
  for (const NetworkSpec& spec : generating_networks()) {
    check_against_stream<float>(spec, {});
    check_against_stream<double>(spec, {});
    if (spec.output == OutputKind::values) continue;
    check_against_stream<float>(spec, {0, 0, 1, false});
    check_against_stream<float>(spec, {0.7, 0, 1, true});
    if (spec.output == OutputKind::classes) check_against_stream<float>(spec, {1.5, 4, 0.8, false});
  }
}

template <class S>
bool same(const Generated<S>& a, const Generated<S>& b) {
  return a.lengths == b.lengths && a.symbols == b.symbols && a.active_counts == b.active_counts && a.active == b.active && a.values == b.values &&
         a.probabilities == b.probabilities && a.ended == b.ended;
}

BPTT_TEST("a generated sequence depends on its prompt and seed alone: not on its neighbours, on chunks or on threads") {
  for (const NetworkSpec& spec : generating_networks()) {
    const auto snapshot = random_snapshot<float>(spec);
    const Batch<float> prompts = random_batch<float>(spec, {3, 1, 6, 2, 1, 4, 4});
    const GeneratorSpec options = generator_spec(prompts, {});
    const Generated<float> all = generate(snapshot, prompts, options, 12);
    Generated<float> alone;
    for (std::size_t b = 0; b < prompts.lengths.size(); ++b) {
      GeneratorSpec one = options;
      one.seeds = {options.seeds[b]};
      alone.append(generate(snapshot, single(spec, prompts, static_cast<int>(b)), one, 12));
    }
    CHECK_WITH(same(all, alone), describe(spec));
    for (int threads : {2, 3}) CHECK_WITH(same(all, generate(snapshot, prompts, options, 12, threads)), describe(spec));
    // In chunks: what came before is not there again, what has ended stays so.
    ThreadPool pool(1);
    Generator<float> generator(snapshot, prompts, options, pool);
    std::vector<std::int32_t> lengths(prompts.lengths.size()), symbols;
    Generated<float> chunk;
    for (int steps : {1, 0, 4, 7}) {
      const std::vector<std::uint8_t> before = chunk.ended;
      chunk = generator.next(steps, pool);
      for (std::size_t b = 0, n = 0; b < lengths.size(); ++b) {
        CHECK(chunk.lengths[b] <= steps && (before.empty() || before[b] == 0 || (chunk.lengths[b] == 0 && chunk.ended[b] == 1)));
        lengths[b] += chunk.lengths[b];
        if (b == 2 && spec.output == OutputKind::classes) symbols.insert(symbols.end(), chunk.symbols.begin() + n, chunk.symbols.begin() + n + chunk.lengths[b]);
        n += chunk.lengths[b];
      }
    }
    CHECK_WITH(lengths == all.lengths && chunk.ended == all.ended, describe(spec));
    if (spec.output == OutputKind::classes) {
      const auto begin = all.symbols.begin() + all.lengths[0] + all.lengths[1];
      CHECK_WITH(symbols == std::vector<std::int32_t>(begin, begin + all.lengths[2]), describe(spec));
    }
  }
}

BPTT_TEST("generation shared among threads has the same bits") {
  NetworkSpec spec = network(InputKind::tokens, 300, 64, Pooling::none, OutputKind::classes, 300);
  spec.hidden = 200;
  spec.layers = 2;
  const auto snapshot = random_snapshot<float>(spec);
  const Batch<float> prompts = random_batch<float>(spec, std::vector<std::int32_t>(37, 2));
  const Generated<float> one = generate(snapshot, prompts, generator_spec(prompts, {1, 50, 0.9, false}), 20);
  for (int threads : {2, 3, 8}) CHECK(same(one, generate(snapshot, prompts, generator_spec(prompts, {1, 50, 0.9, false}), 20, threads)));
}

BPTT_TEST("a prompt that a sequence wrote itself is gone on from as if there had been no break") {
  const NetworkSpec spec = network(InputKind::tokens, 7, 4, Pooling::none, OutputKind::classes, 7);
  const auto snapshot = random_snapshot<float>(spec);
  Batch<float> prompt;
  prompt.lengths = {2};
  prompt.tokens = {0, 3};
  const GeneratorSpec options = generator_spec(prompt, {1, 0, 1, true});
  const Generated<float> whole = generate(snapshot, prompt, options, 20);
  prompt.lengths = {2 + 8};
  prompt.tokens.insert(prompt.tokens.end(), whole.symbols.begin(), whole.symbols.begin() + 8);
  const Generated<float> rest = generate(snapshot, prompt, options, 12);
  CHECK(rest.symbols == std::vector<std::int32_t>(whole.symbols.begin() + 8, whole.symbols.end()));
  CHECK(rest.probabilities == std::vector<float>(whole.probabilities.begin() + 8, whole.probabilities.end()));
  // Another seed, another sequence.
  GeneratorSpec other = options;
  other.seeds = {5};
  CHECK(generate(snapshot, prompt, other, 12).symbols != rest.symbols);
}

Batch<float> prompts_of(std::vector<std::int32_t> lengths) {
  Batch<float> prompts;
  prompts.lengths = std::move(lengths);
  return prompts;
}

BPTT_TEST("a generator refuses networks, prompts and options that do not fit") {
  const NetworkSpec good = network(InputKind::tokens, 7, 4, Pooling::none, OutputKind::classes, 7);
  const std::vector<std::int32_t> lengths = {2, 1};
  GeneratorSpec options;
  options.seeds = {1, 2};
  const auto refused = [&](ErrorCode code, NetworkSpec spec, GeneratorSpec changed, std::vector<std::int32_t> prompts) {
    try {
      changed.check(spec, prompts_of(std::move(prompts)));
    } catch (const Error& error) {
      return error.code() == code;
    }
    return false;
  };
  const auto network_refused = [&](const auto& change) {
    NetworkSpec spec = good;
    change(spec);
    return refused(ErrorCode::option, spec, options, lengths);
  };
  const auto option_refused = [&](const auto& change, const NetworkSpec& spec) {
    GeneratorSpec changed = options;
    change(changed.sampling);
    return refused(ErrorCode::option, spec, changed, lengths);
  };
  options.check(good, prompts_of(lengths));
  CHECK(network_refused([](NetworkSpec& spec) { spec.bidirectional = true; }));
  CHECK(network_refused([](NetworkSpec& spec) { spec.input.window = 1; }));
  CHECK(network_refused([](NetworkSpec& spec) { spec.ctc = true; }));
  CHECK(network_refused([](NetworkSpec& spec) { spec.input.characters = {9, 4, 3}; }));
  CHECK(network_refused([](NetworkSpec& spec) { spec.input.characters = {5, 2, 2}; }));
  CHECK(network_refused([](NetworkSpec& spec) { spec.pooling = Pooling::last; }));
  CHECK(network_refused([](NetworkSpec& spec) { spec.outputs = 6; }));
  CHECK(network_refused([](NetworkSpec& spec) { spec.output = OutputKind::values; }));
  CHECK(option_refused([](SamplingSpec& spec) { spec.temperature = -1; }, good));
  CHECK(option_refused([](SamplingSpec& spec) { spec.temperature = NAN; }, good));
  CHECK(option_refused([](SamplingSpec& spec) { spec.top_k = -1; }, good));
  CHECK(option_refused([](SamplingSpec& spec) { spec.top_p = 0; }, good));
  CHECK(option_refused([](SamplingSpec& spec) { spec.top_p = 1.5; }, good));
  CHECK(option_refused([](SamplingSpec& spec) { spec.banned = {7}; }, good));
  CHECK(option_refused([](SamplingSpec& spec) { spec.banned = {0, 1, 2, 3, 4, 5, 6}; }, good));
  NetworkSpec multihot = good;
  multihot.input.kind = InputKind::multihot;
  multihot.output = OutputKind::multihot;
  CHECK(option_refused([](SamplingSpec& spec) { spec.top_k = 2; }, multihot));
  CHECK(option_refused([](SamplingSpec& spec) { spec.top_p = 0.5; }, multihot));
  CHECK(refused(ErrorCode::shape, good, options, {1}));
  CHECK(refused(ErrorCode::shape, good, options, {1, 0}));
  // Endless, with everything banned but the boundary.
  GeneratorSpec endless = options;
  endless.sampling.banned = {1, 2, 3, 4, 5, 6};
  endless.check(good, prompts_of(lengths));
  endless.endless = true;
  CHECK(refused(ErrorCode::option, good, endless, lengths));
}

BPTT_TEST("a generator stops where it is told to, and takes a batch of none") {
  const NetworkSpec spec = network(InputKind::tokens, 7, 4, Pooling::none, OutputKind::classes, 7);
  const auto snapshot = random_snapshot<float>(spec);
  ThreadPool pool(1);
  const Generated<float> none = generate(snapshot, Batch<float>(), GeneratorSpec(), 5);
  CHECK(none.lengths.empty() && none.symbols.empty() && none.ended.empty());
  const Batch<float> prompts = random_batch<float>(spec, {1});
  Generator<float> generator(snapshot, prompts, generator_spec(prompts, {}), pool);
  bool thrown = false;
  Stop stop;
  stop.request();
  pool.heed(stop);
  try {
    generator.next(5, pool);
  } catch (const Error& error) {
    thrown = error.code() == ErrorCode::disposed;
  }
  CHECK(thrown);
}

}  // namespace
}  // namespace test
}  // namespace bptt

// Beam search finds what enumeration finds where the beam is wide enough, and is greedy where it is one wide.
#include <algorithm>
#include <cmath>

#include "check.h"
#include "kernels/kernels.h"
#include "model/decoder/beam_search.h"
#include "support/error.h"
#include "support/random.h"

namespace bptt {
namespace test {
namespace {

// Stands in for a network: the logits after a sentence and what has been emitted so far, random but always the same.
struct Toy {
  int outputs;
  std::uint64_t seed;
  double scale = 3;

  std::vector<double> logits(int sentence, const std::vector<std::int32_t>& prefix) const {
    std::uint64_t state = sentence + 1;
    for (std::int32_t symbol : prefix) state = Random(seed, state).bits(symbol);
    std::vector<double> z(outputs);
    for (int o = 0; o < outputs; ++o) z[o] = scale * Random(seed, state).uniform(1000 + o);
    return z;
  }
};

std::vector<double> log_softmax(const std::vector<double>& z) {
  double sum = 0;
  for (double value : z) sum += std::exp(value);
  std::vector<double> logs;
  for (double value : z) logs.push_back(value - std::log(sum));
  return logs;
}

struct Found {
  std::vector<std::int32_t> symbols;
  double score;
  bool ended;
  std::vector<double> attention;
};

// Attention of the toy: two numbers for sentence 0, three for sentence 1, …, that tell which prefix they belong to.
std::vector<double> toy_attention(int sentence, const std::vector<std::int32_t>& prefix) {
  double sum = 0;
  for (std::int32_t symbol : prefix) sum = 10 * sum + symbol;
  std::vector<double> weights;
  for (int i = 0; i < sentence + 2; ++i) weights.push_back(sum + 0.1 * i);
  return weights;
}

std::vector<std::vector<Found>> search(const Toy& toy, const DecodingOptions& options, int* steps = nullptr) {
  const Kernels<double>& kernel = current_kernels<double>();
  BeamSearch<double> search(options, toy.outputs);
  std::vector<std::vector<std::int32_t>> prefixes(options.limits.size());
  std::vector<std::int32_t> sizes;
  for (std::size_t b = 0; b < options.limits.size(); ++b) sizes.push_back(static_cast<std::int32_t>(b) + 2);
  bool first = true;
  while (!search.done()) {
    std::vector<std::vector<std::int32_t>> next;
    std::vector<double> z, y, log_sums(search.rows());
    std::vector<std::vector<double>> weights;
    std::vector<const double*> rows;
    for (int r = 0; r < search.rows(); ++r) {
      next.push_back(first ? std::vector<std::int32_t>() : prefixes[search.parents()[r]]);
      CHECK((search.symbols()[r] == 0) == first);
      if (!first) next.back().push_back(search.symbols()[r]);
      const std::vector<double> row = toy.logits(search.sentences()[r], next.back());
      z.insert(z.end(), row.begin(), row.end());
      weights.push_back(toy_attention(search.sentences()[r], next.back()));
    }
    for (const std::vector<double>& row : weights) rows.push_back(row.data());
    y.resize(z.size());
    kernel.softmax(y.data(), z.data(), toy.outputs, search.rows(), toy.outputs, log_sums.data());
    const BeamSearch<double>::Attention attention{rows.data(), sizes.data()};
    search.advance(z.data(), y.data(), log_sums.data(), options.attention ? &attention : nullptr);
    prefixes = next;
    first = false;
    if (steps != nullptr) ++*steps;
  }
  const Decoding<double> decoding = search.result();
  std::vector<std::vector<Found>> all;
  std::size_t hypothesis = 0, at = 0, weight = 0;
  for (std::size_t b = 0; b < decoding.counts.size(); ++b) {
    all.emplace_back();
    for (int i = 0; i < decoding.counts[b]; ++i, ++hypothesis) {
      const int length = decoding.lengths[hypothesis], weights = options.attention ? length * sizes[b] : 0;
      all.back().push_back({{decoding.symbols.begin() + at, decoding.symbols.begin() + at + length}, decoding.scores[hypothesis], decoding.ended[hypothesis] == 1,
                            {decoding.attention.begin() + weight, decoding.attention.begin() + weight + weights}});
      at += length;
      weight += weights;
    }
  }
  CHECK(hypothesis == decoding.lengths.size() && at == decoding.symbols.size() && weight == decoding.attention.size());
  return all;
}

// Everything that can be emitted: what ends within the limit, best first, and behind it what is broken off there.
std::vector<Found> enumerate(const Toy& toy, int sentence, int limit, double alpha) {
  std::vector<Found> all;
  const auto score = [&](double sum, int steps) { return sum / std::pow((5.0 + steps) / 6, alpha); };
  std::vector<std::pair<std::vector<std::int32_t>, double>> open = {{{}, 0}};
  for (int step = 1; step <= limit; ++step) {
    std::vector<std::pair<std::vector<std::int32_t>, double>> longer;
    for (const auto& [prefix, sum] : open) {
      const std::vector<double> logs = log_softmax(toy.logits(sentence, prefix));
      for (int o = 0; o < toy.outputs; ++o) {
        if (o == 1) continue;
        std::vector<std::int32_t> symbols = prefix;
        if (o == 0) {
          all.push_back({symbols, score(sum + logs[o], step), true, {}});
          continue;
        }
        symbols.push_back(o);
        longer.push_back({symbols, sum + logs[o]});
      }
    }
    open = longer;
  }
  for (const auto& [symbols, sum] : open) all.push_back({symbols, score(sum, limit), false, {}});
  std::stable_sort(all.begin(), all.end(), [](const Found& a, const Found& b) { return a.ended != b.ended ? a.ended : a.score > b.score; });
  return all;
}

BPTT_TEST("a beam as wide as all hypotheses finds the best of them, in order, with their scores") {
  for (std::uint64_t seed : {1, 2, 3, 4})
    for (double alpha : {0.0, 0.6, 1.0, 3.0, -0.5})
      for (int best : {1, 4, 64}) {
        const Toy toy{4, seed};
        DecodingOptions options;
        options.beam = 400;
        options.best = best;
        options.length_penalty = alpha;
        options.limits = {4, 1, 5, 0, 3};
        const auto found = search(toy, options);
        for (std::size_t b = 0; b < options.limits.size(); ++b) {
          const std::vector<Found> expected = enumerate(toy, static_cast<int>(b), options.limits[b], alpha);
          CHECK_WITH(found[b].size() == std::min<std::size_t>(best, expected.size()), "sentence " << b << ", " << found[b].size() << " found");
          for (std::size_t i = 0; i < found[b].size(); ++i) {
            CHECK_WITH(found[b][i].symbols == expected[i].symbols, "sentence " << b << ", hypothesis " << i << ", penalty " << alpha << ", seed " << seed);
            CHECK(std::abs(found[b][i].score - expected[i].score) < 1e-9 && found[b][i].ended == expected[i].ended);
          }
        }
      }
}

BPTT_TEST("a beam of one takes the most probable symbol of each step, until the boundary or the limit") {
  const Toy toy{7, 9};
  DecodingOptions options;
  for (int b = 0; b < 40; ++b) options.limits.push_back(b % 9);
  const auto found = search(toy, options);
  int ended = 0;
  for (std::size_t b = 0; b < found.size(); ++b) {
    std::vector<std::int32_t> symbols;
    double score = 0;
    bool end = false;
    for (int step = 0; step < options.limits[b] && !end; ++step) {
      const std::vector<double> logs = log_softmax(toy.logits(static_cast<int>(b), symbols));
      int best = 0;
      for (int o = 2; o < toy.outputs; ++o)
        if (logs[o] > logs[best]) best = o;
      score += logs[best];
      end = best == 0;
      if (!end) symbols.push_back(best);
    }
    ended += end;
    CHECK(found[b].size() == 1 && found[b][0].symbols == symbols && found[b][0].ended == end && std::abs(found[b][0].score - score) < 1e-9);
  }
  CHECK(ended > 5 && ended < 35);
}

BPTT_TEST("a sentence's hypotheses do not depend on the others, and are distinct, in order and below the exact best") {
  const Toy toy{6, 5};
  for (int beam : {2, 3, 5, 17}) {
    DecodingOptions options;
    options.beam = beam;
    options.best = std::min(beam, 4);
    options.length_penalty = 0.7;
    options.limits = {5, 3, 6, 6, 1, 2};
    const auto all = search(toy, options);
    for (std::size_t b = 0; b < all.size(); ++b) {
      const std::vector<Found> exact = enumerate(toy, static_cast<int>(b), options.limits[b], 0.7);
      CHECK(!all[b].empty() && (!all[b][0].ended || all[b][0].score <= exact[0].score + 1e-9));
      for (std::size_t i = 1; i < all[b].size(); ++i) {
        CHECK(all[b][i - 1].ended >= all[b][i].ended);
        CHECK(all[b][i - 1].ended != all[b][i].ended || all[b][i - 1].score >= all[b][i].score);
        for (std::size_t j = 0; j < i; ++j) CHECK(all[b][i].symbols != all[b][j].symbols || all[b][i].ended != all[b][j].ended);
      }
      DecodingOptions alone = options;
      // The toy tells sentences by their number: those before it are there, but have no steps.
      for (std::size_t other = 0; other < all.size(); ++other)
        if (other != b) alone.limits[other] = 0;
      const auto single = search(toy, alone);
      CHECK(single[b].size() == all[b].size());
      for (std::size_t i = 0; i < all[b].size(); ++i) CHECK(single[b][i].symbols == all[b][i].symbols && single[b][i].score == all[b][i].score);
    }
  }
}

BPTT_TEST("each emitted symbol comes with the attention of its own step and hypothesis") {
  const Toy toy{5, 11};
  DecodingOptions options;
  options.beam = 4;
  options.best = 4;
  options.attention = true;
  options.limits = {4, 6, 3};
  const auto found = search(toy, options);
  for (std::size_t b = 0; b < found.size(); ++b)
    for (const Found& hypothesis : found[b]) {
      std::vector<double> expected;
      for (std::size_t t = 0; t < hypothesis.symbols.size(); ++t) {
        const std::vector<double> weights = toy_attention(static_cast<int>(b), {hypothesis.symbols.begin(), hypothesis.symbols.begin() + t});
        expected.insert(expected.end(), weights.begin(), weights.end());
      }
      CHECK(hypothesis.attention == expected);
    }
}

BPTT_TEST("a search ends as soon as nothing can come before what it keeps") {
  // The boundary is nearly certain at once.
  struct Certain {
    static std::vector<double> logits(int outputs) {
      std::vector<double> z(outputs, 0.0);
      z[0] = 20;
      return z;
    }
  };
  DecodingOptions options;
  options.beam = 5;
  options.limits = {1000, 1000};
  for (double alpha : {0.0, 1.0}) {
    options.length_penalty = alpha;
    BeamSearch<double> search(options, 9);
    int steps = 0;
    for (; !search.done(); ++steps) {
      std::vector<double> z, log_sums(search.rows());
      for (int r = 0; r < search.rows(); ++r) {
        const std::vector<double> row = Certain::logits(9);
        z.insert(z.end(), row.begin(), row.end());
      }
      std::vector<double> y(z.size());
      current_kernels<double>().softmax(y.data(), z.data(), 9, search.rows(), 9, log_sums.data());
      search.advance(z.data(), y.data(), log_sums.data(), nullptr);
    }
    CHECK_WITH(steps == 1, steps << " steps with penalty " << alpha);
    CHECK(search.result().lengths == (std::vector<std::int32_t>{0, 0}) && search.result().ended == (std::vector<std::uint8_t>{1, 1}));
  }
}

BPTT_TEST("a search shows outputs that are not numbers") {
  DecodingOptions options;
  options.limits = {3};
  BeamSearch<float> search(options, 2);
  const float bad[] = {NAN, NAN}, sum = NAN;
  bool thrown = false;
  try {
    search.advance(bad, bad, &sum, nullptr);
  } catch (const Error& error) {
    thrown = error.code() == ErrorCode::non_finite;
  }
  CHECK(thrown);
}

}  // namespace
}  // namespace test
}  // namespace bptt

// Encoder–decoders: the gradient of everything, what the decoder writes of itself against what it finds probable when it is
// shown that, and the same bits whatever the company.
#include <algorithm>
#include <cmath>
#include <limits>

#include "gradient_check.h"
#include "model/inference/decode.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

const std::vector<std::int32_t> ragged = {2, 0, 4, 3, 1};
constexpr OutputKind outputs[] = {OutputKind::classes, OutputKind::values};

template <class S>
Decoding<S> decoding(const Snapshot<S>& snapshot, const Batch<S>& batch, const DecodingOptions& options, int threads = 1) {
  ThreadPool pool(threads);
  Pass<S> pass;
  return decode(pass, snapshot.weights(pool), batch, options, pool);
}

DecodingOptions searching(std::size_t sentences, std::int32_t limit, int beam = 1, int best = 1) {
  DecodingOptions options;
  options.beam = beam;
  options.best = best;
  options.limits.assign(sentences, limit);
  return options;
}

// The inputs with what was decoded, best hypotheses, as targets.
template <class S>
Batch<S> with_targets(const NetworkSpec& spec, Batch<S> batch, const Decoding<S>& found) {
  batch.has_targets = true;
  batch.target_lengths.clear();
  batch.classes.clear();
  batch.values.clear();
  std::size_t hypothesis = 0, at = 0;
  for (std::int32_t count : found.counts) {
    for (std::int32_t i = 0; i < count; ++i, ++hypothesis) {
      const std::size_t steps = found.lengths[hypothesis];
      if (i == 0) {
        batch.target_lengths.push_back(found.lengths[hypothesis]);
        if (spec.output == OutputKind::classes) batch.classes.insert(batch.classes.end(), found.symbols.begin() + at, found.symbols.begin() + at + steps);
        else batch.values.insert(batch.values.end(), found.values.begin() + at * spec.outputs, found.values.begin() + (at + steps) * spec.outputs);
      }
      at += steps;
    }
  }
  batch.check(spec);
  return batch;
}

// −ln p(target | input) of each sentence, from the probabilities of its steps.
template <class S>
std::vector<double> losses(const NetworkSpec& spec, const Batch<S>& batch, const std::vector<S>& output) {
  std::vector<double> found;
  std::size_t row = 0, symbol = 0;
  for (std::int32_t length : batch.target_lengths) {
    double loss = 0;
    for (std::int32_t t = 0; t <= length; ++t, ++row) loss -= std::log(static_cast<double>(output[row * spec.outputs + (t == length ? 0 : batch.classes[symbol++])]));
    found.push_back(loss);
  }
  return found;
}

BPTT_TEST("decoder gradients: every attention and output, one and two layers") {
  for (AttentionKind attention : attentions)
    for (OutputKind output : outputs)
      for (int layers : {1, 2}) {
        NetworkSpec spec = encoder_decoder(attention, output, 5);
        spec.layers = 3 - layers;
        spec.decoder.layers = layers;
        check_gradients(spec, ragged);
      }
}

BPTT_TEST("decoder gradients: every cell") {
  for (const Cell& cell : model_cells())
    for (AttentionKind attention : attentions) {
      NetworkSpec spec = encoder_decoder(attention, OutputKind::classes, 4);
      spec.seed = 7;  // with which no unit of relu is so near to 0 that a difference would reach across
      spec.decoder.cell = cell;
      check_gradients(spec, ragged);
      spec.decoder.cell = spec.cell;
      spec.cell = cell;
      spec.bidirectional = false;
      check_gradients(spec, {3, 1});
    }
}

BPTT_TEST("decoder gradients: dropout, and scheduled sampling") {
  for (AttentionKind attention : attentions)
    for (double share : {1.0, 0.5, 0.0}) {
      NetworkSpec spec = encoder_decoder(attention, OutputKind::classes, 6);
      spec.layers = spec.decoder.layers = 2;
      spec.input.dropout = 0.3;
      spec.dropout_between = 0.4;
      spec.dropout_recurrent = 0.25;
      spec.dropout_output = 0.5;
      check_gradients(spec, ragged, plain_sgd(), [share](Batch<double>& batch) { batch.teacher_forcing = share; });
    }
}

BPTT_TEST("decoder gradients: features and sets as input") {
  for (InputKind input : {InputKind::features, InputKind::multihot}) {
    NetworkSpec spec = encoder_decoder(AttentionKind::luong, OutputKind::values, 2);
    spec.input.kind = input;
    spec.input.embedding = input == InputKind::multihot ? 2 : 0;
    check_gradients(spec, ragged);
  }
}

BPTT_TEST("what a decoder writes has the probability it is found with") {
  for (AttentionKind attention : attentions) {
    const NetworkSpec spec = encoder_decoder(attention, OutputKind::classes, 5);
    const auto snapshot = random_snapshot<double>(spec);
    const Batch<double> batch = random_batch<double>(spec, ragged);
    for (int beam : {1, 3}) {
      const Decoding<double> found = decoding(*snapshot, batch, searching(ragged.size(), 7, beam));
      const Batch<double> shown = with_targets(spec, batch, found);
      const std::vector<double> expected = losses(spec, shown, evaluation(*snapshot, shown).output);
      for (std::size_t b = 0; b < ragged.size(); ++b)
        if (found.ended[b]) CHECK_WITH(std::fabs(found.scores[b] + expected[b]) < 1e-12, describe(spec) << ", beam " << beam << ", sentence " << b << ": " << found.scores[b] << " and " << -expected[b]);
    }
  }
}

// All sequences of at most `limit` steps with their end.
void enumerate(int outputs, int limit, std::vector<std::int32_t>& prefix, std::vector<std::vector<std::int32_t>>& all) {
  all.push_back(prefix);
  if (static_cast<int>(prefix.size()) + 1 >= limit) return;
  for (std::int32_t symbol = 2; symbol < outputs; ++symbol) {
    prefix.push_back(symbol);
    enumerate(outputs, limit, prefix, all);
    prefix.pop_back();
  }
}

BPTT_TEST("a wide beam finds the best of all outputs") {
  constexpr int limit = 4;
  for (AttentionKind attention : attentions) {
    const NetworkSpec spec = encoder_decoder(attention, OutputKind::classes, 5);
    const auto snapshot = random_snapshot<double>(spec);
    std::vector<std::vector<std::int32_t>> all;
    std::vector<std::int32_t> prefix;
    enumerate(spec.outputs, limit, prefix, all);
    // Each of them as the target of the same sentence.
    Batch<double> batch = random_batch<double>(spec, {3});
    const Batch<double> one = batch;
    std::vector<double> scores;
    for (const std::vector<std::int32_t>& symbols : all) {
      batch.target_lengths.assign(1, static_cast<std::int32_t>(symbols.size()));
      batch.classes = symbols;
      scores.push_back(-losses(spec, batch, evaluation(*snapshot, batch).output)[0]);
    }
    const std::size_t best = std::max_element(scores.begin(), scores.end()) - scores.begin();
    const Decoding<double> found = decoding(*snapshot, one, searching(1, limit, 200, 3));
    CHECK_WITH(found.ended[0] == 1 && found.lengths[0] == static_cast<std::int32_t>(all[best].size()) && std::equal(all[best].begin(), all[best].end(), found.symbols.begin()),
               describe(spec));
    CHECK(std::fabs(found.scores[0] - scores[best]) < 1e-12 && found.scores[0] >= found.scores[1] && found.scores[1] >= found.scores[2]);
  }
}

BPTT_TEST("values that a decoder writes are those it gives when it is shown them, to the bit") {
  for (AttentionKind attention : attentions) {
    const NetworkSpec spec = encoder_decoder(attention, OutputKind::values, 3);
    const auto snapshot = random_snapshot<float>(spec);
    const Batch<float> batch = random_batch<float>(spec, ragged);
    DecodingOptions options = searching(ragged.size(), 0);
    options.limits = {3, 1, 0, 4, 2};
    const Decoding<float> found = decoding(*snapshot, batch, options);
    CHECK(found.lengths == options.limits);
    const Batch<float> shown = with_targets(spec, batch, found);
    CHECK_WITH(same_bits(found.values, evaluation(*snapshot, shown).output), describe(spec));
  }
}

BPTT_TEST("attention of a decoder: weights of each step sum to 1, none without a source") {
  for (AttentionKind attention : {AttentionKind::bahdanau, AttentionKind::luong})
    for (OutputKind output : outputs) {
      const NetworkSpec spec = encoder_decoder(attention, output, 4);
      const auto snapshot = random_snapshot<double>(spec);
      DecodingOptions options = searching(ragged.size(), 5, output == OutputKind::classes ? 3 : 1);
      options.attention = true;
      const Decoding<double> found = decoding(*snapshot, random_batch<double>(spec, ragged), options);
      std::size_t at = 0;
      for (std::size_t b = 0; b < ragged.size(); ++b)
        for (int step = 0; step < found.lengths[b]; ++step) {
          double sum = 0;
          for (int j = 0; j < ragged[b]; ++j) sum += found.attention[at++];
          CHECK(ragged[b] == 0 || std::fabs(sum - 1) < 1e-12);
        }
      CHECK(at == found.attention.size());
    }
}

// Large enough that every stage is shared out.
NetworkSpec large(AttentionKind attention, OutputKind output) {
  NetworkSpec spec = encoder_decoder(attention, output, output == OutputKind::classes ? 150 : 40);
  spec.input.size = 200;
  spec.input.embedding = 50;
  spec.hidden = 60;
  spec.decoder.hidden = 70;
  spec.decoder.layers = 2;
  if (spec.decoder.embedding > 0) spec.decoder.embedding = 45;
  spec.input.dropout = spec.dropout_between = spec.dropout_recurrent = spec.dropout_output = 0.2;
  return spec;
}

std::vector<std::int32_t> many_lengths(int batch) {
  const Random random(4, 4);
  std::vector<std::int32_t> lengths;
  for (int b = 0; b < batch; ++b) lengths.push_back(static_cast<std::int32_t>(random.uniform(b) * 25));
  return lengths;
}

BPTT_TEST("a decoder is trained and searched with the same bits with 1, 2, 3 and 8 threads") {
  for (AttentionKind attention : attentions)
    for (OutputKind output : outputs) {
      const NetworkSpec spec = large(attention, output);
      const auto start = random_snapshot<float>(spec);
      TrainerSpec training;
      training.clip_norm = 0.5;
      std::vector<float> expected;
      Decoding<float> expected_output;
      for (int threads : {1, 2, 3, 8}) {
        ThreadPool pool(threads);
        Trainer<float> trainer(start, training);
        for (int step = 0; step < 3; ++step) {
          Batch<float> batch = random_batch<float>(spec, many_lengths(24), step);
          batch.teacher_forcing = step == 2 ? 0.5 : 1;
          trainer.step(batch, 0.01, pool);
        }
        const std::vector<float> found = flat(start->architecture().arena, trainer.parameters());
        const Decoding<float> written = trainer.decode(random_batch<float>(spec, many_lengths(24)), searching(24, 6, output == OutputKind::classes ? 5 : 1), pool);
        if (threads == 1) {
          expected = found;
          expected_output = written;
        }
        CHECK_WITH(same_bits(expected, found), describe(spec) << " with " << threads << " threads");
        CHECK_WITH(same_bits(expected_output.symbols, written.symbols) && same_bits(expected_output.values, written.values) && same_bits(expected_output.scores, written.scores) &&
                       expected_output.loss == written.loss,
                   describe(spec) << " searched with " << threads << " threads");
      }
    }
}

// Sentence b of a batch alone.
Batch<float> alone(const NetworkSpec& spec, const Batch<float>& batch, std::size_t b) {
  std::size_t first = 0, target = 0;
  for (std::size_t i = 0; i < b; ++i) {
    first += batch.lengths[i];
    target += batch.target_lengths[i];
  }
  Batch<float> one;
  one.has_targets = true;
  one.lengths = {batch.lengths[b]};
  one.tokens.assign(batch.tokens.begin() + first, batch.tokens.begin() + first + batch.lengths[b]);
  one.target_lengths = {batch.target_lengths[b]};
  const std::size_t end = target + batch.target_lengths[b];
  if (spec.output == OutputKind::classes) one.classes.assign(batch.classes.begin() + target, batch.classes.begin() + end);
  else one.values.assign(batch.values.begin() + target * spec.outputs, batch.values.begin() + end * spec.outputs);
  return one;
}

BPTT_TEST("what else is in a batch changes no bit of what a decoder finds") {
  for (AttentionKind attention : attentions)
    for (OutputKind output : outputs) {
      const NetworkSpec spec = large(attention, output);
      const auto snapshot = random_snapshot<float>(spec);
      const Batch<float> batch = random_batch<float>(spec, many_lengths(11));
      const int beam = output == OutputKind::classes ? 4 : 1;
      DecodingOptions options = searching(11, 6, beam);
      options.attention = attention != AttentionKind::none;
      const Decoding<float> together = decoding(*snapshot, batch, options);
      const Evaluation<float> evaluated = evaluation(*snapshot, batch);
      std::vector<std::int32_t> symbols;
      std::vector<float> values, weights, rows;
      std::vector<double> scores;
      DecodingOptions single = options;
      single.limits.assign(1, 6);
      for (std::size_t b = 0; b < 11; ++b) {
        const Batch<float> one = alone(spec, batch, b);
        const Decoding<float> found = decoding(*snapshot, one, single);
        symbols.insert(symbols.end(), found.symbols.begin(), found.symbols.end());
        values.insert(values.end(), found.values.begin(), found.values.end());
        weights.insert(weights.end(), found.attention.begin(), found.attention.end());
        scores.insert(scores.end(), found.scores.begin(), found.scores.end());
        const Evaluation<float> shown = evaluation(*snapshot, one);
        rows.insert(rows.end(), shown.output.begin(), shown.output.end());
      }
      CHECK_WITH(same_bits(together.symbols, symbols) && same_bits(together.values, values) && same_bits(together.attention, weights) && same_bits(together.scores, scores), describe(spec));
      CHECK_WITH(same_bits(evaluated.output, rows), describe(spec) << ", shown its targets");
    }
}

BPTT_TEST("scheduled sampling: only what the decoder would have emitted replaces the right answers") {
  const NetworkSpec spec = encoder_decoder(AttentionKind::luong, OutputKind::classes, 7);
  const auto snapshot = random_snapshot<double>(spec);
  ThreadPool pool(1);
  Batch<double> batch = random_batch<double>(spec, {4, 3, 2, 5});
  const auto loss = [&](double share) {
    Trainer<double> trainer(snapshot, TrainerSpec{});
    batch.teacher_forcing = share;
    return trainer.step(batch, 0, pool).loss;
  };
  CHECK(loss(1) != loss(0));
  // Where the targets are what it writes itself, nothing changes.
  const Decoding<double> found = decoding(*snapshot, batch, searching(4, 6));
  for (std::int32_t symbol : found.symbols) CHECK(symbol >= 2);
  bool ended = true;
  for (std::uint8_t end : found.ended) ended = ended && end == 1;
  batch = with_targets(spec, batch, found);
  CHECK(loss(1) == loss(0));
}

template <class Body>
bool refused(ErrorCode code, Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code() == code;
  }
  return false;
}

BPTT_TEST("decoders refuse what does not fit") {
  const NetworkSpec spec = encoder_decoder(AttentionKind::none, OutputKind::classes, 5);
  const auto snapshot = random_snapshot<float>(spec);
  Batch<float> batch = random_batch<float>(spec, {2, 3});
  CHECK(refused(ErrorCode::shape, [&] { decoding(*snapshot, batch, DecodingOptions{}); }));
  CHECK(refused(ErrorCode::option, [&] { decoding(*snapshot, batch, searching(2, -1)); }));
  DecodingOptions looking = searching(2, 3);
  looking.attention = true;
  CHECK(refused(ErrorCode::option, [&] { decoding(*snapshot, batch, looking); }));
  batch.teacher_forcing = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused(ErrorCode::option, [&] { batch.check(spec); }));
  batch.teacher_forcing = 1;
  batch.target_lengths = {1, 0};
  batch.classes = {0};
  CHECK(refused(ErrorCode::data, [&] { batch.check(spec); }));
  batch.classes = {5};
  CHECK(refused(ErrorCode::data, [&] { batch.check(spec); }));
  batch.classes = {2, 2};
  CHECK(refused(ErrorCode::shape, [&] { batch.check(spec); }));
  batch.has_targets = false;
  CHECK(refused(ErrorCode::data, [&] { evaluation(*snapshot, batch); }));
  NetworkSpec wrong = spec;
  wrong.output = OutputKind::multihot;
  CHECK(refused(ErrorCode::option, [&] { wrong.check(); }));
  const NetworkSpec values = encoder_decoder(AttentionKind::none, OutputKind::values, 5);
  CHECK(refused(ErrorCode::option, [&] { decoding(*random_snapshot<float>(values), random_batch<float>(values, {2}), searching(1, 3, 2)); }));
}

}  // namespace
}  // namespace test
}  // namespace bptt

#include "model/decoder/decoder_search.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "model/decoder/beam_search.h"
#include "model/decoder/decoder_stepper.h"
#include "model/network/finite.h"
#include "support/parallel.h"

namespace bptt {

namespace {

template <class S>
Decoding<S> search_symbols(const DecoderStage<S>& stage, const Weights<S>& weights, const DecodingOptions& options, ThreadPool& pool) {
  const int sentences = static_cast<int>(options.limits.size()), outputs = weights.spec().outputs;
  DecoderStepper<S> stepper(weights, stage, sentences, static_cast<int>(checked_product({options.limits.size(), static_cast<std::size_t>(options.beam)})));
  BeamSearch<S> search(options, outputs);
  AlignedArray<S> y, log_sums;
  while (!search.done()) {
    pool.stop().check();
    const int rows = search.rows();
    stepper.gather(search.parents().data(), rows);
    const S* z = stepper.step(search.symbols().data(), search.sentences().data(), pool);
    y.resize(static_cast<std::size_t>(rows) * outputs);
    log_sums.resize(rows);
    parallel(pool, rows, 4.0 * outputs, [&](std::size_t begin, std::size_t end) {
      current_kernels<S>().softmax(y.data() + begin * outputs, z + begin * outputs, outputs, static_cast<int>(end - begin), outputs, log_sums.data() + begin);
    });
    const typename BeamSearch<S>::Attention attention{stepper.alpha(), stage.attention().sizes()};
    search.advance(z, y.data(), log_sums.data(), options.attention ? &attention : nullptr);
  }
  return search.result();
}

// What the decoder has put out for one sentence.
template <class S>
struct Output {
  std::vector<S> values, attention;
};

template <class S>
Decoding<S> emit_values(const DecoderStage<S>& stage, const Weights<S>& weights, const DecodingOptions& options, ThreadPool& pool) {
  const std::size_t sentences = options.limits.size(), outputs = weights.spec().outputs;
  DecoderStepper<S> stepper(weights, stage, static_cast<int>(sentences), static_cast<int>(sentences));
  std::vector<Output<S>> emitted(sentences);
  std::vector<std::int32_t> rows(sentences), parents;
  std::vector<S> read(sentences * outputs, S(0));
  for (std::size_t b = 0; b < sentences; ++b) rows[b] = static_cast<std::int32_t>(b);
  for (std::int32_t t = 0;; ++t) {
    pool.stop().check();
    parents.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (options.limits[rows[i]] <= t) continue;
      const std::size_t to = parents.size();
      rows[to] = rows[i];
      std::copy_n(read.begin() + i * outputs, outputs, read.begin() + to * outputs);
      parents.push_back(static_cast<std::int32_t>(i));
    }
    rows.resize(parents.size());
    if (rows.empty()) break;
    stepper.gather(parents.data(), static_cast<int>(parents.size()));
    const S* z = stepper.step(read.data(), rows.data(), pool);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Output<S>& own = emitted[rows[i]];
      const S* row = z + i * outputs;
      if (!finite(row, outputs)) throw NotFinite(rows[i], t);
      own.values.insert(own.values.end(), row, row + outputs);
      if (options.attention) own.attention.insert(own.attention.end(), stepper.alpha()[i], stepper.alpha()[i] + stage.attention().steps(rows[i]));
      std::copy_n(row, outputs, read.begin() + i * outputs);
    }
  }
  Decoding<S> decoding;
  for (std::size_t b = 0; b < sentences; ++b) {
    decoding.counts.push_back(1);
    decoding.lengths.push_back(std::max(0, options.limits[b]));
    decoding.values.insert(decoding.values.end(), emitted[b].values.begin(), emitted[b].values.end());
    decoding.attention.insert(decoding.attention.end(), emitted[b].attention.begin(), emitted[b].attention.end());
    decoding.scores.push_back(0);
    decoding.ended.push_back(1);
  }
  return decoding;
}

}  // namespace

template <class S>
Decoding<S> search_decoder(const DecoderStage<S>& stage, const Weights<S>& weights, const DecodingOptions& options, ThreadPool& pool) {
  return weights.spec().output == OutputKind::classes ? search_symbols(stage, weights, options, pool) : emit_values(stage, weights, options, pool);
}

template Decoding<float> search_decoder(const DecoderStage<float>&, const Weights<float>&, const DecodingOptions&, ThreadPool&);
#ifdef BPTT_WITH_DOUBLE
template Decoding<double> search_decoder(const DecoderStage<double>&, const Weights<double>&, const DecodingOptions&, ThreadPool&);
#endif

}  // namespace bptt

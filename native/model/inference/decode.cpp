#include "model/inference/decode.h"

#include <cmath>
#include <string>

#include "model/decoder/decoder_search.h"
#include "support/error.h"

namespace bptt {

void DecodingOptions::check(std::size_t sequences) const {
  constexpr int largest_beam = 1 << 10;
  if (beam < 1 || beam > largest_beam)
    throw Error(ErrorCode::option, "beam: expected a whole number in 1 … " + std::to_string(largest_beam) + ", found " + std::to_string(beam));
  if (best < 1 || best > beam)
    throw Error(ErrorCode::option, "nBest: expected a whole number in 1 … " + std::to_string(beam) + " (the beam), found " + std::to_string(best));
  if (!limits.empty() && limits.size() != sequences)
    throw Error(ErrorCode::shape, "limits: expected " + std::to_string(sequences) + " numbers, found " + std::to_string(limits.size()));
  if (sequences * beam > INT32_MAX)
    throw Error(ErrorCode::shape, "beam: expected at most 2147483647 hypotheses in all, found " + std::to_string(beam) + " for each of " + std::to_string(sequences) + " sequences");
}

namespace {

void check_ctc(const DecodingOptions& options) {
  if (options.length_penalty != 0 || options.attention || !options.limits.empty())
    throw Error(ErrorCode::option, "lengthPenalty, attention and limits belong to networks with a decoder; this one has ctc");
}

void check_decoder(const DecodingOptions& options, const NetworkSpec& spec, std::size_t sequences) {
  if (options.limits.size() != sequences) throw Error(ErrorCode::shape, "limits: expected " + std::to_string(sequences) + " numbers, found " + std::to_string(options.limits.size()));
  for (std::size_t b = 0; b < sequences; ++b)
    if (options.limits[b] < 0) throw Error(ErrorCode::option, "limits[" + std::to_string(b) + "]: expected a whole number ≥ 0, found " + std::to_string(options.limits[b]));
  if (options.attention && !spec.has_attention()) throw Error(ErrorCode::option, "attention: expected false for a network whose decoder has none");
  if (spec.output == OutputKind::values && (options.beam != 1 || options.length_penalty != 0))
    throw Error(ErrorCode::option, "beam and lengthPenalty: expected 1 and 0 for a network whose outputs are values");
}

}  // namespace

template <class S>
Decoding<S> decode(Pass<S>& pass, const Weights<S>& weights, const Batch<S>& batch, const DecodingOptions& options, ThreadPool& pool) {
  const NetworkSpec& spec = weights.spec();
  if (!spec.ctc && !spec.has_decoder()) throw Error(ErrorCode::option, "decode: this network has one result for each sequence or step, which evaluate gives");
  batch.check_use(BatchUse::decoding);
  options.check(batch.lengths.size());
  Decoding<S> decoding;
  if (spec.ctc) {
    check_ctc(options);
    pass.forward(weights, batch, RandomStreams{}, WordDropout{}, pool);
    pass.check_finite();
    decoding = pass.decode_ctc(options, pool);
  } else {
    check_decoder(options, spec, batch.lengths.size());
    pass.encode(weights, batch, RandomStreams{}, WordDropout{}, pool);
    decoding = search_decoder(pass.decoder(), weights, options, pool);
    if (batch.has_targets) {
      pass.decode_targets(pool);
      pass.check_finite();
    }
  }
  if (batch.has_targets) {
    const Loss loss = pass.loss(false, pool);
    if (!std::isfinite(loss.sum)) throw Error(ErrorCode::non_finite, "the loss is not finite: the targets are not, or are too large");
    decoding.loss = loss.sum;
    decoding.count = loss.count;
    decoding.infeasible = loss.infeasible;
  }
  return decoding;
}

template Decoding<float> decode(Pass<float>&, const Weights<float>&, const Batch<float>&, const DecodingOptions&, ThreadPool&);
#ifdef BPTT_WITH_DOUBLE
template Decoding<double> decode(Pass<double>&, const Weights<double>&, const Batch<double>&, const DecodingOptions&, ThreadPool&);
#endif

}  // namespace bptt

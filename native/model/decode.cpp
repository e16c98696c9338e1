#include "model/decode.h"

#include <string>

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
}

template <class S>
Decoding<S> decode(Pass<S>& pass, const Weights<S>& weights, const Batch<S>& batch, const DecodingOptions& options, ThreadPool& pool) {
  if (!weights.spec().ctc) throw Error(ErrorCode::option, "decode: this network has one result for each sequence or step, which evaluate gives");
  options.check(batch.lengths.size());
  if (options.length_penalty != 0 || options.attention || !options.limits.empty())
    throw Error(ErrorCode::option, "lengthPenalty, attention and limits belong to networks with a decoder; this one has ctc");
  pass.forward(weights, batch, Noise{}, RareIds{}, pool);
  Decoding<S> decoding = pass.decode_ctc(options, pool);
  if (batch.has_targets) {
    const Loss loss = pass.loss(false, pool);
    decoding.loss = loss.sum;
    decoding.count = loss.count;
    decoding.impossible = loss.impossible;
  }
  return decoding;
}

template Decoding<float> decode(Pass<float>&, const Weights<float>&, const Batch<float>&, const DecodingOptions&, ThreadPool&);
#ifdef BPTT_WITH_DOUBLE
template Decoding<double> decode(Pass<double>&, const Weights<double>&, const Batch<double>&, const DecodingOptions&, ThreadPool&);
#endif

}  // namespace bptt

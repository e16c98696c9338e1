#include "model/decoder/decoder_targets.h"

namespace bptt {

template <class S>
Batch<S> decoder_targets(const NetworkSpec& spec, const Batch<S>& batch) {
  const bool symbols = spec.output == OutputKind::classes;
  const std::size_t width = spec.outputs;
  Batch<S> targets;
  targets.has_targets = true;
  if (!symbols) targets.values = batch.values;
  std::size_t at = 0;
  for (std::int32_t length : batch.target_lengths) {
    targets.lengths.push_back(length + (symbols ? 1 : 0));
    if (symbols) {
      const auto begin = batch.classes.begin() + at, end = begin + length;
      targets.tokens.push_back(0);
      targets.tokens.insert(targets.tokens.end(), begin, end);
      targets.classes.insert(targets.classes.end(), begin, end);
      targets.classes.push_back(0);
    } else if (length > 0) {
      const auto begin = batch.values.begin() + at * width, end = begin + (length - 1) * width;
      targets.features.insert(targets.features.end(), width, S(0));
      targets.features.insert(targets.features.end(), begin, end);
    }
    at += length;
  }
  return targets;
}

template Batch<float> decoder_targets(const NetworkSpec&, const Batch<float>&);
#ifdef BPTT_WITH_DOUBLE
template Batch<double> decoder_targets(const NetworkSpec&, const Batch<double>&);
#endif

}  // namespace bptt

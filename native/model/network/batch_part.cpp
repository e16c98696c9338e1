#include "model/network/batch_part.h"

#include <numeric>

namespace bptt {

template <class S>
Batch<S> inputs_of(const NetworkSpec& spec, const Batch<S>& batch, std::size_t begin, std::size_t end) {
  const auto sum = [](const std::vector<std::int32_t>& counts, std::size_t from, std::size_t to) {
    return std::accumulate(counts.begin() + from, counts.begin() + to, std::size_t(0));
  };
  const auto part = [](const auto& all, std::size_t from, std::size_t to) { return std::decay_t<decltype(all)>(all.begin() + from, all.begin() + to); };
  const std::size_t first = sum(batch.lengths, 0, begin), last = first + sum(batch.lengths, begin, end);
  Batch<S> inputs;
  inputs.lengths = part(batch.lengths, begin, end);
  inputs.context = part(batch.context, begin * spec.context, end * spec.context);
  switch (spec.input) {
    case InputKind::tokens: inputs.tokens = part(batch.tokens, first, last); break;
    case InputKind::features: inputs.features = part(batch.features, first * spec.size, last * spec.size); break;
    case InputKind::multihot: {
      const std::size_t from = sum(batch.active_counts, 0, first);
      inputs.active_counts = part(batch.active_counts, first, last);
      inputs.active = part(batch.active, from, from + sum(batch.active_counts, first, last));
      break;
    }
  }
  return inputs;
}

template Batch<float> inputs_of(const NetworkSpec&, const Batch<float>&, std::size_t, std::size_t);
#ifdef BPTT_WITH_DOUBLE
template Batch<double> inputs_of(const NetworkSpec&, const Batch<double>&, std::size_t, std::size_t);
#endif

}  // namespace bptt

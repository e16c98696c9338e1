#include "model/decoder/scheduled_sampling.h"

#include <algorithm>

#include "model/decoder/decoder_stepper.h"

namespace bptt {

namespace {

constexpr int first_symbol = 2;  // behind boundary and unknown

template <class S>
std::int32_t most_probable(const S* z, int outputs) {
  return static_cast<std::int32_t>(std::max_element(z + first_symbol, z + outputs) - z);
}

}  // namespace

template <class S>
void sample_inputs(const Weights<S>& weights, const DecoderStage<S>& stage, double share, const RandomStreams& streams, Batch<S>& targets, ThreadPool& pool) {
  const NetworkSpec& spec = weights.spec();
  const bool symbols = spec.output == OutputKind::classes;
  if (symbols && spec.outputs <= first_symbol) return;
  const BatchOrder order(targets.lengths);
  const SequenceLayout& layout = order.layout();
  const Random random = streams.random(RandomStreams::scheduled_sampling);
  const std::size_t width = spec.outputs;
  DecoderStepper<S> stepper(weights, stage, layout.batch(), layout.batch());
  std::vector<std::int32_t> sentences(layout.batch()), read(layout.batch()), same(layout.batch());
  std::vector<S> values(symbols ? 0 : layout.batch() * width);
  for (int i = 0; i < layout.batch(); ++i) {
    sentences[i] = layout.sequence(i);
    same[i] = i;
  }
  stepper.gather(sentences.data(), layout.active(0));
  // The last step's output is read by none.
  for (int t = 0; t + 1 < layout.steps(); ++t) {
    pool.stop().check();
    const int rows = layout.active(t);
    if (t > 0) stepper.gather(same.data(), rows);
    for (int i = 0; i < rows; ++i) {
      const std::size_t n = static_cast<std::size_t>(order.start(sentences[i])) + t;
      if (symbols) read[i] = targets.tokens[n];
      else std::copy_n(targets.features.begin() + n * width, width, values.begin() + i * width);
    }
    const S* z = symbols ? stepper.step(read.data(), sentences.data(), pool) : stepper.step(values.data(), sentences.data(), pool);
    for (int i = 0; i < layout.active(t + 1); ++i) {
      const std::size_t n = static_cast<std::size_t>(order.start(sentences[i])) + t + 1;
      if (random.uniform(n) < share) continue;
      if (symbols) targets.tokens[n] = most_probable(z + i * width, spec.outputs);
      else std::copy_n(z + i * width, width, targets.features.begin() + n * width);
    }
  }
}

template void sample_inputs(const Weights<float>&, const DecoderStage<float>&, double, const RandomStreams&, Batch<float>&, ThreadPool&);
#ifdef BPTT_WITH_DOUBLE
template void sample_inputs(const Weights<double>&, const DecoderStage<double>&, double, const RandomStreams&, Batch<double>&, ThreadPool&);
#endif

}  // namespace bptt

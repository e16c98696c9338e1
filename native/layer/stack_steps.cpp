// A stack step by step: time is the outer loop, not the layers, and each slice of rows goes its own way.
#include "layer/dropout.h"
#include "layer/stack.h"

namespace bptt {

template <class S>
void StackPass<S>::begin(const StackWeights<S>& weights, const Forward& forward) {
  f_ = forward;
  const StackSpec& spec = weights.spec();
  prepare_levels(spec);
  const S* input = forward.input;
  for (int layer = 0; layer < spec.layers; ++layer) input = prepare_layer(weights, layer, input);
}

template <class S>
void StackPass<S>::step(const StackWeights<S>& weights, int t, Range rows) {
  const StackSpec& spec = weights.spec();
  for (int layer = 0; layer < spec.layers; ++layer) {
    levels_[layer].directions[0]->step(t, rows);
    if (drops_between(spec, layer)) drop_between(spec, layer, t, rows);
  }
}

template <class S>
void StackPass<S>::begin_backward(const StackWeights<S>& weights, const Backward& backward) {
  for (int layer = weights.spec().layers - 1; layer >= 0; --layer) prepare_backward_layer(weights, layer, backward);
  d_input_ = backward.d_input;
}

template <class S>
void StackPass<S>::step_back(const StackWeights<S>& weights, int t, Range rows) {
  const StackSpec& spec = weights.spec();
  const Range packed{f_.layout->offset(t) + rows.begin, f_.layout->offset(t) + rows.end};
  for (int layer = spec.layers - 1; layer >= 0; --layer) {
    DirectionPass<S>& pass = *levels_[layer].directions[0];
    pass.step_back(t, rows);
    S* const d_input = layer == 0 ? d_input_ : levels_[layer].d_input.data();
    pass.input_gradient(d_input, packed, false);
    if (layer == 0 || spec.dropout_between == 0) continue;
    const std::size_t begin = static_cast<std::size_t>(packed.begin) * spec.output();
    current_kernels<S>().multiply(d_input + begin, d_input + begin, levels_[layer - 1].mask.data() + begin, static_cast<std::size_t>(packed.end - packed.begin) * spec.output());
  }
}

template <class S>
void StackPass<S>::finish_backward(const StackWeights<S>& weights, const Backward& backward, ThreadPool& pool) {
  for (int layer = 0; layer < weights.spec().layers; ++layer) gradients_of_layer(weights, layer, backward, nullptr, pool);
}

#define BPTT_INSTANTIATE(S)                                                                                     \
  template void StackPass<S>::begin(const StackWeights<S>&, const Forward&);                                    \
  template void StackPass<S>::step(const StackWeights<S>&, int, Range);                                         \
  template void StackPass<S>::begin_backward(const StackWeights<S>&, const Backward&);                          \
  template void StackPass<S>::step_back(const StackWeights<S>&, int, Range);                                    \
  template void StackPass<S>::finish_backward(const StackWeights<S>&, const Backward&, ThreadPool&);
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

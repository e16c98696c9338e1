#include "model/heads/output_layer.h"

#include "kernels/kernels.h"
#include "layer/dropout.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
OutputRows<S> OutputLayer<S>::forward(const Weights<S>& weights, const S* a, int rows, const std::int32_t* places, const RandomStreams& streams, ThreadPool& pool) {
  const NetworkSpec& spec = weights.spec();
  width_ = spec.head_size();
  a_ = a;
  z_.resize(checked_product({static_cast<std::size_t>(rows), static_cast<std::size_t>(spec.outputs)}));
  rows_ = {z_.data(), rows, spec.outputs, places};
  dropped_ = streams.training && spec.dropout_output > 0;
  if (dropped_) {
    const Random random = streams.random(RandomStreams::output_dropout);
    mask_.resize(static_cast<std::size_t>(rows) * width_);
    dropped_a_.resize(mask_.size());
    parallel(pool, rows, width_, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) dropout_mask(random, spec.dropout_output, rows_.place(r), width_, mask_.data() + r * width_);
      current_kernels<S>().multiply(dropped_a_.data() + begin * width_, a + begin * width_, mask_.data() + begin * width_, (end - begin) * width_);
    });
    a_ = dropped_a_.data();
  }
  weights.output().forward(a_, rows, z_.data(), pool);
  return rows_;
}

template <class S>
S* OutputLayer<S>::backward(const Weights<S>& weights, Gradients<S>& gradients, ThreadPool& pool) {
  const ParameterArena& arena = weights.arena();
  S* dense = gradients.dense.data();
  weights.output().backward_weights(z_.data(), a_, rows_.count, arena.at(dense, ParameterEntry::output_weight),
                                    arena.at(dense, ParameterEntry::output_bias), work_, pool);
  da_.resize(static_cast<std::size_t>(rows_.count) * width_);
  weights.output().backward_input(z_.data(), rows_.count, da_.data(), false, pool);
  if (dropped_) {
    parallel(pool, rows_.count, width_ / 4.0, [&](std::size_t begin, std::size_t end) {
      S* d = da_.data() + begin * width_;
      current_kernels<S>().multiply(d, d, mask_.data() + begin * width_, (end - begin) * width_);
    });
  }
  return da_.data();
}

template class OutputLayer<float>;
#ifdef BPTT_WITH_DOUBLE
template class OutputLayer<double>;
#endif

}  // namespace bptt

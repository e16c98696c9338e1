#include "model/pass.h"

#include <algorithm>

namespace bptt {

template <class S>
void Pass<S>::forward(const Weights<S>& weights, const Batch<S>& batch, const Noise& noise, const RareIds& rare, ThreadPool& pool, const States<S>* first, States<S>* last) {
  const NetworkSpec& spec = weights.spec();
  weights_ = &weights;
  batch_ = &batch;
  order_.emplace(batch.lengths);
  const std::size_t sequences = batch.lengths.size();
  results_ = spec.pooled() ? sequences : order_->rows();

  typename StackPass<S>::Forward forward{};
  forward.layout = &order_->layout();
  forward.input = input_.forward({&weights, &batch, &*order_, noise, rare}, pool);
  forward.training = noise.training;
  forward.seed = noise.seed;
  forward.step = noise.step;
  if (first == nullptr) first = &batch.initial;
  if (!first->h.empty()) forward.initial.h = first->h.data();
  if (!first->c.empty()) forward.initial.c = first->c.data();
  if (spec.pooling == Pooling::last) {
    final_h_.resize(checked_product({static_cast<std::size_t>(spec.layers), sequences, static_cast<std::size_t>(spec.pooled_size())}));
    forward.final.h = final_h_.data();
  }
  if (last != nullptr) {
    const std::size_t states = checked_product({static_cast<std::size_t>(spec.layers), sequences, static_cast<std::size_t>(spec.pooled_size())});
    last->h.resize(states);
    last->c.resize(spec.cell.has_memory() ? states : 0);
    if (spec.pooling != Pooling::last) forward.final.h = last->h.data();
    forward.final.c = last->c.empty() ? nullptr : last->c.data();
  }
  stack_.forward(weights.stack(), forward, pool);
  if (last != nullptr && spec.pooling == Pooling::last) std::copy_n(final_h_.data(), last->h.size(), last->h.data());
  const S* a = pooling_.forward(weights, stack_.output(), final_h_.data(), *order_, pool);
  head_.forward(weights, a, static_cast<int>(results_), spec.pooled() ? nullptr : order_->steps(), noise, pool);
  if (spec.crf) head_.begin_crf(weights, *order_, batch);
}

template <class S>
void Pass<S>::backward(Gradients<S>& gradients, ThreadPool& pool) {
  const NetworkSpec& spec = weights_->spec();
  const S* da = head_.backward(*weights_, gradients, pool);
  const typename PoolingStage<S>::Back back = pooling_.backward(*weights_, stack_.output(), da, *order_, gradients, pool);
  back_.d_output = back.d_output;
  back_.d_final.h = back.d_final_h;
  back_.gradients = gradients.recurrent;
  back_.d_input = nullptr;
  if (spec.has_embedding()) {
    dx_.resize(static_cast<std::size_t>(order_->rows()) * spec.input_size());
    back_.d_input = dx_.data();
  }
  stack_.backward(weights_->stack(), back_, pool);
  if (spec.has_embedding()) input_.backward(dx_.data(), gradients, pool);
}

template class Pass<float>;
#ifdef BPTT_WITH_DOUBLE
template class Pass<double>;
#endif

}  // namespace bptt

#include "model/parameters/initial_states.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace bptt {

template <class S>
void InitialStates<S>::forward(const Linear<S>& linear, const StackSpec& stack, const S* v, int batch, ThreadPool& pool) {
  layers_ = stack.layers;
  batch_ = batch;
  state_ = stack.state();
  memory_ = stack.memory();
  size_ = state_size(stack);
  z_.resize(checked_product({static_cast<std::size_t>(batch), static_cast<std::size_t>(size_)}));
  linear.forward(v, batch, z_.data(), pool);
  const std::size_t rows = static_cast<std::size_t>(layers_) * batch;
  h_.resize(rows * state_);
  c_.resize(rows * memory_);
  for (std::size_t b = 0; b < static_cast<std::size_t>(batch); ++b) {
    const S* z = z_.data() + b * size_;
    for (int layer = 0; layer < layers_; ++layer, z += state_) current_kernels<S>().tanh(h_.data() + (static_cast<std::size_t>(layer) * batch + b) * state_, z, state_);
    if (c_.size() == 0) continue;
    for (int layer = 0; layer < layers_; ++layer, z += memory_) std::copy_n(z, memory_, c_.data() + (static_cast<std::size_t>(layer) * batch + b) * memory_);
  }
}

template <class S>
StateView<S> InitialStates<S>::gradient() {
  dh_.resize(h_.size());
  dc_.resize(c_.size());
  return {dh_.data(), dc_.size() > 0 ? dc_.data() : nullptr};
}

template <class S>
void InitialStates<S>::backward(const Linear<S>& linear, const S* v, S* dw, S* db, S* dv, ThreadPool& pool) {
  for (std::size_t b = 0; b < static_cast<std::size_t>(batch_); ++b) {
    S* dz = z_.data() + b * size_;
    for (int layer = 0; layer < layers_; ++layer, dz += state_) {
      const std::size_t at = (static_cast<std::size_t>(layer) * batch_ + b) * state_;
      for (int n = 0; n < state_; ++n) dz[n] = dh_[at + n] * (1 - h_[at + n] * h_[at + n]);
    }
    if (c_.size() == 0) continue;
    for (int layer = 0; layer < layers_; ++layer, dz += memory_) std::copy_n(dc_.data() + (static_cast<std::size_t>(layer) * batch_ + b) * memory_, memory_, dz);
  }
  linear.backward_weights(z_.data(), v, batch_, dw, db, work_, pool);
  if (dv != nullptr) linear.backward_input(z_.data(), batch_, dv, false, pool);
}

template class InitialStates<float>;
#ifdef BPTT_WITH_DOUBLE
template class InitialStates<double>;
#endif

}  // namespace bptt

#include "model/network.h"

#include <algorithm>

namespace bptt {

template <class S>
Snapshot<S>::Snapshot(std::shared_ptr<const Architecture> architecture, std::shared_ptr<const Parameters<S>> parameters)
    : architecture_(std::move(architecture)), parameters_(std::move(parameters)) {}

template <class S>
const Weights<S>& Snapshot<S>::weights(ThreadPool& pool) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!weights_.has_value()) weights_.emplace(architecture_->spec, architecture_->arena, *parameters_);
  if (!packed_) weights_->pack(false, pool);
  packed_ = true;
  return *weights_;
}

template <class S>
std::size_t Snapshot<S>::bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return 2 * architecture_->arena.size() * sizeof(S) + (weights_.has_value() ? weights_->symbol_bytes() : 0);
}

template <class S>
Network<S>::Network(const NetworkSpec& spec)
    : architecture_(std::make_shared<const Architecture>(spec)),
      draft_(std::make_shared<Parameters<S>>(initial_parameters<S>(spec, architecture_->arena))) {}

template <class S>
const S* Network<S>::parameter(const ParameterEntry& entry) const {
  return draft_ != nullptr ? draft_->values(entry) : current_->parameters().values(entry);
}

template <class S>
void Network<S>::set_parameter(const ParameterEntry& entry, const S* values) {
  if (draft_ == nullptr) draft_ = std::make_shared<Parameters<S>>(current_->parameters());
  std::copy_n(values, entry.size(), draft_->values(entry));
  // Not before: the values may be its own.
  current_.reset();
}

template <class S>
void Network<S>::replace(std::shared_ptr<const Snapshot<S>> snapshot) {
  current_ = std::move(snapshot);
  draft_.reset();
}

template <class S>
std::shared_ptr<const Snapshot<S>> Network<S>::snapshot() {
  if (draft_ != nullptr) {
    current_ = std::make_shared<const Snapshot<S>>(architecture_, std::shared_ptr<const Parameters<S>>(draft_));
    draft_.reset();
  }
  return current_;
}

template class Snapshot<float>;
template class Network<float>;
#ifdef BPTT_WITH_DOUBLE
template class Snapshot<double>;
template class Network<double>;
#endif

}  // namespace bptt

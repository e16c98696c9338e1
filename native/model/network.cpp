#include "model/network.h"

#include <algorithm>

namespace bptt {

template <class S>
Snapshot<S>::Snapshot(std::shared_ptr<const Architecture> architecture, std::shared_ptr<const Parameters<S>> parameters)
    : architecture_(std::move(architecture)), parameters_(std::move(parameters)) {}

template <class S>
Snapshot<S>::Snapshot(std::shared_ptr<const Architecture> architecture)
    : architecture_(std::move(architecture)), unset_(std::make_shared<Parameters<S>>(Parameters<S>::unset(architecture_->arena))) {
  parameters_ = unset_;
}

template <class S>
const Parameters<S>& Snapshot<S>::parameters(const Stop& stop) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return written(stop);
}

template <class S>
const Parameters<S>& Snapshot<S>::written(const Stop& stop) const {
  if (unset_ != nullptr) initialise(architecture_->spec, architecture_->arena, stop, *unset_);
  unset_.reset();
  return *parameters_;
}

template <class S>
const Weights<S>& Snapshot<S>::weights(ThreadPool& pool) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!weights_.has_value()) weights_.emplace(architecture_->spec, architecture_->arena, written(pool.stop()));
  if (!packed_) weights_->pack(false, pool);
  packed_ = true;
  return *weights_;
}

template <class S>
std::size_t Snapshot<S>::bytes() const {
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  const bool settled = lock.owns_lock() && weights_.has_value();
  return 2 * architecture_->arena.size() * sizeof(S) + (settled ? weights_->symbol_bytes() : 0);
}

template <class S>
Network<S>::Network(const NetworkSpec& spec)
    : architecture_(std::make_shared<const Architecture>(spec)), current_(std::make_shared<const Snapshot<S>>(architecture_)) {}

template <class S>
Network<S>::Network(const NetworkSpec& spec, Parameters<S> parameters) : architecture_(std::make_shared<const Architecture>(spec)) {
  parameters.check(architecture_->arena, "parameters");
  current_ = std::make_shared<const Snapshot<S>>(architecture_, std::move(parameters));
}

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
std::shared_ptr<const Snapshot<S>> Network<S>::replace(std::shared_ptr<const Snapshot<S>> snapshot) {
  std::shared_ptr<const Snapshot<S>> before = this->snapshot();
  current_ = std::move(snapshot);
  return before;
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

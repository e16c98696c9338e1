// Architecture and parameters. What a prediction reads is an immutable snapshot shared by all that use it; setting a
// parameter changes a draft, which the next prediction takes as a new snapshot. So a running prediction, a stream and a
// trainer keep the parameters they began with.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "model/parameters/weights.h"

namespace bptt {

// What stays the same for a network's whole life.
struct Architecture {
  NetworkSpec spec;
  ParameterArena arena;

  explicit Architecture(const NetworkSpec& network) : spec(network), arena(network) {}
};

// Parameters that no longer change. May be used from any thread.
template <class S>
class Snapshot {
 public:
  // The initial ones, which are written when they are first asked for. Throws ERR_MEMORY.
  explicit Snapshot(std::shared_ptr<const Architecture>);
  Snapshot(std::shared_ptr<const Architecture>, std::shared_ptr<const Parameters<S>>);
  Snapshot(std::shared_ptr<const Architecture> architecture, Parameters<S> parameters)
      : Snapshot(std::move(architecture), std::make_shared<const Parameters<S>>(std::move(parameters))) {}

  const Architecture& architecture() const { return *architecture_; }
  const std::shared_ptr<const Architecture>& shared_architecture() const { return architecture_; }
  // Throws as the stop does where initial values were to be written; they are, when they are asked for again.
  const Parameters<S>& parameters(const Stop& = Stop::never()) const;
  // Made and packed for predictions when they are first asked for: neither memory nor time goes where nobody predicts.
  const Weights<S>& weights(ThreadPool&) const;
  // Of the parameters, plain and packed, and of what else was made of them, unless that is being done. Does not wait.
  std::size_t bytes() const;

 private:
  // Under the lock.
  const Parameters<S>& written(const Stop&) const;

  std::shared_ptr<const Architecture> architecture_;
  std::shared_ptr<const Parameters<S>> parameters_;
  mutable std::shared_ptr<Parameters<S>> unset_;  // the same, until they have been written
  // Not std::call_once, which on some systems does not live through an exception.
  mutable std::mutex mutex_;
  mutable bool packed_ = false;
  mutable std::optional<Weights<S>> weights_;
};

// Belongs to one thread; only the snapshots leave it.
template <class S>
class Network {
 public:
  // With the initial parameters; throws ERR_MEMORY. They are written when they are first asked for.
  explicit Network(const NetworkSpec&);
  // With these parameters. Throws ERR_SHAPE where they are not those of such a network.
  Network(const NetworkSpec&, Parameters<S>);

  const NetworkSpec& spec() const { return architecture_->spec; }
  const std::shared_ptr<const Architecture>& architecture() const { return architecture_; }
  const ParameterArena& arena() const { return architecture_->arena; }
  const S* parameter(const ParameterEntry&) const;
  // values [entry.size()] are copied.
  void set_parameter(const ParameterEntry&, const S* values);
  // Returns the snapshot that was there before: large ones take a while to be freed.
  std::shared_ptr<const Snapshot<S>> replace(std::shared_ptr<const Snapshot<S>>);
  std::shared_ptr<const Snapshot<S>> snapshot();
  // Bytes of the parameters, once.
  std::size_t bytes() const { return arena().size() * sizeof(S); }

 private:
  std::shared_ptr<const Architecture> architecture_;
  std::shared_ptr<const Snapshot<S>> current_;  // null while there is a draft
  std::shared_ptr<Parameters<S>> draft_;
};

}  // namespace bptt

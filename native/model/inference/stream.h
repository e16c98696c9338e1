// Step-by-step inference for one sequence: the state is carried from step to step, each step gives a result. With pooling
// the result is the one the sequence would have if it ended here: running sums take the place of sums over all steps.
// One direction, no window, no dropout; one thread, no memory taken in a step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "layer/stack_stepper.h"
#include "model/input/characters.h"
#include "model/network.h"
#include "model/parameters/initial_states.h"
#include "model/pooling/running_pool.h"

namespace bptt {

template <class S>
class Stream {
 public:
  // Keeps the snapshot. context [K] of a network that has one, else empty. Throws ERR_OPTION for two directions or a window,
  // ERR_SHAPE for a context of another size.
  explicit Stream(std::shared_ptr<const Snapshot<S>>, const std::vector<S>& context = {});

  const NetworkSpec& spec() const { return snapshot_->architecture().spec; }
  // x [I] of an input of features → out [O]. Throws ERR_SHAPE where `size` is not I, and NotFinite, after the step has been taken, where
  // a result is not a number.
  void step(const S* x, std::size_t size, S* out);
  // One token id (with characters: and those of the word's characters), or the active indexes of a multihot step. Throws
  // ERR_SHAPE or ERR_DATA where they do not fit, and as above.
  void step(const std::int32_t* ids, std::size_t count, S* out);
  void reset();
  // [L, 1, H]; c only where the cell has memory.
  void state(S* h, S* c) const;
  // Begins anew with this state; c null: zeros. Pooling starts again.
  void set_state(const S* h, const S* c);
  std::size_t bytes() const;

 private:
  // From x_ to the result, but for what `starts` holds of it.
  void advance(S* out, const Starts<S>& starts = {});

  std::shared_ptr<const Snapshot<S>> snapshot_;
  ThreadPool pool_{1};
  const Weights<S>& weights_;
  StackStepper<S> stepper_;
  std::optional<CharacterStepper<S>> characters_;
  const SymbolSums<S>* const symbol_sums_;  // or null
  AlignedArray<S> x_, y_;
  InitialStates<S> first_;  // of a network with a context
  RunningPool<S> running_;
};

}  // namespace bptt

// Sequences that a network writes itself: what it emits at a step is what it reads at the next one. Many at a time, each
// with a prompt, a seed and an end of its own; one that has ended takes no more work. What a sequence becomes depends on
// its prompt, its context and its seed alone: neither on the other sequences nor on the number of threads, and it goes on
// from a longer prompt as it would have gone on by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "layer/stack_stepper.h"
#include "model/inference/sampling.h"
#include "model/network.h"
#include "model/network/batch.h"

namespace bptt {

struct GeneratorSpec {
  SamplingSpec sampling;
  std::vector<std::uint64_t> seeds;  // [B]
  // The boundary is never chosen: sequences have no end.
  bool endless = false;

  // The network has to emit what it reads: tokens and classes, the boundary being 0; multihot, the boundary being the last;
  // or features and values, without a boundary. The prompts must have passed check(); each has at least one step, and
  // begins with zeros or a context. Throws ERR_OPTION or ERR_SHAPE where network, prompts and options do not fit each other.
  template <class S>
  void check(const NetworkSpec&, const Batch<S>& prompts) const;
};

// What has been emitted: sequences one after the other, each step by step. N is the sum of the lengths.
template <class S>
struct Generated {
  std::vector<std::int32_t> lengths;        // [B], with the boundary that ended it
  std::vector<std::int32_t> symbols;        // [N], classes
  std::vector<std::int32_t> active_counts;  // [N], multihot
  std::vector<std::int32_t> active;
  std::vector<S> values;                    // [N, O]
  // [N] of the model itself, whatever the temperature: ŷ of the symbol, or Π of ŷ and 1 − ŷ of a multihot step (of the
  // step that ends a sequence: ŷ of the boundary). Empty for values.
  std::vector<S> probabilities;
  std::vector<std::uint8_t> ended;          // [B] 1: the boundary has been emitted, now or before

  void append(const Generated&);
};

template <class S>
class Generator {
 public:
  // Options and prompts must have passed check(). Keeps the snapshot.
  Generator(std::shared_ptr<const Snapshot<S>>, Batch<S> prompts, GeneratorSpec, ThreadPool&);

  int sequences() const { return static_cast<int>(ended_.size()); }
  // Up to that many further steps of every sequence that has not ended; the prompts are read first. Throws ERR_DISPOSED
  // where the pool's stop() is requested, and NotFinite where the network's outputs are not numbers, with the step of the
  // whole sequence (of that which follows a prompt of one step: 0); there is no further call after either of them.
  Generated<S> next(int steps, ThreadPool&);

 private:
  struct Track;
  const NetworkSpec& spec() const { return snapshot_->architecture().spec; }
  void read_prompts(ThreadPool&);
  void place_states(StateView<const S>);
  void advance(std::vector<Track>&, ThreadPool&);
  // Emits for row r of the step; false: the sequence has ended. Where it has not, what it reads next becomes that of row `next`.
  bool emit(int r, Track&, std::size_t next);
  // One symbol, or the active indexes of a multihot step.
  void read(std::size_t row, const std::int32_t* ids, std::size_t count);
  Generated<S> collect(const std::vector<Track>&) const;

  const std::shared_ptr<const Snapshot<S>> snapshot_;
  const Weights<S>& weights_;
  const GeneratorSpec options_;
  Batch<S> prompts_;  // until they have been read
  bool started_ = false;
  Sampler<S> sampler_;
  StackStepper<S> stepper_;
  const SymbolSums<S>* const symbol_sums_;  // or null
  std::vector<std::int32_t> symbols_;     // [R] what is read, with symbol_sums_
  AlignedArray<S> x_, z_, y_;             // [R, I] what is read without, [R, O], [R, O]
  std::vector<std::int32_t> rows_;        // [R] the sequence of each row
  std::vector<std::int32_t> kept_, active_;
  std::vector<std::uint64_t> positions_;  // [B] steps read
  std::vector<std::uint8_t> ended_;       // [B]
};

}  // namespace bptt

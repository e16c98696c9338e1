// L recurrent layers, one or two directions: forward and backward over packed rows (see SequenceLayout).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "layer/direction_weights.h"
#include "layer/direction_pass.h"
#include "layer/sequence_layout.h"
#include "layer/stack_spec.h"
#include "support/aligned_array.h"
#include "support/thread_pool.h"

namespace bptt {

// Packed weights. Made once for each change of the parameters; shared by any number of passes.
template <class S>
class StackWeights {
 public:
  // parameters[i] points to the values of stack_parameters(spec)[i]; the pointers must stay valid.
  StackWeights(const StackSpec&, const std::vector<const S*>& parameters);
  // Packs anew from the parameters; `backward` also what only the backward pass needs.
  void pack(bool backward, ThreadPool&);
  const StackSpec& spec() const { return spec_; }

  const DirectionWeights<S>& direction(int layer, int direction) const { return directions_[layer * spec_.directions() + direction]; }

 private:
  StackSpec spec_;
  std::vector<DirectionWeights<S>> directions_;
};

// Initial or final states in the order of the caller's batch: h [L·D, B, P], P = H without a projection, and c [L·D, B, H], null for cells
// without memory.
template <class S>
struct StateView {
  S* h = nullptr;
  S* c = nullptr;
};

// What one batch in flight needs: activations kept for the backward pass, work areas. Reused from batch to batch.
template <class S>
class StackPass {
 public:
  struct Forward {
    const SequenceLayout* layout;
    const S* input;              // [N, I] packed rows
    StateView<const S> initial;  // null: zeros
    bool training;               // keep what backward needs, apply dropout
    std::uint64_t seed;          // of dropout; with `step` decides the masks
    std::uint64_t step;
    S* output;                   // [N, D·P] packed rows; null: kept inside, see output()
    StateView<S> final;          // null: not wanted
    const Stop* stop = &Stop::never();  // looked at before each step
  };
  // Looks at the pool's stop().
  void forward(const StackWeights<S>&, const Forward&, ThreadPool&);
  // [N, D·P] of the last forward.
  const S* output() const { return output_; }

  struct Backward {
    const S* d_output;            // [N, D·P] packed rows, or null: zeros
    StateView<const S> d_final;   // null: zeros
    std::vector<S*> gradients;    // one for each of stack_parameters(spec); overwritten
    S* d_input;                   // [N, I]; null: not wanted
    StateView<S> d_initial;       // null: not wanted
  };
  // After a forward with `training`; input and output arrays of that forward must still be there.
  void backward(const StackWeights<S>&, const Backward&, ThreadPool&);

  // The same step by step, for a stack of one direction whose input depends on its own output. begin(), then step() for each
  // step of each slice of its active rows, in any thread, once the input of these rows is there; final states are not given.
  void begin(const StackWeights<S>&, const Forward&);
  void step(const StackWeights<S>&, int t, Range rows);
  // begin_backward(), then step_back() from the last step to the first: d_output of the rows has to be there, d_input of
  // them is there afterwards. finish_backward() computes the other gradients.
  void begin_backward(const StackWeights<S>&, const Backward&);
  void step_back(const StackWeights<S>&, int t, Range rows);
  void finish_backward(const StackWeights<S>&, const Backward&, ThreadPool&);

 private:
  // One layer of the batch in flight.
  struct Level {
    std::unique_ptr<DirectionPass<S>> directions[2];
    AlignedArray<S> output;    // [N, D·P]; unused where the caller gives the array
    AlignedArray<S> dropped;   // output ⊙ mask, what the next layer sees
    AlignedArray<S> mask;      // [N, D·P]
    AlignedArray<S> h_mask[2]; // [B, Pp]
    AlignedArray<S> d_input;   // [N, I]
  };
  // Levels for a stack, where those of the last one do not serve.
  void prepare_levels(const StackSpec&);
  // Work areas of a layer, and where it reads and writes. Returns what the next one reads.
  const S* prepare_layer(const StackWeights<S>&, int layer, const S* input);
  bool drops_between(const StackSpec& spec, int layer) const { return f_.training && spec.dropout_between > 0 && layer < spec.layers - 1; }
  void drop_between(const StackSpec&, int layer, int t, Range rows);
  // Likewise; d_input is that of the whole stack.
  void prepare_backward_layer(const StackWeights<S>&, int layer, const Backward&);
  void gradients_of_layer(const StackWeights<S>&, int layer, const Backward&, S* d_input, ThreadPool&);
  // Runs `body(pass, rows, units, barrier)` for each slice of a layer, side by side where they may.
  template <class Body>
  void in_slices(const StackWeights<S>&, int layer, ThreadPool&, const Body& body);

  Forward f_{};
  const S* output_ = nullptr;
  S* d_input_ = nullptr;  // of the whole stack, null: not wanted
  std::vector<Level> levels_;
  bool feeds_back_ = true;  // of the cell that the levels are for: a pass may serve several networks
  AlignedArray<S> work_;
};

}  // namespace bptt

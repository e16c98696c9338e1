// What a pass reads: the parameters where they lie, and packed for the products.
#pragma once

#include "layer/stack.h"
#include "model/linear.h"
#include "model/parameter_arena.h"

namespace bptt {

template <class S>
class Weights {
 public:
  // All arguments must stay where they are.
  Weights(const NetworkSpec&, const ParameterArena&, const Parameters<S>&);
  Weights(const Weights&) = delete;
  Weights& operator=(const Weights&) = delete;

  // Packs anew after the parameters have changed; `backward`: also what only the backward pass needs.
  void pack(bool backward, ThreadPool&);

  const NetworkSpec& spec() const { return spec_; }
  const ParameterArena& arena() const { return arena_; }
  // [rows, E], or null.
  const S* table() const { return parameters_.table.data(); }
  const StackWeights<S>& stack() const { return stack_; }
  // W and b of the attention, and v [A].
  const Linear<S>& attention() const { return attention_; }
  const S* context() const { return context_; }
  const Linear<S>& output() const { return output_; }

 private:
  const NetworkSpec& spec_;
  const ParameterArena& arena_;
  const Parameters<S>& parameters_;
  StackWeights<S> stack_;
  Linear<S> attention_;
  const S* context_;
  Linear<S> output_;
};

}  // namespace bptt

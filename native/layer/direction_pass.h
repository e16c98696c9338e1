// One layer in one direction, over a batch in flight: what a stack asks of it. Recurrence has the layers whose state goes through a
// product at each step, Scan those of which all products are done before.
#pragma once

#include <memory>

#include "layer/direction_weights.h"
#include "layer/partition.h"
#include "layer/sequence_layout.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class DirectionPass {
 public:
  virtual ~DirectionPass() = default;

  struct Forward {
    const DirectionWeights<S>* weights;
    const SequenceLayout* layout;
    bool reverse;
    bool training;
    const S* input;      // [N, I] packed rows
    const S* initial_h;  // [B, P] in the caller's order of sequences; null: zeros
    const S* initial_c;  // [B, H]
    // Recurrent dropout: h⟨t−1⟩ is multiplied by this where it enters the product. [B, Pp] by position in the layout, 0 beyond P; null: none.
    const S* mask;
    S* output;           // rows of ldo; this direction's P columns
    std::ptrdiff_t ldo;
    const Stop* stop = &Stop::never();  // looked at before each step
  };
  // Call once, then run() for each slice; with several slices of units all of a slice of rows at the same time.
  virtual void prepare(const Forward&) = 0;
  virtual void run(Range rows, Range units, ThreadPool::Barrier* barrier) = 0;
  // Or step by step, each step of a slice of rows (of those active at it) after the one before it and once its input is there.
  virtual void step(int t, Range rows) = 0;
  // State at each sequence's last step, h [B, P] and c [B, H] in the caller's order; null: not wanted.
  virtual void final_state(S* h, S* c) const = 0;

  struct Backward {
    const S* d_output;  // rows of ldo; null: zeros
    std::ptrdiff_t ldo;
    const S* d_final_h; // [B, P] in the caller's order; null: zeros
    const S* d_final_c;
    bool to_initial_h;  // whether initial_gradient will be asked for that of h
  };
  virtual void prepare_backward(const Backward&) = 0;
  virtual void run_backward(Range rows, Range units, ThreadPool::Barrier* barrier) = 0;
  // Or step by step, from the last one to the first. The rows' d_output has to be there, and not that of earlier steps.
  virtual void step_back(int t, Range rows) = 0;
  virtual void initial_gradient(S* dh, S* dc) const = 0;

  // After run_backward: the work that needs no order in time, as jobs for any thread. `gradients`: for each role that the cell has,
  // overwritten. Returns how many jobs there are, about `pieces` of them equal; each is given an array of gradient_work() elements.
  virtual int prepare_gradients(S* const (&gradients)[parameter_roles], int pieces) = 0;
  virtual std::size_t gradient_work() const = 0;
  virtual void run_gradient(int job, S* work) = 0;
  // d_input[rows] (+)= d · W_ih.
  virtual void input_gradient(S* d_input, Range rows, bool accumulate) const = 0;
};

template <class S>
std::unique_ptr<DirectionPass<S>> make_direction_pass(const Cell&);

}  // namespace bptt

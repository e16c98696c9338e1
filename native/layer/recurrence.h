// One layer in one direction: the loop over time, forward and back, for all cells.
//
// States lie in slots of rows, each of Hp numbers and perhaps a gap: the state before a step and the state after it. In training all are kept, and the
// slot after a step is the slot before the next one; in inference two slots alternate. The products of the backward pass
// that need no order in time (the gradients of weights and of the input) are done afterwards over all rows at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "layer/direction_weights.h"
#include "layer/operand.h"
#include "layer/partition.h"
#include "layer/sequence_layout.h"
#include "support/aligned_array.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class Recurrence {
 public:
  struct Forward {
    const DirectionWeights<S>* weights;
    const SequenceLayout* layout;
    bool reverse;
    bool training;
    const S* input;      // [N, I] packed rows
    const S* initial_h;  // [B, H] in the caller's order of sequences; null: zeros
    const S* initial_c;
    // Recurrent dropout: h⟨t−1⟩ is multiplied by this where it enters the product. [B, Hp] by position in the layout, 0 beyond H; null: none.
    const S* mask;
    S* output;           // rows of ldo; this direction's H columns
    std::ptrdiff_t ldo;
    const Stop* stop = &Stop::never();  // looked at before each step
  };
  // Call once, then run() for each slice; with several slices of units all of a slice of rows at the same time.
  void prepare(const Forward&);
  void run(Range rows, Range units, ThreadPool::Barrier* barrier);
  // Or step by step, each step of a slice of rows (of those active at it) after the one before it and once its input is there.
  void step(int t, Range rows);
  // State at each sequence's last step, [B, H] in the caller's order; null: not wanted.
  void final_state(S* h, S* c) const;

  struct Backward {
    const S* d_output;  // rows of ldo; null: zeros
    std::ptrdiff_t ldo;
    const S* d_final_h; // [B, H] in the caller's order; null: zeros
    const S* d_final_c;
    bool to_initial_h;  // whether initial_gradient will be asked for that of h
  };
  void prepare_backward(const Backward&);
  void run_backward(Range rows, Range units, ThreadPool::Barrier* barrier);
  // Or step by step, from the last one to the first. The rows' d_output has to be there, and not that of earlier steps.
  void step_back(int t, Range rows);
  void initial_gradient(S* dh, S* dc) const;

  // After run_backward: the work that is left, as jobs for any thread.
  // ∂L/∂W_ih [G·H, I], ∂L/∂W_hh [G·H, H], ∂L/∂b [G·H], ∂L/∂b_hn [H] or null; overwritten.
  struct Gradients {
    S *weight_ih, *weight_hh, *bias, *bias_hn;
  };
  struct Job {
    GradientProduct<S> products[3];  // by the same x and h
    int count;
  };
  void gradient_jobs(const Gradients&, int pieces, std::vector<Job>& jobs) const;
  // d_input[rows] (+)= d · W_ih.
  void input_gradient(S* d_input, Range rows, bool accumulate) const;

 private:
  int before(int t) const;  // first row of the slot with the state before step t
  int after(int t) const;
  // First row of a step in saved_ and reset_hidden_.
  int kept(int t) const { return keeps_all_ ? f_.layout->offset(t) : 0; }
  S* saved_rows(int t) { return saved_.size() == 0 ? nullptr : saved_.data() + kept(t) * ld_saved_; }
  // Whether all sequences active at step t begin there, with a state of 0.
  bool begins_at_zero(int t) const { return f_.initial_h == nullptr && (f_.reverse ? f_.layout->active(t + 1) == 0 : t == 0); }
  int step_at(int i) const { return f_.reverse ? f_.layout->steps() - 1 - i : i; }
  void place_initial(AlignedArray<S>& slots, const S* initial, const S* mask);
  std::size_t slot_rows() const;
  int initial_row(int position) const;
  // What the products read of the first states, of x at a step (a slice of the units does its share), and of what a step made.
  void round_initial();
  void round_input(int t, Range rows, Range units);
  void round_gates(int t, Range rows, Range units, int first, int slots);
  void gather_final(const AlignedArray<S>& slots, S* to) const;
  Range active(Range rows, int t) const { return {std::min(rows.begin, f_.layout->active(t)), std::min(rows.end, f_.layout->active(t))}; }
  void forward_step(int t, Range rows, Range units, ThreadPool::Barrier* barrier, const Starts<S>& starts = {});
  Starts<S> starts_at(int t, Range units);
  void backward_step(int t, Range rows, Range units, ThreadPool::Barrier* barrier);
  // The product's view of h: masked where there is recurrent dropout.
  const AlignedArray<S>& product_h() const { return f_.mask == nullptr ? h_ : masked_h_; }

  const Kernels<S>& kernels_ = current_kernels<S>();
  Forward f_{};
  Backward b_{};
  bool keeps_all_ = false;
  int hp_ = 0;
  std::ptrdiff_t ld_state_ = 0, ld_saved_ = 0;
  AlignedArray<S> h_, c_, masked_h_;
  AlignedArray<S> saved_, reset_hidden_;
  AlignedArray<S> start_sums_;  // of the next steps of a sequence that is alone
  AlignedArray<S> dh_, dc_, through_;
  OperandRows<S> x_operand_, h_operand_, reset_operand_, gates_operand_;  // of the input, product_h(), reset_hidden_ and saved_
  std::vector<std::int32_t> previous_rows_;  // slot row of h⟨t−1⟩ for each packed row, where it is not the row itself
};

}  // namespace bptt

// A layer whose state goes through a product at each step (rnn, gru, lstm): the loop over time, forward and back.
//
// Slots of states have rows of Pp (h) or Hp (c) numbers and perhaps a gap. The products of the backward pass that need no order in time
// (the gradients of weights and of the input) are done afterwards over all rows at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "layer/cell_step.h"
#include "layer/direction_pass.h"
#include "layer/gradient_jobs.h"
#include "layer/state_order.h"
#include "support/aligned_array.h"

namespace bptt {

template <class S>
class Recurrence : public DirectionPass<S> {
 public:
  using typename DirectionPass<S>::Forward;
  using typename DirectionPass<S>::Backward;

  void prepare(const Forward&) override;
  void run(Range rows, Range units, ThreadPool::Barrier* barrier) override;
  void step(int t, Range rows) override;
  void final_state(S* h, S* c) const override;
  void prepare_backward(const Backward&) override;
  void run_backward(Range rows, Range units, ThreadPool::Barrier* barrier) override;
  void step_back(int t, Range rows) override;
  void initial_gradient(S* dh, S* dc) const override;
  int prepare_gradients(S* const (&gradients)[parameter_roles], int pieces) override;
  std::size_t gradient_work() const override { return jobs_.work(); }
  void run_gradient(int job, S* work) override;
  void input_gradient(S* d_input, Range rows, bool accumulate) const override;

 private:
  int before(int t) const { return order_.before(t); }
  int after(int t) const { return order_.after(t); }
  int kept(int t) const { return order_.kept(t); }
  S* saved_rows(int t) { return saved_.size() == 0 ? nullptr : saved_.data() + kept(t) * ld_saved_; }
  // Whether all sequences active at step t begin there, with a state of 0.
  bool begins_at_zero(int t) const { return f_.initial_h == nullptr && order_.begins(t); }
  Range active(Range rows, int t) const { return {std::min(rows.begin, f_.layout->active(t)), std::min(rows.end, f_.layout->active(t))}; }
  // Renews what the products read: of the first states, and of x at a step (a slice of the units does its share).
  void round_initial();
  void round_input(int t, Range rows, Range units);
  void forward_step(int t, Range rows, Range units, ThreadPool::Barrier* barrier, const Starts<S>& starts = {});
  Starts<S> starts_at(int t, Range units);
  void backward_step(int t, Range rows, Range units, ThreadPool::Barrier* barrier);
  // ∂L/∂m, from ∂L/∂h of the step, which is kept.
  void unproject(int t, Range rows, Range units, ThreadPool::Barrier* barrier);
  // Gradients of the parameters that are no matrices, but for biases that the products make, for a slice of the units.
  void vector_gradients(Range units);
  void peephole_gradients(Range units);
  // The product's view of h: masked where there is recurrent dropout.
  const AlignedArray<S>& product_h() const { return f_.mask == nullptr ? h_ : masked_h_; }
  bool needs_saved() const { return f_.training || f_.weights->cell.traits().two_stages || f_.weights->cell.layer_norm; }
  bool has_inner() const { return f_.weights->cell.traits().two_stages || f_.weights->cell.has_projection(); }
  const S* mask_of(int row) const { return f_.mask + static_cast<std::ptrdiff_t>(row) * f_.weights->padded_state; }

  const Kernels<S>& kernels_ = current_kernels<S>();
  Forward f_{};
  Backward b_{};
  StateOrder order_;
  std::ptrdiff_t ld_state_ = 0, ld_units_ = 0, ld_saved_ = 0, ld_sums_ = 0;
  AlignedArray<S> h_, masked_h_;  // rows of ld_state
  AlignedArray<S> c_;             // rows of ld_units
  AlignedArray<S> saved_;
  AlignedArray<S> inner_;         // of a step's rows: what the second product reads (StepRows)
  AlignedArray<S> start_sums_;    // of the next steps of a sequence that is alone
  AlignedArray<S> dh_, dc_;
  AlignedArray<S> through_;       // gradient that came through a product and waits for its mask or its sum
  AlignedArray<S> d_state_;       // with a projection: ∂L/∂h of all rows
  AlignedArray<S> d_inner_;       // and ∂L/∂m of a step's
  AlignedArray<S> d_sums_x_, d_sums_h_;  // with layer norm: ∂L/∂(W_ih x) and ∂L/∂(W_hh h) of all rows
  OperandRows<S> x_operand_, h_operand_, inner_operand_, gates_operand_, d_state_operand_;  // of the input, product_h(), inner_, saved_, d_state_
  OperandRows<S> d_sums_x_operand_, d_sums_h_operand_;
  std::vector<std::int32_t> previous_rows_;  // slot row of h⟨t−1⟩ for each packed row, where it is not the row itself
  GradientJobs<S> jobs_;
  S* gradients_[parameter_roles] = {};
  int vector_pieces_ = 0;
};

}  // namespace bptt

// A layer whose gates do not look at h⟨t−1⟩ (mingru): the products of many steps are done at once, and what is left of the chain over time
// is a scan. Slices of units need nothing of each other, so there is nothing to wait for.
#pragma once

#include "layer/direction_pass.h"
#include "layer/gradient_jobs.h"
#include "layer/operand.h"
#include "layer/state_order.h"

namespace bptt {

template <class S>
class Scan : public DirectionPass<S> {
 public:
  using typename DirectionPass<S>::Forward;
  using typename DirectionPass<S>::Backward;

  void prepare(const Forward&) override;
  // All rows at once: `rows` is the whole batch.
  void run(Range rows, Range units, ThreadPool::Barrier* barrier) override;
  void step(int t, Range rows) override;
  void final_state(S* h, S* c) const override;
  void prepare_backward(const Backward&) override;
  void run_backward(Range rows, Range units, ThreadPool::Barrier* barrier) override;
  void step_back(int t, Range rows) override;
  void initial_gradient(S* dh, S* dc) const override;
  int prepare_gradients(S* const (&gradients)[parameter_roles], int pieces) override;
  std::size_t gradient_work() const override { return jobs_.work(); }
  void run_gradient(int job, S* work) override { jobs_.run(job, work); }
  void input_gradient(S* d_input, Range rows, bool accumulate) const override;

 private:
  // The pointwise part of step t, from sums whose first row is that of `sums`.
  void scan_step(int t, Range units, S* sums);
  void backward_step(int t, Range rows, Range units);

  const Kernels<S>& kernels_ = current_kernels<S>();
  Forward f_{};
  Backward b_{};
  StateOrder order_;
  std::ptrdiff_t ld_state_ = 0, ld_saved_ = 0;
  int most_rows_ = 0;    // of the steps whose sums are computed at once
  AlignedArray<S> h_;    // rows of ld_state
  AlignedArray<S> sums_; // rows of ld_saved: in training of all rows, and saved in their place; else of some steps
  AlignedArray<S> dh_;
  OperandRows<S> x_operand_, gates_operand_;
  GradientJobs<S> jobs_;
};

}  // namespace bptt

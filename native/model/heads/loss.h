// The losses of one row of results [O], from z = W a + b; summed over the outputs, in nats where it is a likelihood.
//
//   classes   y = softmax(z)   −ln y[c]                                            dz = y − onehot(c)
//   multihot  y = σ(z)         Σ max(z, 0) − z·target + ln(1 + e^−|z|)             dz = y − target
//   values    y = z            ½ Σ (z − target)²                                   dz = z − target
//
// All three gradients are y − target; whoever wants that of a mean divides at the end.
#pragma once

#include <cstdint>

namespace bptt {

// Of a batch.
struct Loss {
  double sum = 0;  // over what is counted, in the order of the batch
  int count = 0;
  int infeasible = 0;  // ctc: targets that cannot be aligned with their inputs; crf: those that only forbidden transitions lead to
};

// −ln y[target], where log_sum = ln Σ e^z.
template <class S>
double class_loss(const S* z, const S* y, S log_sum, std::int32_t target);

template <class S>
double multihot_loss(const S* z, const S* y, const S* target, int size);

template <class S>
double value_loss(const S* y, const S* target, int size);

// dz = y − onehot(target); zeros for target −1.
template <class S>
void class_gradient(const S* y, std::int32_t target, int size, S* dz);

// dz = y − target
template <class S>
void value_gradient(const S* y, const S* target, int size, S* dz);

}  // namespace bptt

// A result of its own for each row: classes, a multihot or values.
#pragma once

#include <vector>

#include "model/heads/head.h"

namespace bptt {

template <class S>
class DenseHead : public Head<S> {
 public:
  void forward(const HeadInput<S>&, ThreadPool&) override;
  Loss loss(bool gradient, ThreadPool&) override;

 protected:
  bool finite(std::size_t begin, std::size_t end) const override;

  using Head<S>::input_;
  using Head<S>::y_;
  AlignedArray<S> log_sums_;  // [R] ln Σ e^z, of classes

 private:
  double row_loss(std::size_t row, bool gradient);

  std::vector<double> losses_;  // [R], in the order of the batch
};

}  // namespace bptt

// Classes whose targets are not aligned with steps (ctc.h), one sequence at a time on each thread.
#pragma once

#include <cstdint>
#include <vector>

#include "model/ctc/ctc_search.h"
#include "model/heads/dense_head.h"
#include "model/network/decoding.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class CtcHead : public DenseHead<S> {
 public:
  void forward(const HeadInput<S>&, ThreadPool&) override;
  // The sum over the targets that can be aligned; the gradient of the other sequences is 0.
  Loss loss(bool gradient, ThreadPool&) override;
  Decoding<S> decode(const DecodingOptions&, ThreadPool&);

 protected:
  bool finite(std::size_t begin, std::size_t end) const override;

 private:
  using DenseHead<S>::input_;
  using DenseHead<S>::y_;
  using DenseHead<S>::log_sums_;
  CtcRows<S> sequence(std::size_t b, const Stop&) const;
  // Calls body(b, worker) for all sequences; `cost`: operations on a step. Workers that run at the same time are different.
  template <class Body>
  void each(double cost, ThreadPool&, Body&&);

  std::vector<std::int32_t> row_of_;         // [N] of each step of the batch
  std::vector<std::int32_t> starts_;         // [B] of the sequences
  std::vector<std::int32_t> target_starts_;  // [B]
  std::vector<double> losses_;               // [B]
  std::vector<CtcAlignment<S>> alignments_;  // one a worker
  std::vector<CtcSearch<S>> searches_;       // one a worker
};

}  // namespace bptt

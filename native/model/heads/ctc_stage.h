// CTC over the sequences of a batch, one at a time on each thread.
#pragma once

#include <cstdint>
#include <vector>

#include "model/ctc/ctc_search.h"
#include "model/heads/loss.h"
#include "model/network/batch.h"
#include "model/network/decoding.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class CtcStage {
 public:
  // The results of the head: rows of `all`, of which row r belongs to step places[r] of the batch. `all` and the batch must
  // stay until the last call that follows; all.rows and all.steps are not used.
  void forward(const CtcRows<S>& all, const std::int32_t* places, const Batch<S>&);
  // The sum over the targets that can be aligned. With `gradient` dz (which may be all.z) gets that of their mean; rows
  // of the other sequences become 0.
  Loss loss(bool gradient, S* dz, ThreadPool&);
  Decoding<S> decode(const DecodingOptions&, ThreadPool&);

 private:
  CtcRows<S> sequence(std::size_t b) const;
  // Calls body(b, worker) for all sequences; `cost`: operations on a step. Workers that run at the same time are different.
  template <class Body>
  void each(double cost, ThreadPool&, Body&&);

  CtcRows<S> all_;
  const Batch<S>* batch_ = nullptr;
  std::vector<std::int32_t> row_of_;         // [N] of each step of the batch
  std::vector<std::int32_t> starts_;         // [B] of the sequences
  std::vector<std::int32_t> target_starts_;  // [B]
  std::vector<double> losses_;               // [B]
  std::vector<CtcAlignment<S>> alignments_;  // one a worker
  std::vector<CtcSearch<S>> searches_;       // one a worker
};

}  // namespace bptt

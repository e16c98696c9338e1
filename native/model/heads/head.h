// The end of the network: dropout, z = W a + b, and g' (softmax, sigmoid or identity) with its loss.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/heads/crf_stage.h"
#include "model/heads/ctc_stage.h"
#include "model/heads/loss.h"
#include "model/network/batch.h"
#include "model/network/noise.h"
#include "model/parameters/gradients.h"
#include "model/parameters/weights.h"

namespace bptt {

template <class S>
class Head {
 public:
  // a [R, A]. results[r] is where row r of `a` stands in the batch; null: at r.
  void forward(const Weights<S>&, const S* a, int rows, const std::int32_t* results, const Noise&, ThreadPool&);
  // Of a network with crf, after forward().
  void begin_crf(const Weights<S>&, const BatchOrder&, const Batch<S>&);
  // Of a network with crf: makes y, which it has not got before.
  void marginals(ThreadPool& pool) { crf_.marginals(y_.data(), pool); }
  // Of a network with crf, [N] in the order of the batch.
  void best_paths(std::int32_t* labels, ThreadPool& pool) { crf_.best_paths(labels, pool); }
  // y [R, O] in the order of the batch.
  void write(S* y, ThreadPool&) const;
  // After a forward that is no training: the first result of the batch that is not finite (of ctc and crf: that no path can
  // be reckoned with); −1: there is none.
  std::ptrdiff_t first_not_finite() const;
  // The loss of the last forward; with `gradient` also ∂/∂z of its mean over the counted rows.
  Loss loss(const Batch<S>&, bool gradient, ThreadPool&);
  // Of a network with ctc, after forward().
  Decoding<S> decode_ctc(const Batch<S>&, const DecodingOptions&, ThreadPool&);
  // After loss() with `gradient`. Returns ∂/∂a [R, A], valid until the next forward; writes ∂/∂W and ∂/∂b.
  S* backward(const Weights<S>&, Gradients<S>&, ThreadPool&);

 private:
  void begin_ctc(const Batch<S>&, const Stop&);
  bool finite_rows(std::size_t begin, std::size_t end) const;
  int result(std::size_t row) const { return results_ == nullptr ? static_cast<int>(row) : results_[row]; }

  OutputKind kind_ = OutputKind::classes;
  bool is_ctc_ = false, is_crf_ = false;
  int rows_ = 0, width_ = 0, outputs_ = 0;  // R, A, O
  bool dropped_ = false;
  bool finite_ = true;
  const std::int32_t* results_ = nullptr;
  const S* a_ = nullptr;
  AlignedArray<S> mask_, dropped_a_, da_;  // [R, A]
  AlignedArray<S> z_, y_;                  // [R, O]; loss() puts dz in z's place
  AlignedArray<S> log_sums_;               // [R]
  AlignedArray<S> work_;
  std::vector<double> losses_;  // [R], in the order of the batch
  CtcStage<S> ctc_;
  CrfStage<S> crf_;
};

}  // namespace bptt

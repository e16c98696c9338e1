// What becomes of the rows z of the output layer: results y = g'(z), their loss, and ∂/∂z. Each kind of head is a type of its own:
// dense_head.h, ctc_head.h, crf_head.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/heads/loss.h"
#include "model/heads/output_layer.h"
#include "model/network/batch.h"

namespace bptt {

// What a head is given of a batch; all of it must stay until the last call that follows.
template <class S>
struct HeadInput {
  OutputKind kind;
  OutputRows<S> rows;
  const Batch<S>* batch;
  const BatchOrder* order;               // null for a decoder's targets
  const CrfTransitions<S>* transitions;  // of a crf
  bool training;                         // only the loss will be asked for
};

template <class S>
class Head {
 public:
  virtual ~Head() = default;
  virtual void forward(const HeadInput<S>&, ThreadPool&) = 0;
  // The loss of the last forward, whose batch has targets; with `gradient` z becomes ∂/∂z of its sum over the counted rows.
  virtual Loss loss(bool gradient, ThreadPool&) = 0;
  // After loss() with `gradient`: ∂/∂ the head's own parameters, in the arena's layout.
  virtual void write_gradient(const ParameterArena&, S*) const {}
  // y [R, O] in the order of the batch.
  void write(S* y, ThreadPool&) const;
  // After a forward that is no training: the first result of the batch that is not finite, or that no path can be
  // reckoned with; −1: there is none.
  std::ptrdiff_t first_not_finite() const;

 protected:
  virtual bool finite(std::size_t begin, std::size_t end) const = 0;

  HeadInput<S> input_{};
  AlignedArray<S> y_;  // [R, O]
  bool finite_ = true;
};

}  // namespace bptt

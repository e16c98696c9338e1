// The last linear layer: dropout on what it reads, and z = W a + b.
#pragma once

#include <cstdint>

#include "model/network/random_streams.h"
#include "model/parameters/gradients.h"
#include "model/parameters/weights.h"

namespace bptt {

// Rows of z [R, O], and where they stand in the batch.
template <class S>
struct OutputRows {
  S* z = nullptr;
  int count = 0;    // R
  int outputs = 0;  // O
  const std::int32_t* places = nullptr;  // [R]; null: row r stands at r

  int place(std::size_t r) const { return places == nullptr ? static_cast<int>(r) : places[r]; }
};

template <class S>
class OutputLayer {
 public:
  // a [R, A] must stay until backward(). The rows of z are valid until the next forward.
  OutputRows<S> forward(const Weights<S>&, const S* a, int rows, const std::int32_t* places, const RandomStreams&, ThreadPool&);
  // ∂/∂z stands in the place of z. Returns ∂/∂a [R, A], valid until the next forward; writes ∂/∂W and ∂/∂b.
  S* backward(const Weights<S>&, Gradients<S>&, ThreadPool&);

 private:
  OutputRows<S> rows_;
  int width_ = 0;  // A
  bool dropped_ = false;
  const S* a_ = nullptr;
  AlignedArray<S> mask_, dropped_a_, da_;  // [R, A]
  AlignedArray<S> z_;
  AlignedArray<S> work_;
};

}  // namespace bptt

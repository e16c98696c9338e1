#include "model/stream.h"

#include <algorithm>
#include <string>

#include "kernels/kernels.h"

namespace bptt {

namespace {

// Before anything is packed.
template <class S>
std::shared_ptr<const Snapshot<S>> checked(std::shared_ptr<const Snapshot<S>> snapshot) {
  const NetworkSpec& spec = snapshot->architecture().spec;
  if (spec.bidirectional)
    throw Error(ErrorCode::option, "stream: expected a network of one direction, found a bidirectional one: the backward direction begins at the end");
  if (spec.window > 0)
    throw Error(ErrorCode::option, "stream: expected a network without a window, found one of " + std::to_string(spec.window) + ": it reads steps to come");
  return snapshot;
}

}  // namespace

template <class S>
Stream<S>::Stream(std::shared_ptr<const Snapshot<S>> snapshot)
    : snapshot_(checked(std::move(snapshot))),
      weights_(snapshot_->weights(pool_)),
      padded_(weights_.stack().direction(0, 0).padded),
      x_(spec().input_size()),
      h_(static_cast<std::size_t>(spec().layers) * 2 * padded_),
      y_(spec().outputs),
      running_(weights_) {
  const Cell& cell = spec().cell;
  if (cell.has_memory()) c_.resize(h_.size());
  if (cell.has_two_stages()) {
    saved_.resize(static_cast<std::size_t>(cell.saved_slots()) * padded_);
    reset_hidden_.resize(padded_);
    reset_hidden_.zero();
  }
  reset();
}

template <class S>
void Stream<S>::reset() {
  h_.zero();
  c_.zero();
  current_ = 0;
  running_.reset();
}

template <class S>
void Stream<S>::step(const S* x, std::size_t size, S* out) {
  if (spec().input != InputKind::features) throw Error(ErrorCode::data, "x: expected an Int32Array of indexes, found a Float32Array");
  if (size != x_.size()) throw Error(ErrorCode::shape, "x: expected " + std::to_string(x_.size()) + " numbers, found " + std::to_string(size));
  std::copy_n(x, size, x_.data());
  advance(out);
}

template <class S>
void Stream<S>::step(const std::int32_t* ids, std::size_t count, S* out) {
  if (spec().input == InputKind::features) throw Error(ErrorCode::data, "x: expected a Float32Array of features, found an Int32Array");
  if (spec().input == InputKind::tokens && count != 1) throw Error(ErrorCode::shape, "x: expected one token id, found " + std::to_string(count));
  for (std::size_t i = 0; i < count; ++i)
    if (ids[i] < 0 || ids[i] >= spec().size)
      throw Error(ErrorCode::data, "x[" + std::to_string(i) + "]: expected 0 … " + std::to_string(spec().size - 1) + ", found " + std::to_string(ids[i]));
  x_.zero();
  for (std::size_t i = 0; i < count; ++i) {
    if (spec().has_embedding())
      current_kernels<S>().add(x_.data(), weights_.table() + static_cast<std::size_t>(ids[i]) * x_.size(), x_.size());
    else
      x_[ids[i]] = S(1);
  }
  advance(out);
}

template <class S>
void Stream<S>::advance(S* out) {
  const Kernels<S>& kernel = current_kernels<S>();
  const S* a = x_.data();
  for (int layer = 0; layer < spec().layers; ++layer) a = advance_layer(layer, a);
  current_ = 1 - current_;
  weights_.output().forward(running_.add(a, pool_), 1, y_.data(), pool_);
  switch (spec().output) {
    case OutputKind::classes: kernel.softmax(out, y_.data(), spec().outputs, 1, spec().outputs, nullptr); break;
    case OutputKind::multihot: kernel.sigmoid(out, y_.data(), y_.size()); break;
    case OutputKind::values: std::copy_n(y_.data(), y_.size(), out); break;
  }
}

template <class S>
const S* Stream<S>::advance_layer(int layer, const S* x) {
  const DirectionWeights<S>& w = weights_.stack().direction(layer, 0);
  CellForward<S> step{};
  step.activation = w.cell.activation;
  step.rows = 1;
  step.unit_end = w.hidden;
  step.input = w.input;
  step.hidden = w.hidden;
  step.padded = padded_;
  step.x = x;
  step.ldx = w.input;
  step.h = step.h_previous = slot(h_, layer, current_);
  step.ldh = padded_;
  step.h_next = slot(h_, layer, 1 - current_);
  if (w.cell.has_memory()) {
    step.c_previous = slot(c_, layer, current_);
    step.c_next = slot(c_, layer, 1 - current_);
  }
  step.panels = w.forward.data();
  step.bias = w.stage_bias.data();
  if (w.cell.has_two_stages()) {
    step.saved = saved_.data();
    step.ld_saved = static_cast<std::ptrdiff_t>(saved_.size());
    step.reset_hidden = reset_hidden_.data();
    step.stage = Stage::gru_before_gates;
    current_kernels<S>().cell_forward(step);
    step.h = reset_hidden_.data();
    step.panels = w.candidate.data();
    step.bias = w.candidate_bias.data();
  }
  step.stage = w.cell.last_stage();
  current_kernels<S>().cell_forward(step);
  return step.h_next;
}

template <class S>
void Stream<S>::state(S* h, S* c) const {
  const std::size_t hidden = spec().hidden;
  for (int layer = 0; layer < spec().layers; ++layer) {
    const std::size_t from = (static_cast<std::size_t>(layer) * 2 + current_) * padded_;
    std::copy_n(h_.data() + from, hidden, h + layer * hidden);
    if (spec().cell.has_memory()) std::copy_n(c_.data() + from, hidden, c + layer * hidden);
  }
}

template <class S>
void Stream<S>::set_state(const S* h, const S* c) {
  reset();
  const std::size_t hidden = spec().hidden;
  for (int layer = 0; layer < spec().layers; ++layer) {
    std::copy_n(h + layer * hidden, hidden, slot(h_, layer, current_));
    if (spec().cell.has_memory() && c != nullptr) std::copy_n(c + layer * hidden, hidden, slot(c_, layer, current_));
  }
}

template <class S>
std::size_t Stream<S>::bytes() const {
  const std::size_t pooling = 3 * static_cast<std::size_t>(spec().pooled_size());
  return (x_.size() + h_.size() + c_.size() + saved_.size() + reset_hidden_.size() + y_.size() + pooling) * sizeof(S);
}

template class Stream<float>;
#ifdef BPTT_WITH_DOUBLE
template class Stream<double>;
#endif

}  // namespace bptt

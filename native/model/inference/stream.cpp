#include "model/inference/stream.h"

#include <algorithm>
#include <string>

#include "model/heads/output_activation.h"
#include "model/input/step_input.h"
#include "model/network/finite.h"

namespace bptt {

namespace {

// Before anything is packed.
template <class S>
std::shared_ptr<const Snapshot<S>> checked(std::shared_ptr<const Snapshot<S>> snapshot) {
  const NetworkSpec& spec = snapshot->architecture().spec;
  if (spec.bidirectional)
    throw Error(ErrorCode::option, "stream: expected a network of one direction, found a bidirectional one: the backward direction begins at the end");
  if (spec.has_decoder()) throw Error(ErrorCode::option, "stream: expected a network with a result at each step, found an encoder–decoder: it reads all before it writes");
  if (spec.input.window > 0)
    throw Error(ErrorCode::option, "stream: expected a network without a window, found one of " + std::to_string(spec.input.window) + ": it reads steps to come");
  if (spec.crf) throw Error(ErrorCode::option, "stream: expected a network without a crf, which chooses the labels of a sequence as a whole");
  return snapshot;
}

}  // namespace

template <class S>
Stream<S>::Stream(std::shared_ptr<const Snapshot<S>> snapshot, const std::vector<S>& context)
    : snapshot_(checked(std::move(snapshot))),
      weights_(snapshot_->weights(pool_)),
      stepper_(weights_.stack(), 1),
      symbol_sums_(weights_.symbol_sums(pool_)),
      x_(spec().input.width()),
      y_(spec().outputs),
      running_(weights_) {
  if (spec().input.has_characters()) characters_.emplace(weights_.characters());
  if (context.size() != static_cast<std::size_t>(spec().context))
    throw Error(ErrorCode::shape, "context: expected " + std::to_string(spec().context) + " numbers, found " + std::to_string(context.size()));
  if (spec().has_context()) first_.forward(weights_.initial_states(), spec().stack(), context.data(), 1, pool_);
  reset();
}

template <class S>
void Stream<S>::reset() {
  stepper_.reset(1);
  if (spec().has_context()) stepper_.set_state(0, first_.states().h, first_.states().c);
  running_.reset();
}

template <class S>
void Stream<S>::step(const S* x, std::size_t size, S* out) {
  if (spec().input.kind != InputKind::features) throw Error(ErrorCode::data, "x: expected an Int32Array of indexes, found a Float32Array");
  if (size != x_.size()) throw Error(ErrorCode::shape, "x: expected " + std::to_string(x_.size()) + " numbers, found " + std::to_string(size));
  std::copy_n(x, size, x_.data());
  advance(out);
}

template <class S>
void Stream<S>::step(const std::int32_t* ids, std::size_t count, S* out) {
  if (spec().input.kind == InputKind::features) throw Error(ErrorCode::data, "x: expected a Float32Array of features, found an Int32Array");
  const bool spelled = spec().input.has_characters();
  if (spec().input.kind == InputKind::tokens && (spelled ? count == 0 : count != 1))
    throw Error(ErrorCode::shape, "x: expected one token id" + std::string(spelled ? " and those of the word's characters" : "") + ", found " + std::to_string(count));
  for (std::size_t i = 0; i < count; ++i) {
    const int size = spelled && i > 0 ? spec().input.characters.vocabulary : spec().input.size;
    if (ids[i] < 0 || ids[i] >= size)
      throw Error(ErrorCode::data, "x[" + std::to_string(i) + "]: expected 0 … " + std::to_string(size - 1) + ", found " + std::to_string(ids[i]));
  }
  if (spelled) {
    const std::size_t width = spec().input.embedding;
    std::copy_n(weights_.table() + ids[0] * width, width, x_.data());
    characters_->write(ids + 1, count - 1, x_.data() + width, pool_);
  } else if (symbol_sums_ != nullptr) {
    return advance(out, symbol_sums_->of(ids));
  } else {
    read_step(weights_, ids, count, x_.data());
  }
  advance(out);
}

template <class S>
void Stream<S>::advance(S* out, const Starts<S>& starts) {
  const S* a = stepper_.step(x_.data(), pool_, starts);
  weights_.output().forward(running_.add(a, pool_), 1, y_.data(), pool_);
  S log_sum = 0;
  activate(spec().output, y_.data(), 1, spec().outputs, out, &log_sum);
  if (!(spec().output == OutputKind::classes ? finite(&log_sum, 1) : finite(out, y_.size()))) throw NotFinite(0);
}

template <class S>
void Stream<S>::state(S* h, S* c) const {
  stepper_.state(0, h, c);
}

template <class S>
void Stream<S>::set_state(const S* h, const S* c) {
  reset();
  stepper_.set_state(0, h, c);
}

template <class S>
std::size_t Stream<S>::bytes() const {
  const std::size_t pooling = 3 * static_cast<std::size_t>(spec().pooled_size());
  const std::size_t characters = characters_.has_value() ? characters_->bytes() : 0;
  return stepper_.bytes() + characters + (x_.size() + y_.size() + pooling) * sizeof(S);
}

template class Stream<float>;
#ifdef BPTT_WITH_DOUBLE
template class Stream<double>;
#endif

}  // namespace bptt

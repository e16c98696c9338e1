#include "layer/bare_layer.h"

#include <algorithm>

namespace bptt {

namespace {

std::size_t size_of(const StackParameter& parameter) {
  return checked_product({static_cast<std::size_t>(parameter.rows), static_cast<std::size_t>(std::max(1, parameter.columns))});
}

// Where each parameter begins in the arena, and the arena's end.
std::vector<std::size_t> offsets(const std::vector<StackParameter>& described) {
  std::vector<std::size_t> offset{0};
  for (const StackParameter& parameter : described) offset.push_back(offset.back() + (size_of(parameter) + 15) / 16 * 16);
  return offset;
}

template <class S>
std::vector<const S*> views(const AlignedArray<S>& arena, const std::vector<std::size_t>& offset) {
  std::vector<const S*> pointers;
  for (std::size_t i = 0; i + 1 < offset.size(); ++i) pointers.push_back(arena.data() + offset[i]);
  return pointers;
}

}  // namespace

template <class S>
BareLayer<S>::BareLayer(const StackSpec& spec, std::uint64_t seed, int threads)
    : spec_(spec), described_(stack_parameters(spec)), offset_(offsets(described_)), parameters_(offset_.back()), gradients_(offset_.back()), pool_(threads),
      weights_(spec, views(parameters_, offset_)) {
  parameters_.zero();
  gradients_.zero();
  for (std::size_t i = 0; i < described_.size(); ++i) initialise(spec_, described_[i], seed, i, Stop::never(), parameters_.data() + offset_[i]);
}

template <class S>
std::size_t BareLayer<S>::find(const std::string& name) const {
  std::string expected;
  for (std::size_t i = 0; i < described_.size(); ++i) {
    if (described_[i].name == name) return i;
    expected += (i > 0 ? ", " : "") + described_[i].name;
  }
  throw Error(ErrorCode::option, "parameter name: expected one of " + expected + ", found \"" + name + "\"");
}

template <class S>
std::size_t BareLayer<S>::size(std::size_t parameter) const {
  return size_of(described_[parameter]);
}

template <class S>
void BareLayer<S>::set(std::size_t parameter, const S* values) {
  std::copy(values, values + size(parameter), parameters_.data() + offset_[parameter]);
  packed_ = packed_backward_ = false;
  trained_ = false;  // what a backward pass would use belongs to the old values
}

template <class S>
void BareLayer<S>::to_packed(const S* padded, int width, AlignedArray<S>& packed) const {
  packed.resize(checked_product({static_cast<std::size_t>(layout_.rows()), static_cast<std::size_t>(width)}));
  for (int t = 0; t < layout_.steps(); ++t)
    for (int position = 0; position < layout_.active(t); ++position) {
      const S* from = padded + (static_cast<std::ptrdiff_t>(t) * layout_.batch() + layout_.sequence(position)) * width;
      std::copy(from, from + width, packed.data() + (static_cast<std::ptrdiff_t>(layout_.offset(t)) + position) * width);
    }
}

template <class S>
void BareLayer<S>::to_padded(const S* packed, int width, S* padded) const {
  for (int t = 0; t < layout_.steps(); ++t)
    for (int position = 0; position < layout_.batch(); ++position) {
      S* to = padded + (static_cast<std::ptrdiff_t>(t) * layout_.batch() + layout_.sequence(position)) * width;
      if (position < layout_.active(t)) {
        const S* from = packed + (static_cast<std::ptrdiff_t>(layout_.offset(t)) + position) * width;
        std::copy(from, from + width, to);
      } else {
        std::fill(to, to + width, S(0));
      }
    }
}

template <class S>
void BareLayer<S>::forward(int steps, int batch, const std::int32_t* lengths, const S* x, StateView<const S> initial, bool training, S* output,
                           StateView<S> final) {
  trained_ = false;
  if (batch == 0) steps = 0;  // nothing to do at any of them
  layout_ = lengths == nullptr ? SequenceLayout(steps, batch) : SequenceLayout(steps, lengths, batch);
  if (!packed_ || (training && !packed_backward_)) {
    weights_.pack(training, pool_);
    packed_ = true;
    packed_backward_ = training;
  }
  const bool direct = layout_.full();
  // The backward pass reads the input once more: training keeps a copy, so that the caller's array is free. And the
  // output must not overwrite an input that is still to be read.
  const std::size_t rows = layout_.rows();
  const bool overlap = x < output + rows * spec_.output() && output < x + rows * spec_.input;
  const bool copies = training || !direct || overlap;
  if (copies) to_packed(x, spec_.input, input_);
  pass_.forward(weights_, {&layout_, copies ? input_.data() : x, initial, training, 0, 0, direct ? output : nullptr, final}, pool_);
  if (!direct) to_padded(pass_.output(), spec_.output(), output);
  trained_ = training;
}

template <class S>
void BareLayer<S>::backward(const S* d_output, StateView<const S> d_final, S* d_input, StateView<S> d_initial) {
  if (!trained_) throw Error(ErrorCode::state, "backward: expected a forward with training: true before it, and no parameter set since");
  const bool direct = layout_.full();
  if (!direct) {
    to_packed(d_output, spec_.output(), d_output_);
    d_input_.resize(checked_product({static_cast<std::size_t>(layout_.rows()), static_cast<std::size_t>(spec_.input)}));
  }
  std::vector<S*> gradients;
  for (std::size_t i = 0; i < described_.size(); ++i) gradients.push_back(gradients_.data() + offset_[i]);
  pass_.backward(weights_, {direct ? d_output : d_output_.data(), d_final, gradients, direct ? d_input : d_input_.data(), d_initial}, pool_);
  if (!direct) to_padded(d_input_.data(), spec_.input, d_input);
  trained_ = false;  // the pass overwrote what it needed
}

template class BareLayer<float>;
#ifdef BPTT_WITH_DOUBLE
template class BareLayer<double>;
#endif

}  // namespace bptt

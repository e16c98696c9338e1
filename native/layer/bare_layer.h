// The stack on its own: owns its parameters and gradients, takes padded [T,B,·] arrays. Past a sequence's length the
// output is 0; inside only packed rows exist.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layer/stack.h"

namespace bptt {

template <class S>
class BareLayer {
 public:
  BareLayer(const StackSpec&, std::uint64_t seed, int threads);

  const StackSpec& spec() const { return spec_; }
  const std::vector<StackParameter>& parameters() const { return described_; }
  // Of parameters and gradients, once plain and once packed.
  std::size_t bytes() const { return 4 * offset_.back() * sizeof(S); }
  // Index of the parameter of that name; throws ERR_OPTION.
  std::size_t find(const std::string& name) const;
  std::size_t size(std::size_t parameter) const;
  const S* values(std::size_t parameter) const { return parameters_.data() + offset_[parameter]; }
  const S* gradient(std::size_t parameter) const { return gradients_.data() + offset_[parameter]; }
  void set(std::size_t parameter, const S* values);

  // x [T,B,I] → output [T,B,D·H]; lengths [B] or null; initial and final states [L·D,B,H], initial may be null.
  // No array is used after the call.
  void forward(int steps, int batch, const std::int32_t* lengths, const S* x, StateView<const S> initial, bool training, S* output, StateView<S> final);
  // After a forward with training; throws ERR_STATE otherwise. d_final may be null.
  void backward(const S* d_output, StateView<const S> d_final, S* d_input, StateView<S> d_initial);
  bool ready_for_backward() const { return trained_; }
  // Sizes of the last forward.
  int steps() const { return layout_.steps(); }
  int batch() const { return layout_.batch(); }

 private:
  // Padded [T,B,width] ↔ packed [N,width].
  void to_packed(const S* padded, int width, AlignedArray<S>& packed) const;
  void to_padded(const S* packed, int width, S* padded) const;

  StackSpec spec_;
  std::vector<StackParameter> described_;
  std::vector<std::size_t> offset_;
  AlignedArray<S> parameters_, gradients_;
  ThreadPool pool_;
  StackWeights<S> weights_;
  bool packed_ = false, packed_backward_ = false;
  StackPass<S> pass_;
  SequenceLayout layout_{0, 0};
  bool trained_ = false;
  AlignedArray<S> input_, output_, d_input_, d_output_;
};

}  // namespace bptt

// The vector that a word's characters give. A bidirectional LSTM reads them, and the two states it ends with stand beside
// the word's embedding in x⟨t⟩ (Ling et al. 2015; Lample et al. 2016):
//
//   v = [ h→ after the last character ; h← after the first one ]      [2·Hc]
//
// A word without characters has v = 0. Each distinct word of a batch is read once, however often it occurs, and its gradient
// is the sum over its occurrences: of the words of 32 English sentences half are another one's repetition, and with a window
// of k each occurrence stands in 2k + 1 steps.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "layer/stack_stepper.h"
#include "model/network/batch.h"
#include "model/network/random_streams.h"
#include "model/parameters/sparse_gradient.h"
#include "model/parameters/weights.h"

namespace bptt {

// The distinct words of a batch, forward and back.
template <class S>
class CharacterStage {
 public:
  // The weights and the batch must stay until backward(). `rare` [C]: characters that are at random read as unknown in
  // training; null: none.
  void forward(const CharacterWeights<S>&, const Batch<S>&, const RandomStreams&, const std::uint8_t* rare, ThreadPool&);
  // M, the distinct words of the batch.
  int words() const { return words_; }
  // The vector of a distinct word, or, for M, zeros. From any thread.
  void write(int word, S* to) const;
  // After a forward in training. Read r took the vector of words[r] (0 … M), and its gradient are the 2·Hc numbers at
  // d + r·stride. Each word's sum is taken in the order of the reads. `recurrent` as StackPass wants them; overwritten.
  void backward(const std::int32_t* words, int reads, const S* d, std::ptrdiff_t stride, SparseGradient<S>& table, const std::vector<S*>& recurrent, ThreadPool&);

 private:
  CharacterWeights<S> weights_{};
  int words_ = 0;
  std::optional<BatchOrder> order_;
  std::vector<std::int32_t> ids_;     // rows read from the table, packed row after packed row
  AlignedArray<S> x_, dx_;            // [characters, Ec] in packed rows
  AlignedArray<S> final_, d_final_;   // [2, M, Hc]
  SparseGradient<S> by_word_{0, 0};
  StackPass<S> stack_;
  typename StackPass<S>::Backward back_{};
};

// One word after the other, with the bits of CharacterStage; no memory is taken for a word.
template <class S>
class CharacterStepper {
 public:
  // The weights must stay.
  explicit CharacterStepper(const CharacterWeights<S>&);
  // to [2·Hc]
  void write(const std::int32_t* characters, std::size_t count, S* to, ThreadPool&);
  std::size_t bytes() const { return forward_.bytes() + reverse_.bytes(); }

 private:
  CharacterWeights<S> weights_;
  StackStepper<S> forward_, reverse_;
};

}  // namespace bptt

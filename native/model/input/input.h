// From a batch to x [N, I] in packed rows, and the gradient back to the embedding table.
//
//   tokens    x⟨t⟩ = [e(t−k) … e(t) … e(t+k)], e(t) the table's row of token t; beyond the ends row 0, the padding.
//             With characters e(t) is that row and the vector of the word's characters (characters.h), beyond the ends zeros
//   features  x⟨t⟩ as given
//   multihot  the sum of the table's rows of the active indexes, or, without a table, their vector of zeros and ones
//
// In training: a rare token is read as the unknown one (id 1) with p = 0.5, so that its row is trained too;
// and dropout on the elements of x.
#pragma once

#include <cstdint>
#include <vector>

#include "model/input/characters.h"
#include "model/network/batch.h"
#include "model/network/random_streams.h"
#include "model/parameters/gradients.h"
#include "model/parameters/weights.h"

namespace bptt {

template <class S>
class InputStage {
 public:
  struct Forward {
    InputWeights<S> weights;
    const Batch<S>* batch;
    const BatchOrder* order;
    RandomStreams streams;
    WordDropout rare;
  };
  // x [N, I], valid until the next forward.
  const S* forward(const Forward&, ThreadPool&);
  // After a forward with a table, that of the given role. dx [N, I] is changed in place where there is dropout.
  void backward(S* dx, Gradients<S>&, ParameterEntry::Role table, ThreadPool&);

 private:
  void read_tokens(const Forward&, ThreadPool&);
  void read_features(const Forward&, ThreadPool&);
  void read_multihot(const Forward&, ThreadPool&);
  void drop(const Forward&, ThreadPool&);

  const InputSpec* spec_ = nullptr;
  int rows_ = 0, columns_ = 0;
  bool dropped_ = false;
  CharacterStage<S> characters_;
  std::vector<std::int32_t> tokens_;    // [N] after the replacement of rare ones
  std::vector<std::int32_t> ids_;       // rows read from the table, packed row after packed row
  std::vector<std::int32_t> words_;     // with characters: the distinct word read with each of them
  std::vector<std::int32_t> sources_;   // multihot: the packed row each of them was read for
  std::vector<std::int32_t> firsts_;    // multihot: [N] where a step's indexes begin in the batch
  std::vector<std::int32_t> begins_;    // multihot: [N + 1] where a packed row's reads begin in ids_
  AlignedArray<S> x_, mask_;
};

}  // namespace bptt

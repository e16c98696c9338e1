// What each symbol adds to the first layer's sums of a stack that reads symbols step by step: a table made once in place of a
// product at each step (start_sums.h). The bits stay the same.
#pragma once

#include "layer/stack.h"

namespace bptt {

template <class S>
class SymbolSums {
 public:
  // table [symbols, E]: the first E elements of what the stack reads.
  SymbolSums(const StackWeights<S>&, const S* table, int symbols, int columns, ThreadPool&);
  // Whether the table stays small beside the model: 8 MB at most.
  static bool fits(const StackSpec&, int symbols);

  // ids [R] must stay while it is used.
  Starts<S> of(const std::int32_t* ids) const { return {sums_.data(), ld_, columns_, ids}; }
  std::size_t bytes() const { return sums_.size() * sizeof(S); }

 private:
  int columns_;
  std::ptrdiff_t ld_;
  AlignedArray<S> sums_;  // [symbols, ld]
};

}  // namespace bptt

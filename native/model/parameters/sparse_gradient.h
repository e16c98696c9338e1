// The gradient of an embedding table as a list of touched rows, so that a step costs what its tokens cost and not what the
// vocabulary does. A row that was read several times gets the sum, in the order of the reads, whatever the threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/aligned_array.h"
#include "support/thread_pool.h"

namespace bptt {

template <class S>
class SparseGradient {
 public:
  // For a table [rows, columns].
  SparseGradient(int rows, int columns);
  // For another table from now on; forgets the last gradient.
  void reshape(int rows, int columns);

  // Forgets the last gradient and sums d over the reads: read r took row ids[r] of the table, and its gradient are the
  // first `columns` numbers of row sources[r] (null: row r) of d, whose rows are `stride` apart.
  void collect(const std::int32_t* ids, const std::int32_t* sources, int reads, const S* d, std::ptrdiff_t stride, ThreadPool&);
  void clear();

  // The touched rows, in the order of their first reads.
  int count() const { return static_cast<int>(touched_.size()); }
  int row(int i) const { return touched_[i]; }
  int columns() const { return columns_; }
  // [count, columns]
  const S* values() const { return values_.data(); }
  const S* values(int i) const { return values_.data() + static_cast<std::size_t>(i) * columns_; }

 private:
  void group(const std::int32_t* ids, int reads);

  int columns_;
  std::vector<std::int32_t> place_;    // [rows]: index in touched_, or −1
  std::vector<std::int32_t> touched_;  // rows of the table
  std::vector<std::int32_t> first_;    // [count + 1]: where a row's reads begin in reads_
  std::vector<std::int32_t> reads_;    // reads grouped by row, each group in order
  AlignedArray<S> values_;
};

}  // namespace bptt

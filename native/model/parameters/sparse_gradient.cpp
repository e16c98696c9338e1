#include "model/parameters/sparse_gradient.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
SparseGradient<S>::SparseGradient(int rows, int columns) : columns_(columns), place_(rows, -1) {}

template <class S>
void SparseGradient<S>::reshape(int rows, int columns) {
  clear();
  place_.resize(rows, -1);
  columns_ = columns;
}

template <class S>
void SparseGradient<S>::clear() {
  for (std::int32_t row : touched_) place_[row] = -1;
  touched_.clear();
}

// A counting sort: rows in the order of their first reads, the reads of each row in their own order.
template <class S>
void SparseGradient<S>::group(const std::int32_t* ids, int reads) {
  clear();
  first_.assign(1, 0);
  for (int r = 0; r < reads; ++r) {
    std::int32_t& place = place_[ids[r]];
    if (place < 0) {
      // The row is among those to be cleared before it has a place, should there be no memory for either.
      touched_.push_back(ids[r]);
      first_.push_back(0);
      place = count() - 1;
    }
    ++first_[place + 1];
  }
  for (int i = 0; i < count(); ++i) first_[i + 1] += first_[i];
  reads_.resize(reads);
  for (int r = 0; r < reads; ++r) reads_[first_[place_[ids[r]]]++] = r;
  // Each start was moved to its group's end, which is the next one's start.
  for (int i = count(); i > 0; --i) first_[i] = first_[i - 1];
  first_[0] = 0;
}

template <class S>
void SparseGradient<S>::collect(const std::int32_t* ids, const std::int32_t* sources, int reads, const S* d, std::ptrdiff_t stride, ThreadPool& pool) {
  const Kernels<S>& kernel = current_kernels<S>();
  group(ids, reads);
  values_.resize(static_cast<std::size_t>(count()) * columns_);
  const double cost = static_cast<double>(columns_) * reads / std::max(1, count());
  parallel(pool, count(), cost, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      S* sum = values_.data() + i * columns_;
      for (int k = first_[i]; k < first_[i + 1]; ++k) {
        const int source = sources == nullptr ? reads_[k] : sources[reads_[k]];
        const S* from = d + source * stride;
        if (k == first_[i]) std::copy(from, from + columns_, sum);
        else kernel.add(sum, from, columns_);
      }
    }
  });
}

template class SparseGradient<float>;
#ifdef BPTT_WITH_DOUBLE
template class SparseGradient<double>;
#endif

}  // namespace bptt

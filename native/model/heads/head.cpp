#include "model/heads/head.h"

#include <algorithm>

#include "support/parallel.h"

namespace bptt {

template <class S>
std::ptrdiff_t Head<S>::first_not_finite() const {
  std::ptrdiff_t first = -1;
  if (finite_) return first;
  const OutputRows<S>& rows = input_.rows;
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows.count); ++r)
    if (!finite(r, r + 1) && (first < 0 || rows.place(r) < first)) first = rows.place(r);
  return first;
}

template <class S>
void Head<S>::write(S* y, ThreadPool& pool) const {
  const OutputRows<S>& rows = input_.rows;
  const std::size_t outputs = rows.outputs;
  parallel(pool, rows.count, rows.outputs / 4.0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) std::copy_n(y_.data() + r * outputs, outputs, y + static_cast<std::size_t>(rows.place(r)) * outputs);
  });
}

template class Head<float>;
#ifdef BPTT_WITH_DOUBLE
template class Head<double>;
#endif

}  // namespace bptt

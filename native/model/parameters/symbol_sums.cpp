#include "model/parameters/symbol_sums.h"

#include "layer/start_sums.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
SymbolSums<S>::SymbolSums(const StackWeights<S>& weights, const S* table, int symbols, int columns, ThreadPool& pool) : columns_(columns) {
  const DirectionWeights<S>& first = weights.direction(0, 0);
  ld_ = static_cast<std::ptrdiff_t>(start_slots(first.cell)) * first.padded;
  sums_.resize(checked_product({static_cast<std::size_t>(symbols), static_cast<std::size_t>(ld_)}));
  parallel(pool, symbols, static_cast<double>(ld_) * columns / current_kernels<S>().lanes, [&](std::size_t begin, std::size_t end) {
    start_sums(first, table + begin * columns, columns, columns, static_cast<int>(end - begin), {0, first.hidden}, sums_.data() + begin * ld_, ld_);
  });
}

template <class S>
bool SymbolSums<S>::fits(const StackSpec& spec, int symbols) {
  // With layer norm the sums are normalised apart.
  if (spec.cell.layer_norm) return false;
  constexpr double most_bytes = 8 << 20;
  return static_cast<double>(symbols) * start_slots(spec.cell) * spec.hidden * sizeof(S) <= most_bytes;
}

template class SymbolSums<float>;
#ifdef BPTT_WITH_DOUBLE
template class SymbolSums<double>;
#endif

}  // namespace bptt

#include "layer/direction_pass.h"

#include "layer/recurrence.h"
#include "layer/scan.h"

namespace bptt {

template <class S>
std::unique_ptr<DirectionPass<S>> make_direction_pass(const Cell& cell) {
  if (cell.traits().feeds_back) return std::make_unique<Recurrence<S>>();
  return std::make_unique<Scan<S>>();
}

template std::unique_ptr<DirectionPass<float>> make_direction_pass(const Cell&);
#ifdef BPTT_WITH_DOUBLE
template std::unique_ptr<DirectionPass<double>> make_direction_pass(const Cell&);
#endif

}  // namespace bptt

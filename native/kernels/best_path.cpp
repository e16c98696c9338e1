// A step of the search for the best path over labels (model/crf.h):
//
//   next[j] = max over i of from[i] + scores[i, j]
//
// A block of columns keeps its maxima in registers while i runs over the rows of the scores, which are read once. Which i it
// was is not kept: the path is followed back over few steps, where it is found again by one column of sums.
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

template <int V>
EIGEN_STRONG_INLINE void best_of(const BestStep<Scalar>& step, int column) {
  Packet best[V];
  for (int v = 0; v < V; ++v) best[v] = broadcast(Scalar(-3e38));
  const Scalar* scores = step.scores + column;
  for (int i = 0; i < step.labels; ++i, scores += step.ld) {
    const Packet from = broadcast(step.from[i]);
    for (int v = 0; v < V; ++v) best[v] = Eigen::internal::pmax(best[v], add(from, load(scores + v * lanes)));
  }
  for (int v = 0; v < V; ++v) store(step.next + column + v * lanes, best[v]);
}

}  // namespace

void best_step(const BestStep<Scalar>& step) {
  constexpr int block = 4;
  int column = 0;
  for (; column + block * lanes <= step.columns; column += block * lanes) best_of<block>(step, column);
  for (; column < step.columns; column += lanes) best_of<1>(step, column);
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

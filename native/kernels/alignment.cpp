// A step of the recursion over the states of an alignment (model/ctc.h):
//
//   reached[s] = ln(e^previous[s] + e^previous[s−1] + e^(previous[s−2] + skip[s]))
//   next[s]    = reached[s] + emission[s] − shift
//
// A packet of states at a time: the three arguments are the same row read at three offsets. Of the three the largest is
// taken off before the exponentials, so that one of them is 1. Nothing is infinite: what cannot be reached is a large
// negative number, of which e^ is 0. A target of a few symbols is one packet, and a row stays in the first-level cache.
#include "kernels/activation.h"
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

Scalar alignment_step(const AlignmentStep<Scalar>& step) {
  const Packet shift = broadcast(step.shift);
  Packet best = broadcast(Scalar(-3e38));
  for (int s = 0; s < step.states; s += lanes) {
    const Packet a = load(step.previous + s);
    const Packet b = load(step.previous + s - 1);
    const Packet c = add(load(step.previous + s - 2), load(step.skip + s));
    const Packet largest = Eigen::internal::pmax(Eigen::internal::pmax(a, b), c);
    const Packet sum = add(add(exponential(subtract(a, largest)), exponential(subtract(b, largest))), exponential(subtract(c, largest)));
    const Packet reached = add(largest, Eigen::internal::plog(sum));
    if (step.reached != nullptr) store(step.reached + s, reached);
    const Packet next = subtract(add(reached, load(step.emission + s)), shift);
    store(step.next + s, next);
    best = Eigen::internal::pmax(best, next);
  }
  return Eigen::internal::predux_max(best);
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

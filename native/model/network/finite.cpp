#include "model/network/finite.h"

#include <cmath>
#include <limits>
#include <string>

namespace bptt {

NotFinite::NotFinite(int sequence, int step)
    : Error(ErrorCode::non_finite, "the network's outputs are not finite" + (step < 0 ? std::string() : " at step " + std::to_string(step)) +
                                       ": its parameters or its input are too large for float32"),
      sequence_(sequence),
      step_(step) {}

// Without a way out of the loop, so that many numbers are looked at together.
template <class S>
bool within(const S* x, std::size_t size, S bound) {
  int wrong = 0;
  for (std::size_t i = 0; i < size; ++i) wrong |= !(std::abs(x[i]) <= bound);
  return wrong == 0;
}

template <class S>
bool finite(const S* x, std::size_t size) {
  return within(x, size, std::numeric_limits<S>::max());
}

#define BPTT_INSTANTIATE(S)                             \
  template bool within(const S*, std::size_t, S bound); \
  template bool finite(const S*, std::size_t);
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

#include "model/heads/output_activation.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace bptt {

template <class S>
void activate(OutputKind kind, const S* z, int rows, int outputs, S* y, S* log_sums) {
  const std::size_t count = static_cast<std::size_t>(rows) * outputs;
  switch (kind) {
    case OutputKind::classes: current_kernels<S>().softmax(y, z, outputs, rows, outputs, log_sums); break;
    case OutputKind::multihot: current_kernels<S>().sigmoid(y, z, count); break;
    case OutputKind::values:
      if (y != z) std::copy_n(z, count, y);
      break;
  }
}

template void activate(OutputKind, const float*, int, int, float*, float*);
#ifdef BPTT_WITH_DOUBLE
template void activate(OutputKind, const double*, int, int, double*, double*);
#endif

}  // namespace bptt

// Operands: activations rounded to bfloat16, row by row.
#include "kernels/bfloat16/declarations.h"
#include "kernels/bfloat16/rounding.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

void round(const Round<float>& r) {
  for (int row = 0; row < r.rows; ++row) {
    const float* const from = r.from + row * r.ld_from;
    Number* const to = static_cast<Number*>(r.to) + row * r.ld_to;
    for (int i = 0; i < r.columns; ++i) put(from[i], to + i);
  }
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

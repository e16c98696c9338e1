// The set whose pointwise kernels a form uses: itself, or the one it extends (BPTT_BASE).
#pragma once

#include "kernels/kernels.h"

#ifndef BPTT_BASE
#define BPTT_BASE BPTT_ISA
#endif

namespace bptt {
namespace kernels {
namespace BPTT_BASE {
void cell_pointwise(const CellForward<float>&, const SumsTile<float>&);
}  // namespace BPTT_BASE
namespace BPTT_ISA {
namespace bfloat16 {
namespace base = BPTT_BASE;
}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

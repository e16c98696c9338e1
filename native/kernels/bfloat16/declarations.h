// The functions of one form that table.cpp gathers.
#pragma once

#include "kernels/bfloat16/form.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

void round(const Round<float>&);
std::size_t panel_bytes(int columns, int total_depth);
void pack(const Pack<float>&);
void product(const Product<float>&);
std::size_t gradient_work(const GradientProduct<float>&);
void gradient_product(const GradientProduct<float>*, int count);
void cell_forward(const CellForward<float>&);
double multiply_adds(float value, int rounds, float* sum);

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

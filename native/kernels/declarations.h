// The functions of one instruction set that table.cpp gathers.
#pragma once

#include "kernels/packet.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

void use_tiles(TileShape, Scalar);
std::size_t panel_bytes(int columns, int total_depth, Scalar);
void pack(const Pack<Scalar>&);
void product(const Product<Scalar>&);
std::size_t gradient_work(const GradientProduct<Scalar>&);
void gradient_product(const GradientProduct<Scalar>*, int count);
void cell_forward(const CellForward<Scalar>&);
// The pointwise part alone, of sums that were computed elsewhere.
void cell_pointwise(const CellForward<Scalar>&, const SumsTile<Scalar>&);
void cell_backward(const CellBackward<Scalar>&);
void normalise(const Normalise<Scalar>&);
void normalise_gradient(const NormaliseGradient<Scalar>&);
void update(const Update<Scalar>&);
double sum_of_squares(const Scalar* x, std::size_t size);
void column_sums(const Scalar* a, std::ptrdiff_t lda, int rows, int columns, Scalar* sums, bool accumulate);
void column_products(const Scalar* a, std::ptrdiff_t lda, const Scalar* b, std::ptrdiff_t ldb, int rows, int columns, Scalar* sums, bool accumulate);
void add(Scalar* y, const Scalar* x, std::size_t size);
void multiply(Scalar* y, const Scalar* x, const Scalar* z, std::size_t size);
void tanh(Scalar* y, const Scalar* x, std::size_t size);
void sigmoid(Scalar* y, const Scalar* x, std::size_t size);
Scalar alignment_step(const AlignmentStep<Scalar>&);
Scalar logarithm(Scalar* y, const Scalar* x, std::size_t size);
void best_step(const BestStep<Scalar>&);
void additive_scores(const AdditiveScores<Scalar>&);
void additive_gradient(const AdditiveGradient<Scalar>&);
double multiply_adds(Scalar value, int rounds, Scalar* sum);
Scalar read_sum(const Scalar* x, std::size_t size, int rounds);
void softmax(Scalar* y, const Scalar* x, std::ptrdiff_t ld, int rows, int columns, Scalar* log_sums);

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// The table of one instruction set; dispatch.cpp finds it by its name.
#include "kernels/declarations.h"

#define BPTT_QUOTE_(name) #name
#define BPTT_QUOTE(name) BPTT_QUOTE_(name)

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

const Kernels<Scalar>* table(Scalar) {
  static const Products<Scalar> products = {
      BPTT_QUOTE(BPTT_ISA), lanes, panel, 1, sizeof(Scalar), sizeof(Scalar), nullptr, [](int columns, int depth) { return panel_bytes(columns, depth, Scalar()); },
      pack, product, gradient_work, gradient_product, cell_forward, multiply_adds,
  };
  static const Kernels<Scalar> entries = {
      BPTT_QUOTE(BPTT_ISA), lanes, &products, [](TileShape shape) { use_tiles(shape, Scalar()); },
      cell_pointwise, cell_backward, normalise, normalise_gradient, update, sum_of_squares, column_sums, column_products, add, multiply, tanh, sigmoid,
      softmax, alignment_step, logarithm, best_step, additive_scores, additive_gradient,
      read_sum,
  };
  return &entries;
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

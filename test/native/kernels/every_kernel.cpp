// Every entry of every table that can be used here has been called by itself, by the tests of this folder.
#include <string>

#include "check.h"
#include "kernels/called.h"
#include "kernels/product_tables.h"

namespace bptt {
namespace test {
namespace {

// The names of a table's functions stand here once more: one that is added does not compile until it is among them.
#define BPTT_LOOK(entry) CHECK_WITH(entries_called().count(&entry) == 1, name << ": " #entry " has not been called by itself");

template <class S>
void look_at_products(const std::string& name, const Products<S>& table) {
  const auto& [isa, lanes, panel, depth_unit, weight_bytes, operand_bytes, round, panel_bytes, pack, product, gradient_work, gradient_product, cell_forward, multiply_adds] =
      table;
  static_cast<void>(isa), static_cast<void>(lanes), static_cast<void>(panel), static_cast<void>(depth_unit), static_cast<void>(weight_bytes), static_cast<void>(operand_bytes);
  if (round != nullptr) BPTT_LOOK(round)
  BPTT_LOOK(panel_bytes)
  BPTT_LOOK(pack)
  BPTT_LOOK(product)
  BPTT_LOOK(gradient_work)
  BPTT_LOOK(gradient_product)
  BPTT_LOOK(cell_forward)
  BPTT_LOOK(multiply_adds)
}

template <class S>
void look_at(const std::string& name, const Kernels<S>& table) {
  const auto& [isa, lanes, products, use_tiles, cell_pointwise, cell_backward, normalise, normalise_gradient, update, sum_of_squares, column_sums, column_products, add, multiply, tanh,
               sigmoid, softmax, alignment_step, logarithm, best_step, additive_scores, additive_gradient, read_sum] = table;
  static_cast<void>(isa), static_cast<void>(lanes);
  look_at_products(name, *products);
  BPTT_LOOK(use_tiles)
  BPTT_LOOK(cell_pointwise)
  BPTT_LOOK(cell_backward)
  BPTT_LOOK(normalise)
  BPTT_LOOK(normalise_gradient)
  BPTT_LOOK(update)
  BPTT_LOOK(sum_of_squares)
  BPTT_LOOK(column_sums)
  BPTT_LOOK(column_products)
  BPTT_LOOK(add)
  BPTT_LOOK(multiply)
  BPTT_LOOK(tanh)
  BPTT_LOOK(sigmoid)
  BPTT_LOOK(softmax)
  BPTT_LOOK(alignment_step)
  BPTT_LOOK(logarithm)
  BPTT_LOOK(best_step)
  BPTT_LOOK(additive_scores)
  BPTT_LOOK(additive_gradient)
  BPTT_LOOK(read_sum)
}

BPTT_LAST_TEST("every kernel of every table has been called by itself") {
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa) {
    look_at(*isa + std::string(", float"), *kernels_for<float>(*isa));
    look_at(*isa + std::string(", double"), *kernels_for<double>(*isa));
  }
  for (const ProductTable& table : product_tables()) look_at_products(table.name + std::string(", bfloat16"), *table.products);
}

}  // namespace
}  // namespace test
}  // namespace bptt

// The table of one form; dispatch.cpp finds it by its name.
#include "kernels/bfloat16/declarations.h"

#define BPTT_QUOTE_(name) #name
#define BPTT_QUOTE(name) BPTT_QUOTE_(name)

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

const Products<float>* bfloat16_table() {
  using namespace bfloat16;
  static const Products<float> products = {
      BPTT_QUOTE(BPTT_ISA), tile_columns, panel_columns, depth_unit, sizeof(Word) / 2, sizeof(Number), bfloat16::round, bfloat16::panel_bytes, bfloat16::pack,
      bfloat16::product, bfloat16::gradient_work, bfloat16::gradient_product, bfloat16::cell_forward, bfloat16::multiply_adds,
  };
  return &products;
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// All tables of products that can be used here: what a test of products goes through.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "kernels/kernels.h"

namespace bptt {
namespace test {

struct ProductTable {
  const char* name;
  Precision precision;
  const Products<float>* products;
};

inline std::vector<ProductTable> product_tables() {
  std::vector<ProductTable> tables;
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa) tables.push_back({*isa, Precision::float32, kernels_for<float>(*isa)->products});
  for (const char* name : {"amx", "avx512bf16", "avx512", "avx2", "sse4", "neon", "plain_tiles", "plain_dots"})
    if (const Products<float>* products = bfloat16_products(name)) tables.push_back({name, Precision::bfloat16, products});
  return tables;
}

// To nearest, ties to even; NaN is not asked for.
inline float to_bfloat16(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

}  // namespace test
}  // namespace bptt

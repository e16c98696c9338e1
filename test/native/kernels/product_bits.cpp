// Which tables agree in bits: the matrix unit with its stand-in, vdpbf16ps with its own, and dot products widened with a fused multiply-add
// with vdpbf16ps where no number is denormal. Operands have exponents from the smallest to large ones.
#include <cmath>
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "check.h"
#include "kernels/kernels.h"
#include "kernels/product_tables.h"
#include "layer/operand.h"
#include "same_bits.h"
#include "support/random.h"

namespace bptt {
namespace test {
namespace {

// Numbers of all magnitudes below 1, some of them denormal or 0 (`tiny`), or such as neither they nor their products are denormal.
std::vector<float> magnitudes(std::size_t size, std::uint64_t seed, bool tiny) {
  const Random random(seed, 78);
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double exponent = tiny ? -140 * random.uniform(3 * i) : -20 * random.uniform(3 * i);
    values[i] = static_cast<float>((random.uniform(3 * i + 1) < 0.5 ? -1 : 1) * (1 + random.uniform(3 * i + 2)) * std::exp2(exponent));
    if (tiny && i % 17 == 0) values[i] = 0;
  }
  return values;
}

struct Results {
  std::vector<float> product, gradient, sums;
};

Results results(const Products<float>& products, int rows, int depth, int columns, bool tiny) {
  const std::vector<float> a = magnitudes(std::size_t(rows) * depth, 1, tiny), w = magnitudes(std::size_t(depth) * columns, 2, tiny);
  const int total = (depth + products.depth_unit - 1) / products.depth_unit * products.depth_unit;
  Results r{magnitudes(std::size_t(rows) * columns, 3, tiny), std::vector<float>(std::size_t(depth) * columns), std::vector<float>(depth)};
  AlignedArray<std::byte> panels(products.panel_bytes(columns, total));
  panels.zero();
  products.pack({w.data(), columns, 1, depth, 0, columns, panels.data(), total, 0});
  OperandRows<float> operand;
  operand.prepare(products, a.data(), depth, rows, depth);
  operand.round(0, rows, 0, depth);
  Product<float> product{};
  product.rows = rows;
  product.column_end = columns;
  product.depth = depth;
  product.a = operand.at(0);
  product.lda = operand.ld();
  product.panels = panels.data();
  product.c = r.product.data();
  product.ldc = columns;
  product.accumulate = true;
  product.total_depth = total;
  products.product(product);
  // Aᵀ [depth, rows] · B [rows, columns] of the rows that were made.
  const std::vector<float> b = magnitudes(std::size_t(rows) * columns, 4, tiny);
  OperandRows<float> right;
  right.prepare(products, b.data(), columns, rows, columns);
  right.round(0, rows, 0, columns);
  GradientProduct<float> gradient{};
  gradient.depth = rows;
  gradient.m_end = gradient.group_size = depth;
  gradient.a = operand.at(0);
  gradient.lda = operand.ld();
  gradient.sides[0] = {0, columns, right.at(0), right.ld(), nullptr, r.gradient.data(), columns, 0, 0};
  gradient.sums = r.sums.data();
  AlignedArray<float> work(products.gradient_work(gradient));
  gradient.work = work.data();
  products.gradient_product(&gradient, 1);
  return r;
}

void check_same(const char* one, const char* other, bool tiny) {
  const Products<float>* const first = bfloat16_products(one);
  const Products<float>* const second = bfloat16_products(other);
  if (first == nullptr || second == nullptr) return;
  for (const auto& [rows, depth, columns] : {std::tuple<int, int, int>{1, 1, 1}, std::tuple<int, int, int>{5, 31, 17}, std::tuple<int, int, int>{16, 64, 32}, std::tuple<int, int, int>{37, 100, 50}, std::tuple<int, int, int>{70, 65, 33}}) {
    const Results x = results(*first, rows, depth, columns, tiny), y = results(*second, rows, depth, columns, tiny);
    const std::string name = std::string(one) + " and " + other + ", rows " + std::to_string(rows) + ", depth " + std::to_string(depth);
    CHECK_WITH(same_bits(x.product, y.product), name << ", product");
    CHECK_WITH(same_bits(x.gradient, y.gradient), name << ", gradient");
    CHECK_WITH(same_bits(x.sums, y.sums), name << ", sums");
  }
}

BPTT_TEST("the matrix unit and vdpbf16ps have the bits of their stand-ins, denormal numbers too") {
  check_same("amx", "plain_tiles", true);
  check_same("avx512bf16", "plain_dots", true);
}

BPTT_TEST("widened dot products have the bits of vdpbf16ps where nothing is denormal") {
  for (const char* name : {"avx512", "avx2", "neon"}) check_same(name, "plain_dots", false);
}

// What rounding to bfloat16 makes of single numbers: seen in a product by 1.
BPTT_TEST("operands and weights are rounded to nearest, ties to even, and NaN stays NaN") {
  const auto number = [](std::uint32_t bits) {
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
  };
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> cases = {
      {0x3f808000, 0x3f800000}, {0x3f818000, 0x3f820000}, {0x3f808001, 0x3f810000}, {0x3f807fff, 0x3f800000}, {0xbf818000, 0xbf820000}, {0x7f7fffff, 0x7f800000},
      {0x7f7f7fff, 0x7f7f0000}, {0x7f800000, 0x7f800000}, {0xff800000, 0xff800000}, {0x80000000, 0x80000000}, {0x00ffffff, 0x01000000}};
  for (const ProductTable& table : product_tables()) {
    if (table.precision != Precision::bfloat16) continue;
    const Products<float>& products = *table.products;
    const auto multiplied = [&](float a, float w) {
      const int total = products.depth_unit;
      AlignedArray<std::byte> panels(products.panel_bytes(1, total));
      panels.zero();
      products.pack({&w, 1, 1, 1, 0, 1, panels.data(), total, 0});
      OperandRows<float> operand;
      operand.prepare(products, &a, 1, 1, 1);
      operand.round(0, 1, 0, 1);
      float c = 0;
      Product<float> product{1, 0, 1, 1, operand.at(0), operand.ld(), panels.data(), nullptr, &c, 1, false, total, 0};
      products.product(product);
      return c;
    };
    for (const auto& [bits, expected] : cases) {
      CHECK_WITH(multiplied(number(bits), 1) == number(expected), table.name << ", operand " << std::hex << bits << ": " << multiplied(number(bits), 1));
      CHECK_WITH(multiplied(1, number(bits)) == number(expected), table.name << ", weight " << std::hex << bits << ": " << multiplied(1, number(bits)));
    }
    for (const std::uint32_t bits : {0x7f800001u, 0x7fc00000u, 0xff80ffffu, 0x7fffffffu}) {
      CHECK_WITH(std::isnan(multiplied(number(bits), 1)), table.name << ", operand NaN " << std::hex << bits);
      CHECK_WITH(std::isnan(multiplied(1, number(bits))), table.name << ", weight NaN " << std::hex << bits);
    }
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

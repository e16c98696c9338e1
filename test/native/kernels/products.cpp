// Every product of every table by itself, against sums in float64 of the operands as the table reads them: packing, products, the gradient
// product and the products of a cell's step, at all shapes around the edges of tiles, panels, units of depth and blocks.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "check.h"
#include "kernels/called.h"
#include "kernels/kernels.h"
#include "kernels/product_tables.h"
#include "layer/layer_cases.h"
#include "layer/operand.h"
#include "support/random.h"

namespace bptt {
namespace test {
namespace {

using Panels = AlignedArray<std::byte>;

std::vector<float> numbers(std::size_t size, std::uint64_t seed) {
  const Random random(seed, 77);
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<float>(2 * random.uniform(i) - 1);
  return values;
}

int whole_units(const ProductTable& table, int depth) { return (depth + table.products->depth_unit - 1) / table.products->depth_unit * table.products->depth_unit; }

// Operands of a matrix [rows, columns] that lies in rows of `columns`.
OperandRows<float> operands(const ProductTable& table, const std::vector<float>& values, int rows, int columns) {
  OperandRows<float> operand;
  if (table.products->round != nullptr) called(table.products->round);  // by the operand
  operand.prepare(*table.products, values.data(), columns, rows, columns);
  operand.round(0, rows, 0, columns);
  return operand;
}

// What the table makes of numbers before it multiplies them.
std::vector<float> as_read(const ProductTable& table, std::vector<float> values) {
  if (table.precision == Precision::bfloat16)
    for (float& value : values) value = to_bfloat16(value);
  return values;
}

// Two matrices share the panels, [first, columns] and [second, columns]; the product is with one of them, in two pieces of columns.
void check_product(const ProductTable& table, int rows, int first, int second, int columns, bool transposed, int start, double bound) {
  const Products<float>& products = *table.products;
  const std::vector<float> weights[2] = {numbers(std::size_t(first) * columns, 1), numbers(std::size_t(second) * columns, 2)};
  const int depths[2] = {first, second}, total = whole_units(table, first) + whole_units(table, second);
  Panels panels(called(products.panel_bytes)(columns, total));
  panels.zero();
  const int middle = columns / 2 / products.panel * products.panel;
  for (int part = 0; part < 2; ++part)
    for (const auto& [begin, end] : {std::pair{0, middle}, std::pair{middle, columns}}) {
      const int depth = depths[part];
      if (begin < end)
        called(products.pack)({weights[part].data(), transposed ? 1 : columns, transposed ? depth : 1, depth, begin, end, panels.data(), total, part * whole_units(table, first)});
    }
  for (int part = 0; part < 2; ++part) {
    const int depth = depths[part];
    const std::vector<float> a = numbers(std::size_t(rows) * depth, 3), bias = numbers(columns, 4);
    const std::vector<float> read = as_read(table, a), multiplied = as_read(table, weights[part]);
    const OperandRows<float> operand = operands(table, a, rows, depth);
    // Rows of C have room behind them, which must stay as it is.
    const int ldc = columns + 3;
    std::vector<float> c = numbers(std::size_t(rows) * ldc, 5);
    const std::vector<float> before = c;
    Product<float> product{};
    product.rows = rows;
    product.depth = depth;
    product.a = operand.at(0);
    product.lda = operand.ld();
    product.panels = panels.data();
    product.bias = start == 1 ? bias.data() : nullptr;
    product.c = c.data();
    product.ldc = ldc;
    product.accumulate = start == 2;
    product.total_depth = total;
    product.offset = part * whole_units(table, first);
    for (const auto& [begin, end] : {std::pair{0, middle}, std::pair{middle, columns}}) {
      product.column_begin = begin;
      product.column_end = end;
      if (begin < end) called(products.product)(product);
    }
    std::vector<double> expected(c.size());
    for (int r = 0; r < rows; ++r)
      for (int n = 0; n < ldc; ++n) {
        double sum = n >= columns || start == 2 ? before[r * ldc + n] : start == 1 ? bias[n] : 0;
        for (int k = 0; n < columns && k < depth; ++k)
          sum += double(read[std::size_t(r) * depth + k]) * multiplied[transposed ? std::size_t(n) * depth + k : std::size_t(k) * columns + n];
        expected[r * ldc + n] = sum;
      }
    CHECK_WITH(relative_error(c, expected, c.size()) <= bound, table.name << ", rows " << rows << ", depth " << depth << ", columns " << columns << ": "
                                                                          << relative_error(c, expected, c.size()));
    for (int r = 0; r < rows; ++r)
      for (int n = columns; n < ldc; ++n) CHECK_WITH(c[r * ldc + n] == before[r * ldc + n], table.name << ", behind the columns");
  }
}

// Gates' gradients [depth, slots·stride] by x and by rows of h, in two pieces of m.
void check_gradient(const ProductTable& table, int depth, int hidden, int gates, int input, bool indexed, int zeros, bool accumulate, double bound) {
  const Products<float>& products = *table.products;
  const int stride = (hidden + products.lanes - 1) / products.lanes * products.lanes, width = gates * stride, m = gates * hidden;
  const std::vector<float> a = numbers(std::size_t(depth) * width, 11), x = numbers(std::size_t(depth) * input, 12);
  const int h_rows = depth + 5;
  std::vector<float> h = numbers(std::size_t(h_rows) * hidden, 13);
  std::vector<std::int32_t> rows(depth);
  for (int k = 0; k < depth; ++k) rows[k] = indexed ? (k * 7 + 3) % h_rows : k;
  for (int k = 0; k < std::min(zeros, depth); ++k) std::fill_n(h.begin() + std::ptrdiff_t(rows[k]) * hidden, hidden, 0.0f);
  const OperandRows<float> a_operand = operands(table, a, depth, width), x_operand = operands(table, x, depth, input), h_operand = operands(table, h, h_rows, hidden);
  std::vector<float> of_x = numbers(std::size_t(m) * input, 14), of_h = numbers(std::size_t(m) * hidden, 15), sums = numbers(m, 16);
  const std::vector<float> x_before = of_x, h_before = of_h, sums_before = sums;
  GradientProduct<float> product{};
  product.depth = depth;
  product.group_size = hidden;
  product.group_stride = stride;
  product.a = a_operand.at(0);
  product.lda = a_operand.ld();
  product.sides[0] = {0, input, x_operand.at(0), x_operand.ld(), nullptr, of_x.data(), input, 0, 0};
  product.sides[1] = {0, hidden, h_operand.at(0), h_operand.ld(), indexed ? rows.data() : nullptr, of_h.data(), hidden, std::min(zeros, depth), 0};
  product.sums = sums.data();
  product.accumulate = accumulate;
  for (const auto& [begin, end] : {std::pair{0, m / 3}, std::pair{m / 3, m}}) {
    product.m_begin = begin;
    product.m_end = end;
    AlignedArray<float> work(called(products.gradient_work)(product));
    product.work = work.data();
    if (begin < end) called(products.gradient_product)(&product, 1);
  }
  const std::vector<float> ar = as_read(table, a), xr = as_read(table, x), hr = as_read(table, h);
  std::vector<double> x_expected(of_x.size()), h_expected(of_h.size()), sums_expected(m);
  for (int i = 0; i < m; ++i) {
    const auto gate = [&](int k) { return double(ar[std::size_t(k) * width + i / hidden * stride + i % hidden]); };
    for (int k = 0; k < depth; ++k) sums_expected[i] += gate(k);
    for (int k = 0; k < depth; ++k)
      for (int n = 0; n < input; ++n) x_expected[std::size_t(i) * input + n] += gate(k) * xr[std::size_t(k) * input + n];
    for (int k = 0; k < depth; ++k)
      for (int n = 0; n < hidden; ++n) h_expected[std::size_t(i) * hidden + n] += gate(k) * hr[std::size_t(rows[k]) * hidden + n];
  }
  if (accumulate) {
    for (std::size_t i = 0; i < of_x.size(); ++i) x_expected[i] += x_before[i];
    for (std::size_t i = 0; i < of_h.size(); ++i) h_expected[i] += h_before[i];
    for (int i = 0; i < m; ++i) sums_expected[i] += sums_before[i];
  }
  const std::string name = std::string(table.name) + ", depth " + std::to_string(depth) + ", H " + std::to_string(hidden) + ", I " + std::to_string(input);
  CHECK_WITH(relative_error(of_x, x_expected, of_x.size()) <= bound, name << ", x: " << relative_error(of_x, x_expected, of_x.size()));
  CHECK_WITH(relative_error(of_h, h_expected, of_h.size()) <= bound, name << ", h: " << relative_error(of_h, h_expected, of_h.size()));
  CHECK_WITH(relative_error(sums, sums_expected, sums.size()) <= bound, name << ", bias: " << relative_error(sums, sums_expected, sums.size()));
}

constexpr double bound = 1e-5;

BPTT_TEST("products with packed panels agree with sums in float64, in every table") {
  for (const ProductTable& table : product_tables()) {
    int kind = 0;
    for (int rows : {1, 2, 3, 6, 7, 12, 13, 16, 17, 31, 32, 33, 48, 63, 64, 65, 70, 100})
      for (int depth : {1, 2, 3, 15, 16, 31, 32, 33, 64, 70})
        for (int columns : {1, 3, 8, 15, 16, 17, 31, 32, 33, 48, 65}) {
          ++kind;
          check_product(table, rows, depth, 1 + kind % 37, columns, kind % 2 == 0, kind / 2 % 3, bound);
        }
    check_product(table, 37, 1100, 1030, 100, true, 2, bound);
    check_product(table, 5, 2100, 7, 40, false, 1, bound);
  }
}

BPTT_TEST("gradient products agree with sums in float64, in every table") {
  for (const ProductTable& table : product_tables()) {
    int kind = 0;
    for (int depth : {1, 2, 3, 31, 32, 33, 40, 130})
      for (int hidden : {1, 5, 15, 16, 17, 31, 33, 48})
        for (int input : {1, 7, 16, 17, 32, 40, 65}) {
          ++kind;
          check_gradient(table, depth, hidden, 1 + kind % 4, input, kind % 2 == 0, kind % 3 == 0 ? kind % 5 : 0, kind % 5 == 0, bound);
        }
    check_gradient(table, 2600, 17, 2, 40, true, 3, false, bound);
    check_gradient(table, 600, 70, 4, 20, false, 0, true, bound);
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

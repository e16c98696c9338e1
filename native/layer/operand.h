// Rows of activations as the products read them: where they lie, or, where products read rounded numbers, a copy that whoever
// writes the rows renews. Behind the columns a copy holds 0.
#pragma once

#include <cstddef>
#include <cstring>

#include "kernels/kernels.h"
#include "support/aligned_array.h"

namespace bptt {

// The distance of rows of `width` numbers of so many bytes. At multiples of a page the rows of a tile would meet in one set of the
// first-level cache, at multiples of a quarter of it in four.
inline std::ptrdiff_t row_distance(std::ptrdiff_t width, std::ptrdiff_t bytes) {
  const std::ptrdiff_t line = 64 / bytes, page = 4096 / bytes;
  return width % (page / 4) == 0 ? width + line : width;
}

template <class S>
class OperandRows {
 public:
  // `numbers`: rows of `columns` numbers, ld apart; null: not yet known.
  void prepare(const Products<S>& products, const S* numbers, std::ptrdiff_t ld, std::size_t rows, int columns) {
    products_ = &products;
    numbers_ = numbers;
    ld_numbers_ = ld_ = ld;
    if (products.round == nullptr) return;
    const std::ptrdiff_t unit = products.depth_unit, bytes = products.operand_bytes;
    ld_ = row_distance((columns + unit - 1) / unit * unit, bytes);
    copy_.resize(checked_product({rows, static_cast<std::size_t>(ld_), static_cast<std::size_t>(bytes)}));
    for (std::size_t row = 0; row < rows; ++row) std::memset(copy_.data() + (row * ld_ + columns) * bytes, 0, (ld_ - columns) * bytes);
  }
  // The same sizes, other numbers.
  void refer(const S* numbers) { numbers_ = numbers; }
  bool copies() const { return products_->round != nullptr; }
  // Makes all of a copy 0.
  void zero() { copy_.zero(); }
  // Renews some rows and columns.
  void round(std::ptrdiff_t row, int rows, int column, int columns) { round(row, rows, column, columns, column); }
  // The same where a copy has them at another column.
  void round(std::ptrdiff_t row, int rows, int column, int columns, int to) {
    if (copies() && rows > 0 && columns > 0)
      products_->round({numbers_ + row * ld_numbers_ + column, ld_numbers_, rows, columns, copy_.data() + (row * ld_ + to) * products_->operand_bytes, ld_});
  }
  Operand at(std::ptrdiff_t row, int column = 0) const {
    if (!copies()) return numbers_ + row * ld_numbers_ + column;
    return copy_.data() + (row * ld_ + column) * products_->operand_bytes;
  }
  std::ptrdiff_t ld() const { return ld_; }
  std::size_t bytes() const { return copy_.size(); }

 private:
  const Products<S>* products_ = nullptr;
  const S* numbers_ = nullptr;
  std::ptrdiff_t ld_numbers_ = 0, ld_ = 0;
  AlignedArray<std::byte> copy_;
};

}  // namespace bptt

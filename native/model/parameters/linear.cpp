#include "model/parameters/linear.h"

#include "kernels/kernels.h"
#include "support/parallel.h"

namespace bptt {

namespace {

// A matrix W[k, n] = source[k·stride_k + n·stride_n] as panels.
template <class S>
void pack_matrix(const S* source, std::ptrdiff_t stride_k, std::ptrdiff_t stride_n, int depth, int columns, AlignedArray<std::byte>& panels, ThreadPool& pool) {
  const Products<S>& kernel = current_products<S>(Precision::float32);
  panels.resize(kernel.panel_bytes(columns, depth));
  const int parts = parts_for(pool, static_cast<double>(depth) * columns);
  in_parts(pool, parts, columns, kernel.panel, [&](int, std::size_t begin, std::size_t end) {
    kernel.pack({source, stride_k, stride_n, depth, static_cast<int>(begin), static_cast<int>(end), panels.data(), depth, 0});
  });
}

// C = start + A · panels, shared out by rows where there are enough of them, else by panels of columns.
template <class S>
void parallel_product(Product<S> product, int columns, ThreadPool& pool) {
  constexpr int rows_worth_a_part = 24;
  const Products<S>& kernel = current_products<S>(Precision::float32);
  const double cost = static_cast<double>(product.rows) * columns * product.depth / kernel.lanes;
  const int parts = parts_for(pool, cost);
  if (product.rows >= parts * rows_worth_a_part) {
    in_parts(pool, parts, product.rows, 1, [&](int, std::size_t begin, std::size_t end) {
      Product<S> part = product;
      part.column_begin = 0;
      part.column_end = columns;
      part.rows = static_cast<int>(end - begin);
      part.a = static_cast<const S*>(part.a) + static_cast<std::ptrdiff_t>(begin) * part.lda;
      part.c += static_cast<std::ptrdiff_t>(begin) * part.ldc;
      kernel.product(part);
    });
  } else {
    in_parts(pool, parts, columns, kernel.panel, [&](int, std::size_t begin, std::size_t end) {
      Product<S> part = product;
      part.column_begin = static_cast<int>(begin);
      part.column_end = static_cast<int>(end);
      kernel.product(part);
    });
  }
}

}  // namespace

template <class S>
Linear<S>::Linear(int outputs, int inputs, const S* weight, const S* bias)
    : outputs_(outputs), inputs_(inputs), weight_(weight), bias_(bias) {}

template <class S>
void Linear<S>::pack(bool backward, ThreadPool& pool) {
  pack_matrix(weight_, 1, inputs_, inputs_, outputs_, panels_, pool);
  if (backward) pack_matrix(weight_, inputs_, 1, outputs_, inputs_, transposed_, pool);
}

template <class S>
void Linear<S>::forward(const S* x, int rows, S* y, ThreadPool& pool) const {
  parallel_product<S>({rows, 0, outputs_, inputs_, x, inputs_, panels_.data(), bias_, y, outputs_, false, 0, 0}, outputs_, pool);
}

template <class S>
void Linear<S>::backward_input(const S* dy, int rows, S* dx, bool accumulate, ThreadPool& pool) const {
  parallel_product<S>({rows, 0, inputs_, outputs_, dy, outputs_, transposed_.data(), nullptr, dx, inputs_, accumulate, 0, 0}, inputs_, pool);
}

template <class S>
void Linear<S>::forward(const S* x, int rows, S* y) const {
  current_products<S>(Precision::float32).product({rows, 0, outputs_, inputs_, x, inputs_, panels_.data(), bias_, y, outputs_, false, 0, 0});
}

template <class S>
void Linear<S>::backward_input(const S* dy, int rows, S* dx, bool accumulate) const {
  current_products<S>(Precision::float32).product({rows, 0, inputs_, outputs_, dy, outputs_, transposed_.data(), nullptr, dx, inputs_, accumulate, 0, 0});
}

template <class S>
void Linear<S>::backward_weights(const S* dy, const S* x, int rows, S* dw, S* db, AlignedArray<S>& work, ThreadPool& pool) const {
  transposed_product(dy, outputs_, x, inputs_, rows, dw, work, pool);
  if (db != nullptr) current_kernels<S>().column_sums(dy, outputs_, rows, outputs_, db, false);
}

template <class S>
void transposed_product(const S* a, int m, const S* b, int n, int depth, S* c, AlignedArray<S>& work, ThreadPool& pool) {
  const Products<S>& kernel = current_products<S>(Precision::float32);
  GradientProduct<S> whole{};
  whole.depth = depth;
  whole.m_end = m;
  whole.group_size = m;
  whole.a = a;
  whole.lda = m;
  whole.sides[0] = {0, n, b, n, nullptr, c, n, 0, 0};
  // The longer side is shared out; the other is read by every part.
  const bool by_columns = n >= m;
  const int parts = parts_for(pool, static_cast<double>(m) * n * depth / kernel.lanes);
  const std::size_t share = kernel.gradient_work(whole);  // a part needs no more than the whole
  work.resize(share * std::min(parts, pool.threads()));
  in_parts(pool, parts, by_columns ? n : m, by_columns ? kernel.panel : 1, [&](int worker, std::size_t begin, std::size_t end) {
    GradientProduct<S> part = whole;
    (by_columns ? part.sides[0].begin : part.m_begin) = static_cast<int>(begin);
    (by_columns ? part.sides[0].end : part.m_end) = static_cast<int>(end);
    part.work = work.data() + worker * share;
    kernel.gradient_product(&part, 1);
  });
}

template class Linear<float>;
template void transposed_product(const float*, int, const float*, int, int, float*, AlignedArray<float>&, ThreadPool&);
#ifdef BPTT_WITH_DOUBLE
template class Linear<double>;
template void transposed_product(const double*, int, const double*, int, int, double*, AlignedArray<double>&, ThreadPool&);
#endif

}  // namespace bptt

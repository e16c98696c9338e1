// Sums and pointwise functions over ranges and rows. A range's last elements go through the same packet arithmetic as
// the others, so that a value does not depend on where the range was cut.
#include <cmath>

#include "kernels/activation.h"
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// y[i] = f(i-th packets of the arguments)
template <class Function>
EIGEN_STRONG_INLINE void map(Scalar* y, const Scalar* x, std::size_t size, const Function& f) {
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) store(y + i, f(load(x + i)));
  if (i < size) {
    const int rest = static_cast<int>(size - i);
    store_part(y + i, f(load_part(x + i, rest)), rest);
  }
}

// The first `count` lanes of p, the others `fill`.
Packet load_filled(const Scalar* p, int count, Scalar fill) {
  alignas(64) Scalar lane[lanes];
  for (int i = 0; i < lanes; ++i) lane[i] = i < count ? p[i] : fill;
  return Eigen::internal::pload<Packet>(lane);
}

// Largest of a row. A NaN may or may not come through: softmax shows it by its sum.
Scalar largest(const Scalar* x, int columns) {
  Packet best = load_filled(x, smaller(columns, lanes), x[0]);
  int n = lanes;
  for (; n + lanes <= columns; n += lanes) best = Eigen::internal::pmax(best, load(x + n));
  if (n < columns) best = Eigen::internal::pmax(best, load_filled(x + n, columns - n, x[0]));
  return Eigen::internal::predux_max(best);
}

// y = e^(x − shift); returns the sum, lane by lane and then over the lanes in order.
Scalar exponentials(Scalar* y, const Scalar* x, int columns, Scalar shift) {
  const Packet minus = broadcast(shift);
  Packet sums = broadcast(Scalar(0));
  int n = 0;
  for (; n + lanes <= columns; n += lanes) {
    const Packet e = exponential(subtract(load(x + n), minus));
    sums = add(sums, e);
    store(y + n, e);
  }
  alignas(64) Scalar lane[lanes];
  Eigen::internal::pstore(lane, sums);
  if (n < columns) {
    const int rest = columns - n;
    store_part(y + n, exponential(subtract(load_filled(x + n, rest, shift), minus)), rest);
    for (int i = 0; i < rest; ++i) lane[i] += y[n + i];
  }
  Scalar sum = 0;
  for (int i = 0; i < lanes; ++i) sum += lane[i];
  return sum;
}

// V packets of columns, all rows: the sums stay in registers.
template <int V>
EIGEN_STRONG_INLINE void sum_packets(const Scalar* a, Index lda, int rows, Scalar* sums, bool accumulate) {
  Packet sum[V];
  for (int v = 0; v < V; ++v) sum[v] = accumulate ? load(sums + v * lanes) : broadcast(Scalar(0));
  for (int r = 0; r < rows; ++r, a += lda)
    for (int v = 0; v < V; ++v) sum[v] = add(sum[v], load(a + v * lanes));
  for (int v = 0; v < V; ++v) store(sums + v * lanes, sum[v]);
}

}  // namespace

double sum_of_squares(const Scalar* x, std::size_t size) {
  constexpr int running = 8;
  double sums[running] = {};
  std::size_t i = 0;
  for (; i + running <= size; i += running)
    for (int lane = 0; lane < running; ++lane) {
      const double value = x[i + lane];
      sums[lane] += value * value;
    }
  for (int lane = 0; i < size; ++i, ++lane) {
    const double value = x[i];
    sums[lane] += value * value;
  }
  double sum = 0;
  for (int lane = 0; lane < running; ++lane) sum += sums[lane];
  return sum;
}

void column_sums(const Scalar* a, std::ptrdiff_t lda, int rows, int columns, Scalar* sums, bool accumulate) {
  constexpr int block = 4;
  int n = 0;
  for (; n + block * lanes <= columns; n += block * lanes) sum_packets<block>(a + n, lda, rows, sums + n, accumulate);
  for (; n + lanes <= columns; n += lanes) sum_packets<1>(a + n, lda, rows, sums + n, accumulate);
  for (; n < columns; ++n) {
    Scalar sum = accumulate ? sums[n] : Scalar(0);
    for (int r = 0; r < rows; ++r) sum += a[r * lda + n];
    sums[n] = sum;
  }
}

void column_products(const Scalar* a, std::ptrdiff_t lda, const Scalar* b, std::ptrdiff_t ldb, int rows, int columns, Scalar* sums, bool accumulate) {
  for (int n = 0; n < columns; n += lanes) {
    const int count = smaller(lanes, columns - n);
    const auto take = [&](const Scalar* from) { return count == lanes ? load(from + n) : load_part(from + n, count); };
    Packet sum = accumulate ? take(sums) : broadcast(Scalar(0));
    for (int r = 0; r < rows; ++r) sum = multiply_add(take(a + r * lda), take(b + r * ldb), sum);
    if (count == lanes) store(sums + n, sum);
    else store_part(sums + n, sum, count);
  }
}

void add(Scalar* y, const Scalar* x, std::size_t size) {
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) store(y + i, add(load(y + i), load(x + i)));
  for (; i < size; ++i) y[i] += x[i];
}

void multiply(Scalar* y, const Scalar* x, const Scalar* z, std::size_t size) {
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) store(y + i, multiply(load(x + i), load(z + i)));
  for (; i < size; ++i) y[i] = x[i] * z[i];
}

void tanh(Scalar* y, const Scalar* x, std::size_t size) {
  map(y, x, size, [](const Packet& p) { return hyperbolic_tangent(p); });
}

void sigmoid(Scalar* y, const Scalar* x, std::size_t size) {
  map(y, x, size, [](const Packet& p) { return logistic(p); });
}

Scalar logarithm(Scalar* y, const Scalar* x, std::size_t size) {
  Packet smallest = broadcast(size > 0 ? x[0] : Scalar(1));
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const Packet p = load(x + i);
    smallest = Eigen::internal::pmin(smallest, p);
    store(y + i, Eigen::internal::plog(p));
  }
  if (i < size) {
    const int rest = static_cast<int>(size - i);
    const Packet p = load_filled(x + i, rest, x[i]);
    smallest = Eigen::internal::pmin(smallest, p);
    store_part(y + i, Eigen::internal::plog(p), rest);
  }
  return Eigen::internal::predux_min(smallest);
}

// The largest of a row is taken off first, so that no exponential overflows and at least one is 1.
void softmax(Scalar* y, const Scalar* x, std::ptrdiff_t ld, int rows, int columns, Scalar* log_sums) {
  if (columns == 0) return;
  for (int r = 0; r < rows; ++r, x += ld, y += ld) {
    const Scalar shift = largest(x, columns);
    const Scalar sum = exponentials(y, x, columns, shift);
    if (log_sums != nullptr) log_sums[r] = shift + static_cast<Scalar>(std::log(static_cast<double>(sum)));
    const Packet divisor = broadcast(sum);
    map(y, y, static_cast<std::size_t>(columns), [&](const Packet& p) { return divide(p, divisor); });
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

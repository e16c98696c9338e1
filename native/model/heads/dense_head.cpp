#include "model/heads/dense_head.h"

#include <algorithm>
#include <atomic>

#include "model/heads/output_activation.h"
#include "model/network/finite.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
void DenseHead<S>::forward(const HeadInput<S>& given, ThreadPool& pool) {
  input_ = given;
  const OutputRows<S>& rows = input_.rows;
  const std::size_t outputs = rows.outputs;
  y_.resize(rows.count * outputs);
  log_sums_.resize(rows.count);
  std::atomic<bool> finite{true};
  parallel(pool, rows.count, 4.0 * rows.outputs, [&](std::size_t begin, std::size_t end) {
    activate(input_.kind, rows.z + begin * outputs, static_cast<int>(end - begin), rows.outputs, y_.data() + begin * outputs, log_sums_.data() + begin);
    if (!input_.training && !this->finite(begin, end)) finite = false;
  });
  this->finite_ = finite;
}

// One number of a row that is NaN or +∞ makes the sum of its exponentials so.
template <class S>
bool DenseHead<S>::finite(std::size_t begin, std::size_t end) const {
  const std::size_t outputs = input_.rows.outputs;
  if (input_.kind == OutputKind::classes) return bptt::finite(log_sums_.data() + begin, end - begin);
  return bptt::finite(y_.data() + begin * outputs, (end - begin) * outputs);
}

template <class S>
Loss DenseHead<S>::loss(bool gradient, ThreadPool& pool) {
  const OutputRows<S>& rows = input_.rows;
  const std::vector<std::int32_t>& classes = input_.batch->classes;
  const bool of_classes = input_.kind == OutputKind::classes;
  Loss loss;
  loss.count = of_classes ? static_cast<int>(std::count_if(classes.begin(), classes.end(), [](std::int32_t c) { return c >= 0; })) : rows.count;
  losses_.resize(rows.count);
  parallel(pool, rows.count, 2.0 * rows.outputs, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) losses_[rows.place(r)] = row_loss(r, gradient);
  });
  for (double row : losses_) loss.sum += row;
  return loss;
}

template <class S>
double DenseHead<S>::row_loss(std::size_t row, bool gradient) {
  const OutputRows<S>& rows = input_.rows;
  const Batch<S>& batch = *input_.batch;
  const OutputKind kind = input_.kind;
  const std::size_t place = rows.place(row);
  S* z = rows.z + row * rows.outputs;
  const S* y = y_.data() + row * rows.outputs;
  if (kind == OutputKind::classes) {
    const std::int32_t target = batch.classes[place];
    const double loss = target < 0 ? 0 : class_loss(z, y, log_sums_[row], target);
    if (gradient) class_gradient(y, target, rows.outputs, z);
    return loss;
  }
  const S* target = batch.values.data() + place * rows.outputs;
  const double loss = kind == OutputKind::multihot ? multihot_loss(z, y, target, rows.outputs) : value_loss(y, target, rows.outputs);
  if (gradient) value_gradient(y, target, rows.outputs, z);
  return loss;
}

template class DenseHead<float>;
#ifdef BPTT_WITH_DOUBLE
template class DenseHead<double>;
#endif

}  // namespace bptt

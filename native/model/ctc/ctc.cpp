#include "model/ctc/ctc.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"

namespace bptt {

namespace {

template <class S>
constexpr S unreachable = AlignmentStep<S>::unreachable;

// ln(e^a + e^b)
double log_add(double a, double b) {
  const double largest = std::max(a, b);
  return largest + std::log(std::exp(a - largest) + std::exp(b - largest));
}

}  // namespace

int ctc_steps(const std::int32_t* labels, int count) {
  int steps = count;
  for (int u = 1; u < count; ++u) steps += labels[u] == labels[u - 1];
  return steps;
}

template <class S>
void CtcAlignment<S>::emissions(const CtcRows<S>& rows, const std::int32_t* labels, int t, bool reversed) {
  const S* z = rows.z_at(t);
  const S log_sum = rows.log_sums[rows.rows[t]];
  const S blank = z[ctc_blank] - log_sum;
  S* emission = emission_.data();
  for (int u = 0; u < count_; ++u) {
    emission[2 * u] = blank;
    emission[2 * u + 1] = z[labels[reversed ? count_ - 1 - u : u]] - log_sum;
  }
  emission[2 * count_] = blank;
}

template <class S>
void CtcAlignment<S>::skips(const std::int32_t* labels, bool reversed) {
  std::fill(skip_.begin(), skip_.end(), unreachable<S>);
  // A path begins one state before the first one, and may skip that one.
  if (count_ > 0) skip_[1] = 0;
  for (int u = 1; u < count_; ++u) {
    const int at = reversed ? count_ - u : u;
    if (labels[at] != labels[at - 1]) skip_[2 * u + 1] = 0;
  }
}

template <class S>
double CtcAlignment<S>::log_probability(const CtcRows<S>& rows, const std::int32_t* labels, int count) {
  const Kernels<S>& kernel = current_kernels<S>();
  count_ = count;
  states_ = 2 * count + 1;
  padded_ = (states_ + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
  lead_ = std::max(2, kernel.lanes);
  stride_ = lead_ + padded_;
  if (rows.steps == 0) return 0;
  alpha_.resize(checked_product({static_cast<std::size_t>(rows.steps) + 1, static_cast<std::size_t>(stride_)}));
  for (AlignedArray<S>* array : {&skip_, &emission_, &reached_, &gamma_}) array->resize(padded_);
  std::fill(emission_.begin(), emission_.end(), unreachable<S>);
  skips(labels, false);
  std::fill_n(alpha_.data(), stride_, unreachable<S>);
  row(alpha_, 0)[-1] = 0;
  AlignmentStep<S> step{};
  step.states = padded_;
  step.skip = skip_.data();
  step.emission = emission_.data();
  double taken_off = 0;
  for (int t = 0; t < rows.steps; ++t) {
    rows.stop->check();
    emissions(rows, labels, t, false);
    step.previous = row(alpha_, t);
    step.next = row(alpha_, t + 1);
    std::fill_n(step.next - lead_, lead_, unreachable<S>);
    taken_off += step.shift;
    step.shift = kernel.alignment_step(step);
  }
  const S* last = row(alpha_, rows.steps);
  return taken_off + (count == 0 ? static_cast<double>(last[0]) : log_add(last[states_ - 1], last[states_ - 2]));
}

template <class S>
void CtcAlignment<S>::gradient(const CtcRows<S>& rows, const std::int32_t* labels, int count, S* dz) {
  const Kernels<S>& kernel = current_kernels<S>();
  const int classes = rows.classes;
  beta_.resize(2 * static_cast<std::size_t>(stride_));
  std::fill(beta_.begin(), beta_.end(), unreachable<S>);
  std::fill(emission_.begin(), emission_.end(), unreachable<S>);
  skips(labels, true);
  row(beta_, rows.steps % 2)[-1] = 0;
  AlignmentStep<S> step{};
  step.states = padded_;
  step.skip = skip_.data();
  step.emission = emission_.data();
  step.reached = reached_.data();
  for (int t = rows.steps - 1; t >= 0; --t) {
    rows.stop->check();
    emissions(rows, labels, t, true);
    step.previous = row(beta_, (t + 1) % 2);
    step.next = row(beta_, t % 2);
    // Where the path stood before its first step is no state of the later ones.
    step.next[-1] = unreachable<S>;
    step.shift = kernel.alignment_step(step);
    const S* alpha = row(alpha_, t + 1);
    for (int s = 0; s < states_; ++s) gamma_[s] = alpha[s] + reached_[states_ - 1 - s];
    kernel.softmax(gamma_.data(), gamma_.data(), padded_, 1, states_, nullptr);
    S* d = dz + static_cast<std::size_t>(rows.rows[t]) * classes;
    const S* y = rows.y_at(t);
    std::copy_n(y, classes, d);
    S blanks = 0;
    for (int u = 0; u <= count; ++u) blanks += gamma_[2 * u];
    d[ctc_blank] -= blanks;
    for (int u = 0; u < count; ++u) d[labels[u]] -= gamma_[2 * u + 1];
  }
}

template class CtcAlignment<float>;
#ifdef BPTT_WITH_DOUBLE
template class CtcAlignment<double>;
#endif

}  // namespace bptt

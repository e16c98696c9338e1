#include "model/crf/crf.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/kernels.h"
#include "support/dot.h"
#include "support/parallel.h"

namespace bptt {

namespace {

// A sum of products of numbers ≤ 1 that is smaller may have lost some of them.
template <class S>
constexpr S safe = std::numeric_limits<S>::min() * S(1e10);

// ln Σ_i e^term(i)
template <class Term>
double log_sum_exp(int size, Term&& term) {
  double largest = term(0), sum = 0;
  for (int i = 1; i < size; ++i) largest = std::max<double>(largest, term(i));
  for (int i = 0; i < size; ++i) sum += std::exp(term(i) - largest);
  return largest + std::log(sum);
}

// sums = ln sums; those that are not safe are exact(n).
template <class S, class Exact>
void logarithms(S* sums, int size, Exact&& exact) {
  if (!(current_kernels<S>().logarithm(sums, sums, size) < safe<S>)) return;
  const S low = std::log(safe<S>);
  for (int n = 0; n < size; ++n)
    if (sums[n] < low) sums[n] = std::max(CrfTransitions<S>::unreachable, static_cast<S>(exact(n)));
}

}  // namespace

template <class S>
template <class Body>
void CrfSums<S>::each_block(ThreadPool& pool, Body&& body) {
  // As many sequences as a tile of the products has rows, or so.
  constexpr int block = 8;
  const int batch = layout_->active(0), blocks = (batch + block - 1) / block;
  const double cost = static_cast<double>(layout_->rows()) * labels_ * (20 + labels_ / current_kernels<S>().lanes);
  pool.run(blocks, [&](int b) { body(b * block, std::min(batch, (b + 1) * block)); }, cost > smallest_part);
}

template <class S>
void CrfSums<S>::forward(const CrfTransitions<S>& transitions, const SequenceLayout& layout, const S* z, ThreadPool& pool) {
  transitions_ = &transitions;
  layout_ = &layout;
  z_ = z;
  stop_ = &pool.stop();
  labels_ = transitions.labels();
  const std::size_t numbers = checked_product({static_cast<std::size_t>(layout.rows()), static_cast<std::size_t>(labels_)});
  alpha_.resize(numbers);
  u_.resize(numbers);
  alpha_sums_.resize(layout.rows());
  each_block(pool, [&](int begin, int end) { forward(begin, end); });
}

// α of a row is what is added to the normalisers of all rows before it, and to `largest` for each of them.
template <class S>
void CrfSums<S>::forward(int begin, int end) {
  const Kernels<S>& kernel = current_kernels<S>();
  const CrfTransitions<S>& a = *transitions_;
  for (int t = 0; t < layout_->length(begin); ++t) {
    stop_->check();
    const int rows = std::min(end, layout_->active(t)) - begin;
    const std::size_t first = row(t, begin);
    S* alpha = at(alpha_, first);
    if (t == 0) {
      for (int r = 0; r < rows; ++r) std::copy_n(a.scores() + static_cast<std::size_t>(labels_) * a.stride(), labels_, alpha + r * labels_);
    } else {
      const std::size_t before = row(t - 1, begin);
      a.forward(at(u_, before), rows, alpha);
      logarithms(alpha, rows * labels_, [&](int n) {
        const std::size_t from = before + n / labels_;
        const S* previous = at(alpha_, from);
        return log_sum_exp(labels_, [&](int i) { return static_cast<double>(previous[i]) + a.score(i, n % labels_); }) - alpha_sums_[from] - a.largest();
      });
    }
    kernel.add(alpha, z_ + first * labels_, static_cast<std::size_t>(rows) * labels_);
    kernel.softmax(at(u_, first), alpha, labels_, rows, labels_, alpha_sums_.data() + first);
  }
}

template <class S>
double CrfSums<S>::log_sum(int i) const {
  const int steps = layout_->length(i);
  if (steps == 0) return 0;
  double sum = 0;
  for (int t = 0; t + 1 < steps; ++t) sum += static_cast<double>(alpha_sums_[row(t, i)]) + transitions_->largest();
  const S* alpha = at(alpha_, row(steps - 1, i));
  return sum + log_sum_exp(labels_, [&](int n) { return static_cast<double>(alpha[n]) + transitions_->score(n, labels_); });
}

template <class S>
void CrfSums<S>::backward(S* marginals, ThreadPool& pool) {
  omega_.resize(alpha_.size());
  v_.resize(alpha_.size());
  shares_.resize(alpha_.size());
  omega_sums_.resize(alpha_sums_.size());
  exact_.assign(alpha_sums_.size(), 0);
  each_block(pool, [&](int begin, int end) { backward(begin, end, marginals); });
}

template <class S>
void CrfSums<S>::backward(int begin, int end, S* marginals) {
  const Kernels<S>& kernel = current_kernels<S>();
  const CrfTransitions<S>& a = *transitions_;
  for (int t = layout_->length(begin) - 1; t >= 0; --t) {
    stop_->check();
    const int rows = std::min(end, layout_->active(t)) - begin;
    const int further = std::max(0, std::min(end, layout_->active(t + 1)) - begin);  // sequences that go on
    const std::size_t first = row(t, begin), after = row(t + 1, begin);
    S* omega = at(omega_, first);
    if (further > 0) {
      a.backward(at(v_, after), further, omega);
      for (int r = 0; r < further; ++r) {
        const S* u = at(u_, first + r);
        S* share = at(shares_, after + r);
        const S sum = dot(u, omega + r * labels_, labels_);
        exact_[after + r] = sum < safe<S>;
        const S factor = sum < safe<S> ? S(0) : 1 / sum;
        for (int n = 0; n < labels_; ++n) share[n] = factor * u[n];
      }
      logarithms(omega, further * labels_, [&](int n) {
        const std::size_t to = after + n / labels_;
        const S* next = at(omega_, to);
        return log_sum_exp(labels_, [&](int j) { return static_cast<double>(next[j]) + a.score(n % labels_, j); }) - omega_sums_[to] - a.largest();
      });
    }
    for (int r = further; r < rows; ++r)
      for (int n = 0; n < labels_; ++n) omega[r * labels_ + n] = a.score(n, labels_);
    const std::size_t size = static_cast<std::size_t>(rows) * labels_;
    S* marginal = marginals + first * labels_;
    std::copy_n(omega, size, marginal);
    kernel.add(marginal, at(alpha_, first), size);
    kernel.softmax(marginal, marginal, labels_, rows, labels_, nullptr);
    kernel.add(omega, z_ + first * labels_, size);
    kernel.softmax(at(v_, first), omega, labels_, rows, labels_, omega_sums_.data() + first);
  }
}

template <class S>
void CrfSums<S>::transitions(const S* marginals, const std::uint8_t* counted, S* counts, ThreadPool& pool) {
  const SequenceLayout& layout = *layout_;
  const CrfTransitions<S>& a = *transitions_;
  const std::size_t width = static_cast<std::size_t>(labels_) + 1;
  const int begun = layout.active(0), followed = layout.rows() - begun;
  for (int t = 1; t < layout.steps(); ++t)
    for (int i = 0; i < layout.active(t); ++i)
      if (counted[i] == 0) std::fill_n(at(shares_, row(t, i)), labels_, S(0));
  pairs_.resize(static_cast<std::size_t>(labels_) * labels_);
  pairs_.zero();
  if (followed > 0) transposed_product(at(shares_, begun), labels_, at(v_, begun), labels_, followed, pairs_.data(), work_, pool);
  std::fill_n(counts, width * width, S(0));
  scale_pairs(counts, pool);
  for (int i = 0; i < begun; ++i) {
    if (counted[i] == 0) continue;
    const S* first = marginals + row(0, i) * labels_;
    const S* last = marginals + row(layout.length(i) - 1, i) * labels_;
    for (int n = 0; n < labels_; ++n) {
      if (a.allowed(labels_, n)) counts[labels_ * width + n] += first[n];
      if (a.allowed(n, labels_)) counts[n * width + labels_] += last[n];
    }
    for (int t = 1; t < layout.length(i); ++t) {
      stop_->check();
      if (exact_[row(t, i)] != 0) add_pairs(row(t - 1, i), row(t, i), counts);
    }
  }
}

// Several rows at a time, so that the factors are read as they lie.
template <class S>
void CrfSums<S>::scale_pairs(S* counts, ThreadPool& pool) const {
  constexpr std::size_t together = 64 / sizeof(S);
  const std::size_t labels = labels_, blocks = (labels + together - 1) / together;
  parallel(pool, blocks, static_cast<double>(together * labels), [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block)
      for (std::size_t to = 0; to < labels; ++to) {
        const S* factors = transitions_->factors_to(static_cast<int>(to));
        for (std::size_t from = block * together; from < std::min(labels, (block + 1) * together); ++from)
          counts[from * (labels + 1) + to] = factors[from] * pairs_[from * labels + to];
      }
  });
}

template <class S>
void CrfSums<S>::add_pairs(std::size_t before, std::size_t after, S* counts) const {
  const S *alpha = at(alpha_, before), *omega = at(omega_, after);
  const auto term = [&](int i, int j) { return static_cast<double>(alpha[i]) + transitions_->score(i, j) + omega[j]; };
  const double sum = log_sum_exp(labels_ * labels_, [&](int pair) { return term(pair / labels_, pair % labels_); });
  for (int i = 0; i < labels_; ++i)
    for (int j = 0; j < labels_; ++j) counts[static_cast<std::size_t>(i) * (labels_ + 1) + j] += static_cast<S>(std::exp(term(i, j) - sum));
}

template class CrfSums<float>;
#ifdef BPTT_WITH_DOUBLE
template class CrfSums<double>;
#endif

}  // namespace bptt

#include "model/heads/crf_head.h"

#include <algorithm>
#include <atomic>

#include "kernels/kernels.h"
#include "model/network/finite.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
void CrfHead<S>::forward(const HeadInput<S>& given, ThreadPool& pool) {
  input_ = given;
  labels_ = transitions().labels();
  summed_ = false;
  const OutputRows<S>& rows = input_.rows;
  y_.resize(static_cast<std::size_t>(rows.count) * rows.outputs);
  std::atomic<bool> finite{true};
  if (!input_.training)
    parallel(pool, rows.count, rows.outputs, [&](std::size_t begin, std::size_t end) {
      if (!this->finite(begin, end)) finite = false;
    });
  this->finite_ = finite;
}

template <class S>
bool CrfHead<S>::finite(std::size_t begin, std::size_t end) const {
  const std::size_t outputs = input_.rows.outputs;
  return within(input_.rows.z + begin * outputs, (end - begin) * outputs, largest_score<S>);
}

template <class S>
void CrfHead<S>::sum(ThreadPool& pool) {
  if (!summed_) all_.forward(transitions(), layout(), input_.rows.z, pool);
  summed_ = true;
}

template <class S>
typename CrfHead<S>::Target CrfHead<S>::judge(int i, const Stop& stop) {
  const int steps = layout().length(i);
  const std::int32_t* target = labels(i);
  const auto known = std::count_if(target, target + steps, [](std::int32_t label) { return label >= 0; });
  if (known == 0) return Target::unknown;
  if (!transitions().all_allowed() && !has_path(i, stop)) return Target::forbidden;
  return known == steps ? Target::known : Target::partly;
}

// Whether a path of allowed transitions leads through the known labels.
template <class S>
bool CrfHead<S>::has_path(int i, const Stop& stop) {
  const CrfTransitions<S>& a = transitions();
  const int steps = layout().length(i);
  const std::int32_t* target = labels(i);
  // As long as labels are known, one after the other; `last` −1: any of those in reached_.
  std::int32_t last = labels_;
  const auto leads_to = [&](int label) {
    if (last >= 0) return a.allowed(last, label);
    for (int from = 0; from < labels_; ++from)
      if (reached_[from] != 0 && a.allowed(from, label)) return true;
    return false;
  };
  for (int t = 0; t < steps; ++t) {
    stop.check();
    if (target[t] >= 0) {
      if (!leads_to(target[t])) return false;
    } else {
      reachable_.assign(labels_, 0);
      for (int label = 0; label < labels_; ++label) reachable_[label] = leads_to(label);
      reached_.swap(reachable_);
    }
    last = target[t];
  }
  return leads_to(labels_);
}

template <class S>
double CrfHead<S>::score(int i) const {
  const int steps = layout().length(i);
  const std::int32_t* target = labels(i);
  double sum = transitions().score(labels_, target[0]);
  for (int t = 0; t < steps; ++t) {
    sum += input_.rows.z[row(t, i) * labels_ + target[t]];
    sum += transitions().score(target[t], t + 1 < steps ? target[t + 1] : labels_);
  }
  return sum;
}

// The sequences with unknown labels as a batch of their own, in which known steps have but one label.
template <class S>
void CrfHead<S>::sum_partly_known(ThreadPool& pool) {
  std::vector<std::int32_t> lengths;
  for (int i : partly_) lengths.push_back(layout().length(i));
  partly_layout_.emplace(lengths.front(), lengths.data(), static_cast<int>(lengths.size()));
  partly_z_.resize(static_cast<std::size_t>(partly_layout_->rows()) * labels_);
  for (std::size_t p = 0; p < partly_.size(); ++p)
    for (int t = 0; t < lengths[p]; ++t) {
      pool.stop().check();
      // Positions are sorted by length, and stay so.
      S* z = partly_z_.data() + (static_cast<std::size_t>(partly_layout_->offset(t)) + p) * labels_;
      const std::int32_t label = labels(partly_[p])[t];
      std::copy_n(input_.rows.z + row(t, partly_[p]) * labels_, labels_, z);
      for (int n = 0; n < labels_; ++n)
        if (label >= 0 && n != label) z[n] = CrfTransitions<S>::unreachable;
    }
  known_.forward(transitions(), *partly_layout_, partly_z_.data(), pool);
}

template <class S>
Loss CrfHead<S>::loss(bool gradient, ThreadPool& pool) {
  const SequenceLayout& layout = this->layout();
  sum(pool);
  Loss loss;
  targets_.assign(layout.batch(), Target::unknown);
  counted_.assign(layout.batch(), 0);
  partly_.clear();
  for (int i = 0; i < layout.active(0); ++i) {
    targets_[i] = judge(i, pool.stop());
    counted_[i] = targets_[i] == Target::known || targets_[i] == Target::partly;
    loss.infeasible += targets_[i] == Target::forbidden;
    if (targets_[i] == Target::partly) partly_.push_back(i);
    if (counted_[i] != 0) loss.count += static_cast<int>(std::count_if(labels(i), labels(i) + layout.length(i), [](std::int32_t label) { return label >= 0; }));
  }
  if (!partly_.empty()) sum_partly_known(pool);
  std::vector<double> losses(layout.batch(), 0);
  int partly = 0;
  for (int i = 0; i < layout.active(0); ++i) {
    if (counted_[i] == 0) continue;
    const double known = targets_[i] == Target::known ? score(i) : known_.log_sum(partly++);
    const double difference = all_.log_sum(i) - known;
    // What is below 0 is rounding; a NaN has to stay one.
    losses[layout.sequence(i)] = difference < 0 ? 0 : difference;
  }
  for (double sequence : losses) loss.sum += sequence;
  if (gradient) backward(pool);
  return loss;
}

template <class S>
void CrfHead<S>::backward(ThreadPool& pool) {
  all_.backward(y_.data(), pool);
  if (!partly_.empty()) {
    partly_marginals_.resize(partly_z_.size());
    known_.backward(partly_marginals_.data(), pool);
  }
  count_transitions(pool);
  const SequenceLayout& layout = this->layout();
  const double cost = static_cast<double>(layout.rows()) * labels_ / std::max(1, layout.batch());
  parallel(pool, layout.batch(), cost, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) result_gradient(static_cast<int>(i));
  });
}

template <class S>
void CrfHead<S>::count_transitions(ThreadPool& pool) {
  const SequenceLayout& layout = this->layout();
  const std::size_t width = static_cast<std::size_t>(labels_) + 1;
  counts_.resize(width * width);
  all_.transitions(y_.data(), counted_.data(), counts_.data(), pool);
  if (!partly_.empty()) {
    const std::vector<std::uint8_t> counted(partly_.size(), 1);
    partly_counts_.resize(width * width);
    known_.transitions(partly_marginals_.data(), counted.data(), partly_counts_.data(), pool);
    for (std::size_t n = 0; n < counts_.size(); ++n) counts_[n] -= partly_counts_[n];
  }
  for (int i = 0; i < layout.active(0); ++i) {
    if (targets_[i] != Target::known) continue;
    std::int32_t before = labels_;
    for (int t = 0; t < layout.length(i); before = labels(i)[t++]) counts_[before * width + labels(i)[t]] -= 1;
    counts_[before * width + labels_] -= 1;
  }
}

template <class S>
void CrfHead<S>::result_gradient(int i) {
  const auto partly = std::lower_bound(partly_.begin(), partly_.end(), i) - partly_.begin();
  for (int t = 0; t < layout().length(i); ++t) {
    S* dz = input_.rows.z + row(t, i) * labels_;
    const S* y = y_.data() + row(t, i) * labels_;
    if (counted_[i] == 0) {
      std::fill_n(dz, labels_, S(0));
    } else if (targets_[i] == Target::partly) {
      const S* known = partly_marginals_.data() + (static_cast<std::size_t>(partly_layout_->offset(t)) + partly) * labels_;
      for (int n = 0; n < labels_; ++n) dz[n] = y[n] - known[n];
    } else {
      std::copy_n(y, labels_, dz);
      dz[labels(i)[t]] -= 1;
    }
  }
}

template <class S>
void CrfHead<S>::write_gradient(const ParameterArena& arena, S* dense) const {
  std::copy_n(counts_.data(), counts_.size(), arena.at(dense, ParameterEntry::crf_transitions));
}

template <class S>
void CrfHead<S>::marginals(ThreadPool& pool) {
  sum(pool);
  all_.backward(y_.data(), pool);
}

template <class S>
void CrfHead<S>::best_paths(std::int32_t* labels, ThreadPool& pool) {
  const SequenceLayout& layout = this->layout();
  const double cost = static_cast<double>(layout.rows()) * labels_ * (4 + labels_ / current_kernels<S>().lanes);
  paths_.resize(pool.threads());
  each_by_workers(pool, layout.active(0), cost, [&](int i, int worker) {
    std::int32_t* found = labels + input_.order->start(layout.sequence(i));
    paths_[worker].find(transitions(), layout.length(i), [&](int t) { pool.stop().check(); return input_.rows.z + row(t, i) * labels_; }, [&](int t) -> std::int32_t& { return found[t]; });
  });
}

template class CrfHead<float>;
#ifdef BPTT_WITH_DOUBLE
template class CrfHead<double>;
#endif

}  // namespace bptt

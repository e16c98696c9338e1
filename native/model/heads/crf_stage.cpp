#include "model/heads/crf_stage.h"

#include <algorithm>

#include "kernels/kernels.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
void CrfStage<S>::begin(const CrfTransitions<S>& transitions, const BatchOrder& order, const Batch<S>& batch, S* z) {
  transitions_ = &transitions;
  order_ = &order;
  batch_ = &batch;
  z_ = z;
  labels_ = transitions.labels();
  summed_ = false;
}

template <class S>
void CrfStage<S>::sum(ThreadPool& pool) {
  if (!summed_) all_.forward(*transitions_, order_->layout(), z_, pool);
  summed_ = true;
}

template <class S>
typename CrfStage<S>::Target CrfStage<S>::judge(int i, const Stop& stop) {
  const int steps = order_->layout().length(i);
  const std::int32_t* target = labels(i);
  const auto known = std::count_if(target, target + steps, [](std::int32_t label) { return label >= 0; });
  if (known == 0) return Target::unknown;
  if (!transitions_->all_allowed() && !has_path(i, stop)) return Target::forbidden;
  return known == steps ? Target::known : Target::partly;
}

// Whether a path of allowed transitions leads through the known labels.
template <class S>
bool CrfStage<S>::has_path(int i, const Stop& stop) {
  const CrfTransitions<S>& a = *transitions_;
  const int steps = order_->layout().length(i);
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
double CrfStage<S>::score(int i) const {
  const int steps = order_->layout().length(i);
  const std::int32_t* target = labels(i);
  double sum = transitions_->score(labels_, target[0]);
  for (int t = 0; t < steps; ++t) {
    sum += z_[row(t, i) * labels_ + target[t]];
    sum += transitions_->score(target[t], t + 1 < steps ? target[t + 1] : labels_);
  }
  return sum;
}

// The sequences with unknown labels as a batch of their own, in which known steps have but one label.
template <class S>
void CrfStage<S>::sum_partly_known(ThreadPool& pool) {
  std::vector<std::int32_t> lengths;
  for (int i : partly_) lengths.push_back(order_->layout().length(i));
  partly_layout_.emplace(lengths.front(), lengths.data(), static_cast<int>(lengths.size()));
  partly_z_.resize(static_cast<std::size_t>(partly_layout_->rows()) * labels_);
  for (std::size_t p = 0; p < partly_.size(); ++p)
    for (int t = 0; t < lengths[p]; ++t) {
      pool.stop().check();
      // Positions are sorted by length, and stay so.
      S* z = partly_z_.data() + (static_cast<std::size_t>(partly_layout_->offset(t)) + p) * labels_;
      const std::int32_t label = labels(partly_[p])[t];
      std::copy_n(z_ + row(t, partly_[p]) * labels_, labels_, z);
      for (int n = 0; n < labels_; ++n)
        if (label >= 0 && n != label) z[n] = CrfTransitions<S>::unreachable;
    }
  known_.forward(*transitions_, *partly_layout_, partly_z_.data(), pool);
}

template <class S>
Loss CrfStage<S>::loss(ThreadPool& pool) {
  const SequenceLayout& layout = order_->layout();
  sum(pool);
  Loss loss;
  targets_.assign(layout.batch(), Target::unknown);
  counted_.assign(layout.batch(), 0);
  partly_.clear();
  for (int i = 0; i < layout.active(0); ++i) {
    targets_[i] = judge(i, pool.stop());
    counted_[i] = targets_[i] == Target::known || targets_[i] == Target::partly;
    loss.impossible += targets_[i] == Target::forbidden;
    if (targets_[i] == Target::partly) partly_.push_back(i);
    if (counted_[i] != 0) loss.count += static_cast<int>(std::count_if(labels(i), labels(i) + layout.length(i), [](std::int32_t label) { return label >= 0; }));
  }
  if (!partly_.empty()) sum_partly_known(pool);
  share_ = static_cast<S>(1.0 / std::max(1, loss.count));
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
  return loss;
}

template <class S>
void CrfStage<S>::backward(S* work, ThreadPool& pool) {
  all_.backward(work, pool);
  if (!partly_.empty()) {
    partly_marginals_.resize(partly_z_.size());
    known_.backward(partly_marginals_.data(), pool);
  }
  count_transitions(work, pool);
  const SequenceLayout& layout = order_->layout();
  const double cost = static_cast<double>(layout.rows()) * labels_ / std::max(1, layout.batch());
  parallel(pool, layout.batch(), cost, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) result_gradient(static_cast<int>(i), work);
  });
}

template <class S>
void CrfStage<S>::count_transitions(const S* marginals, ThreadPool& pool) {
  const SequenceLayout& layout = order_->layout();
  const std::size_t width = static_cast<std::size_t>(labels_) + 1;
  counts_.resize(width * width);
  all_.transitions(marginals, counted_.data(), counts_.data(), pool);
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
void CrfStage<S>::result_gradient(int i, const S* marginals) {
  const auto partly = std::lower_bound(partly_.begin(), partly_.end(), i) - partly_.begin();
  const S share = counted_[i] != 0 ? share_ : S(0);
  for (int t = 0; t < order_->layout().length(i); ++t) {
    S* dz = z_ + row(t, i) * labels_;
    const S* y = marginals + row(t, i) * labels_;
    if (targets_[i] == Target::partly) {
      const S* known = partly_marginals_.data() + (static_cast<std::size_t>(partly_layout_->offset(t)) + partly) * labels_;
      for (int n = 0; n < labels_; ++n) dz[n] = share * (y[n] - known[n]);
    } else {
      for (int n = 0; n < labels_; ++n) dz[n] = share * y[n];
      if (targets_[i] == Target::known) dz[labels(i)[t]] = share * (y[labels(i)[t]] - 1);
    }
  }
}

template <class S>
void CrfStage<S>::write_gradient(S* d_transitions) const {
  for (std::size_t n = 0; n < counts_.size(); ++n) d_transitions[n] = share_ * counts_[n];
}

template <class S>
void CrfStage<S>::marginals(S* y, ThreadPool& pool) {
  sum(pool);
  all_.backward(y, pool);
}

template <class S>
void CrfStage<S>::best_paths(std::int32_t* labels, ThreadPool& pool) {
  const SequenceLayout& layout = order_->layout();
  const double cost = static_cast<double>(layout.rows()) * labels_ * (4 + labels_ / current_kernels<S>().lanes);
  paths_.resize(pool.threads());
  each_by_workers(pool, layout.active(0), cost, [&](int i, int worker) {
    std::int32_t* found = labels + order_->start(layout.sequence(i));
    paths_[worker].find(*transitions_, layout.length(i), [&](int t) { pool.stop().check(); return z_ + row(t, i) * labels_; }, [&](int t) -> std::int32_t& { return found[t]; });
  });
}

template class CrfStage<float>;
#ifdef BPTT_WITH_DOUBLE
template class CrfStage<double>;
#endif

}  // namespace bptt

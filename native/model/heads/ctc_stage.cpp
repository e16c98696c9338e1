#include "model/heads/ctc_stage.h"

#include <algorithm>

#include "support/parallel.h"

namespace bptt {

namespace {

// What becomes of the labels of a sequence.
enum class Aligned : std::uint8_t { counted, impossible, unknown };

Aligned aligned(const std::int32_t* labels, int count, int steps) {
  if (std::any_of(labels, labels + count, [](std::int32_t label) { return label < 0; })) return Aligned::unknown;
  return ctc_steps(labels, count) <= steps ? Aligned::counted : Aligned::impossible;
}

}  // namespace

template <class S>
void CtcStage<S>::forward(const CtcRows<S>& all, const std::int32_t* places, const Batch<S>& batch) {
  all_ = all;
  batch_ = &batch;
  const std::size_t sequences = batch.lengths.size();
  starts_.resize(sequences);
  std::int32_t steps = 0;
  for (std::size_t b = 0; b < sequences; ++b) {
    starts_[b] = steps;
    steps += batch.lengths[b];
  }
  row_of_.resize(steps);
  for (std::int32_t r = 0; r < steps; ++r) row_of_[places[r]] = r;
}

template <class S>
CtcRows<S> CtcStage<S>::sequence(std::size_t b) const {
  CtcRows<S> rows = all_;
  rows.rows = row_of_.data() + starts_[b];
  rows.steps = batch_->lengths[b];
  return rows;
}

template <class S>
template <class Body>
void CtcStage<S>::each(double cost, ThreadPool& pool, Body&& body) {
  each_by_workers(pool, static_cast<int>(batch_->lengths.size()), cost * static_cast<double>(row_of_.size()), body);
}

template <class S>
Loss CtcStage<S>::loss(bool gradient, S* dz, ThreadPool& pool) {
  const std::size_t sequences = batch_->lengths.size();
  std::vector<Aligned> state(sequences);
  target_starts_.resize(sequences);
  losses_.assign(sequences, 0);
  Loss loss;
  std::int32_t labels = 0;
  for (std::size_t b = 0; b < sequences; ++b) {
    target_starts_[b] = labels;
    state[b] = aligned(batch_->classes.data() + labels, batch_->target_lengths[b], batch_->lengths[b]);
    labels += batch_->target_lengths[b];
    loss.count += state[b] == Aligned::counted;
    loss.impossible += state[b] == Aligned::impossible;
  }
  const S share = static_cast<S>(1.0 / std::max(1, loss.count));
  alignments_.resize(pool.threads());
  each(2000, pool, [&](int b, int worker) {
    const CtcRows<S> rows = sequence(b);
    const std::int32_t* target = batch_->classes.data() + target_starts_[b];
    const int count = batch_->target_lengths[b];
    if (state[b] == Aligned::counted) {
      losses_[b] = -alignments_[worker].log_probability(rows, target, count);
      if (gradient) alignments_[worker].gradient(rows, target, count, share, dz);
    } else if (gradient) {
      for (int t = 0; t < rows.steps; ++t) std::fill_n(dz + static_cast<std::size_t>(rows.rows[t]) * rows.classes, rows.classes, S(0));
    }
  });
  for (double sequence : losses_) loss.sum += sequence;
  return loss;
}

template <class S>
Decoding<S> CtcStage<S>::decode(const DecodingOptions& options, ThreadPool& pool) {
  std::vector<std::vector<Labelling>> found(batch_->lengths.size());
  searches_.resize(pool.threads());
  each(options.beam * (500.0 + all_.classes), pool, [&](int b, int worker) { found[b] = searches_[worker].search(sequence(b), options.beam, options.best); });
  Decoding<S> decoding;
  for (const std::vector<Labelling>& labellings : found) {
    decoding.counts.push_back(static_cast<std::int32_t>(labellings.size()));
    for (const Labelling& labelling : labellings) {
      decoding.lengths.push_back(static_cast<std::int32_t>(labelling.labels.size()));
      decoding.symbols.insert(decoding.symbols.end(), labelling.labels.begin(), labelling.labels.end());
      decoding.scores.push_back(labelling.log_probability);
      decoding.ended.push_back(1);
    }
  }
  return decoding;
}

template class CtcStage<float>;
#ifdef BPTT_WITH_DOUBLE
template class CtcStage<double>;
#endif

}  // namespace bptt

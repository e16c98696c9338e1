#include "model/heads/ctc_head.h"

#include <algorithm>

#include "model/network/finite.h"
#include "support/parallel.h"

namespace bptt {

namespace {

// What becomes of the labels of a sequence.
enum class Aligned : std::uint8_t { counted, infeasible, unknown };

Aligned aligned(const std::int32_t* labels, int count, int steps) {
  if (std::any_of(labels, labels + count, [](std::int32_t label) { return label < 0; })) return Aligned::unknown;
  return ctc_steps(labels, count) <= steps ? Aligned::counted : Aligned::infeasible;
}

}  // namespace

template <class S>
void CtcHead<S>::forward(const HeadInput<S>& given, ThreadPool& pool) {
  DenseHead<S>::forward(given, pool);
  const Batch<S>& batch = *input_.batch;
  const std::size_t sequences = batch.lengths.size();
  starts_.resize(sequences);
  std::int32_t steps = 0;
  for (std::size_t b = 0; b < sequences; ++b) {
    starts_[b] = steps;
    steps += batch.lengths[b];
  }
  row_of_.resize(steps);
  for (std::int32_t r = 0; r < steps; ++r) row_of_[input_.rows.place(r)] = r;
}

// Sums over paths are made of z.
template <class S>
bool CtcHead<S>::finite(std::size_t begin, std::size_t end) const {
  const std::size_t outputs = input_.rows.outputs;
  return within(input_.rows.z + begin * outputs, (end - begin) * outputs, largest_score<S>);
}

template <class S>
CtcRows<S> CtcHead<S>::sequence(std::size_t b, const Stop& stop) const {
  CtcRows<S> rows;
  rows.z = input_.rows.z;
  rows.y = y_.data();
  rows.log_sums = log_sums_.data();
  rows.rows = row_of_.data() + starts_[b];
  rows.steps = input_.batch->lengths[b];
  rows.classes = input_.rows.outputs;
  rows.stop = &stop;
  return rows;
}

template <class S>
template <class Body>
void CtcHead<S>::each(double cost, ThreadPool& pool, Body&& body) {
  each_by_workers(pool, static_cast<int>(input_.batch->lengths.size()), cost * static_cast<double>(row_of_.size()), body);
}

template <class S>
Loss CtcHead<S>::loss(bool gradient, ThreadPool& pool) {
  const Batch<S>& batch = *input_.batch;
  S* dz = input_.rows.z;
  const std::size_t sequences = batch.lengths.size();
  std::vector<Aligned> state(sequences);
  target_starts_.resize(sequences);
  losses_.assign(sequences, 0);
  Loss loss;
  std::int32_t labels = 0;
  for (std::size_t b = 0; b < sequences; ++b) {
    target_starts_[b] = labels;
    state[b] = aligned(batch.classes.data() + labels, batch.target_lengths[b], batch.lengths[b]);
    labels += batch.target_lengths[b];
    loss.count += state[b] == Aligned::counted;
    loss.infeasible += state[b] == Aligned::infeasible;
  }
  alignments_.resize(pool.threads());
  each(2000, pool, [&](int b, int worker) {
    const CtcRows<S> rows = sequence(b, pool.stop());
    const std::int32_t* target = batch.classes.data() + target_starts_[b];
    const int count = batch.target_lengths[b];
    if (state[b] == Aligned::counted) {
      losses_[b] = -alignments_[worker].log_probability(rows, target, count);
      if (gradient) alignments_[worker].gradient(rows, target, count, dz);
    } else if (gradient) {
      for (int t = 0; t < rows.steps; ++t) std::fill_n(dz + static_cast<std::size_t>(rows.rows[t]) * rows.classes, rows.classes, S(0));
    }
  });
  for (double sequence : losses_) loss.sum += sequence;
  return loss;
}

template <class S>
Decoding<S> CtcHead<S>::decode(const DecodingOptions& options, ThreadPool& pool) {
  std::vector<std::vector<Labelling>> found(input_.batch->lengths.size());
  searches_.resize(pool.threads());
  each(options.beam * (500.0 + input_.rows.outputs), pool, [&](int b, int worker) { found[b] = searches_[worker].search(sequence(b, pool.stop()), options.beam, options.best); });
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

template class CtcHead<float>;
#ifdef BPTT_WITH_DOUBLE
template class CtcHead<double>;
#endif

}  // namespace bptt

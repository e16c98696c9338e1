#include "model/decoder/beam_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/decoder/largest.h"
#include "model/heads/loss.h"
#include "model/network/finite.h"
#include "support/error.h"

namespace bptt {

namespace {

constexpr std::int32_t boundary = 0, unknown = 1;

}  // namespace

template <class S>
BeamSearch<S>::BeamSearch(const DecodingOptions& options, int outputs) : options_(options), outputs_(outputs), kept_(options.limits.size()) {
  for (std::size_t b = 0; b < kept_.size(); ++b) {
    if (options.limits[b] <= 0) {
      kept_[b].push_back({0, -1, false});
      continue;
    }
    rows_.push_back({-1, 0});
    symbols_.push_back(boundary);
    sentences_.push_back(static_cast<std::int32_t>(b));
    parents_.push_back(static_cast<std::int32_t>(b));
  }
}

template <class S>
double BeamSearch<S>::penalty(int steps) const {
  return options_.length_penalty == 0 ? 1 : std::pow((5.0 + steps) / 6, options_.length_penalty);
}

// The K best continuations of rows begin … end − 1, the hypotheses of one sentence, best first.
template <class S>
void BeamSearch<S>::find_candidates(const S* z, const S* y, const S* log_sums, int begin, int end) {
  const std::size_t most = options_.beam;
  candidates_.clear();
  for (int row = begin; row < end; ++row) {
    const S* logits = z + static_cast<std::size_t>(row) * outputs_;
    const S* shares = y + static_cast<std::size_t>(row) * outputs_;
    // One that is not a number makes the whole row so.
    if (!std::isfinite(shares[0])) throw NotFinite(sentences_[row], step_ - 1);
    // What cannot come among the best is passed over at once; a little room for rounding.
    S bar = -std::numeric_limits<S>::infinity();
    if (candidates_.size() == most) {
      const double least = candidates_.back().score - rows_[row].score + static_cast<double>(log_sums[row]);
      bar = static_cast<S>(least - 1e-4 * (1 + std::abs(least)));
    }
    largest(logits, outputs_, options_.beam, bar, unknown, best_);
    for (std::int32_t symbol : best_)
      candidates_.push_back({rows_[row].score - class_loss(logits, shares, log_sums[row], symbol), row, symbol});
    if (candidates_.size() > most) {
      std::nth_element(candidates_.begin(), candidates_.begin() + most - 1, candidates_.end());
      candidates_.resize(most);
    }
  }
  // Every symbol that may follow has fallen to −∞.
  if (candidates_.empty()) throw NotFinite(sentences_[begin], step_ - 1);
  std::sort(candidates_.begin(), candidates_.end());
}

template <class S>
void BeamSearch<S>::keep(std::int32_t sentence, const Kept& found) {
  std::vector<Kept>& kept = kept_[sentence];
  const auto better = [](const Kept& a, const Kept& b) { return a.ended != b.ended ? a.ended : a.score > b.score; };
  kept.insert(std::upper_bound(kept.begin(), kept.end(), found, better), found);
  if (kept.size() > static_cast<std::size_t>(options_.best)) kept.pop_back();
}

// Whether a hypothesis of that probability can still come before the last one that is kept: p does not grow, and the penalty
// lies between those of the next step and of the last one.
template <class S>
bool BeamSearch<S>::can_improve(std::int32_t sentence, double score) const {
  const std::vector<Kept>& kept = kept_[sentence];
  if (kept.size() < static_cast<std::size_t>(options_.best)) return true;
  return std::max(score / penalty(step_ + 1), score / penalty(options_.limits[sentence])) > kept.back().score;
}

template <class S>
void BeamSearch<S>::advance(const S* z, const S* y, const S* log_sums, const Attention* attention) {
  ++step_;
  std::vector<std::int32_t> sentences;
  next_.clear();
  symbols_.clear();
  parents_.clear();
  for (int begin = 0, end = 0; begin < rows(); begin = end) {
    const std::int32_t sentence = sentences_[begin];
    while (end < rows() && sentences_[end] == sentence) ++end;
    find_candidates(z, y, log_sums, begin, end);
    const std::size_t first = next_.size();
    const bool last_step = step_ >= options_.limits[sentence];
    for (const Candidate& candidate : candidates_) {
      const std::int32_t parent = rows_[candidate.row].node;
      if (candidate.symbol == boundary) {
        keep(sentence, {candidate.score / penalty(step_), parent, true});
        continue;
      }
      const std::int32_t node = static_cast<std::int32_t>(nodes_.size());
      nodes_.push_back({parent, candidate.symbol, attention_.size(), 0});
      if (attention != nullptr) {
        nodes_.back().size = attention->sizes[sentence];
        attention_.insert(attention_.end(), attention->rows[candidate.row], attention->rows[candidate.row] + attention->sizes[sentence]);
      }
      if (last_step) {
        keep(sentence, {candidate.score / penalty(step_), node, false});
        continue;
      }
      next_.push_back({node, candidate.score});
      symbols_.push_back(candidate.symbol);
      parents_.push_back(candidate.row);
      sentences.push_back(sentence);
    }
    // The first has the largest probability of those that are followed.
    if (next_.size() > first && !can_improve(sentence, next_[first].score)) {
      next_.resize(first);
      symbols_.resize(first);
      parents_.resize(first);
      sentences.resize(first);
    }
  }
  rows_.swap(next_);
  sentences_.swap(sentences);
}

template <class S>
Decoding<S> BeamSearch<S>::result() const {
  Decoding<S> decoding;
  std::vector<std::int32_t> path;
  for (const std::vector<Kept>& kept : kept_) {
    decoding.counts.push_back(static_cast<std::int32_t>(kept.size()));
    for (const Kept& found : kept) {
      path.clear();
      for (std::int32_t node = found.node; node >= 0; node = nodes_[node].parent) path.push_back(node);
      decoding.lengths.push_back(static_cast<std::int32_t>(path.size()));
      decoding.scores.push_back(found.score);
      decoding.ended.push_back(found.ended ? 1 : 0);
      for (auto node = path.rbegin(); node != path.rend(); ++node) {
        const Node& step = nodes_[*node];
        decoding.symbols.push_back(step.symbol);
        decoding.attention.insert(decoding.attention.end(), attention_.begin() + step.attention, attention_.begin() + step.attention + step.size);
      }
    }
  }
  return decoding;
}

template class BeamSearch<float>;
#ifdef BPTT_WITH_DOUBLE
template class BeamSearch<double>;
#endif

}  // namespace bptt

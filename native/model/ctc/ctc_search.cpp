#include "model/ctc/ctc_search.h"

#include <algorithm>
#include <cmath>

namespace bptt {

namespace {

constexpr int root = 0;

template <class S>
std::int32_t most_probable(const S* y, int classes) {
  return static_cast<std::int32_t>(std::max_element(y, y + classes) - y);
}

}  // namespace

template <class S>
std::vector<Labelling> CtcSearch<S>::search(const CtcRows<S>& rows, int beam, int best) {
  std::vector<Labelling> found;
  if (beam <= 1) found.push_back({best_path(rows), 0});
  else found = prefixes(rows, beam);
  for (Labelling& labelling : found)
    labelling.log_probability = alignment_.log_probability(rows, labelling.labels.data(), static_cast<int>(labelling.labels.size()));
  std::stable_sort(found.begin(), found.end(), [](const Labelling& a, const Labelling& b) { return a.log_probability > b.log_probability; });
  if (static_cast<int>(found.size()) > best) found.resize(best);
  return found;
}

template <class S>
std::vector<Labelling> CtcSearch<S>::prefixes(const CtcRows<S>& rows, int beam) {
  begin();
  for (int t = 0; t < rows.steps; ++t) {
    rows.stop->check();
    advance(rows.y_at(t), rows.classes, beam);
  }
  std::vector<Labelling> found;
  for (const Entry& entry : beam_) found.push_back({labels_of(entry.prefix), std::log(entry.total())});
  return found;
}

template <class S>
std::vector<std::int32_t> CtcSearch<S>::best_path(const CtcRows<S>& rows) const {
  std::vector<std::int32_t> labels;
  std::int32_t before = ctc_blank;
  for (int t = 0; t < rows.steps; ++t) {
    rows.stop->check();
    const std::int32_t label = most_probable(rows.y_at(t), rows.classes);
    if (label != ctc_blank && label != before) labels.push_back(label);
    before = label;
  }
  return labels;
}

template <class S>
void CtcSearch<S>::begin() {
  prefixes_.assign(1, Prefix{-1, ctc_blank, 0});
  numbers_.clear();
  beam_.assign(1, Entry{root, 1, 0});
}

template <class S>
void CtcSearch<S>::advance(const S* y, int classes, int beam) {
  candidates_.clear();
  stay_ = beam_;
  std::int64_t order = 0;
  for (Entry& entry : stay_) {
    const Prefix& prefix = prefixes_[entry.prefix];
    const Entry& before = beam_[order];
    entry.blank = before.total() * y[ctc_blank];
    entry.label = entry.prefix == root ? 0 : before.label * y[prefix.label];
    // Extensions that lead to a prefix of the beam are paths of that one.
    const int from = entry.prefix == root ? -1 : prefixes_[prefix.parent].place;
    if (from >= 0) {
      const Entry& shorter = beam_[from];
      entry.label += y[prefix.label] * (prefixes_[shorter.prefix].label == prefix.label ? shorter.blank : shorter.total());
    }
    offer({entry.total(), order, static_cast<int>(order), ctc_blank}, beam);
    ++order;
  }
  for (int from = 0; from < static_cast<int>(beam_.size()); ++from) {
    const Entry& entry = beam_[from];
    const std::int32_t last = prefixes_[entry.prefix].label;
    for (std::int32_t label = ctc_blank + 1; label < classes; ++label, ++order) {
      const double probability = y[label] * (label == last ? entry.blank : entry.total());
      const bool wanted = static_cast<int>(candidates_.size()) < beam ? probability > 0 : probability > candidates_.front().probability;
      if (wanted && !in_beam(entry.prefix, label)) offer({probability, order, from, label}, beam);
    }
  }
  // Only a row that is no distribution leads nowhere.
  if (candidates_.empty()) return;
  std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) { return b.worse_than(a); });
  const double best = candidates_.front().probability;
  next_.clear();
  for (const Candidate& candidate : candidates_) {
    if (candidate.label == ctc_blank) {
      const Entry& entry = stay_[candidate.from];
      next_.push_back({entry.prefix, entry.blank / best, entry.label / best});
    } else {
      next_.push_back({find_or_add(beam_[candidate.from].prefix, candidate.label), 0, candidate.probability / best});
    }
  }
  for (const Entry& entry : beam_) prefixes_[entry.prefix].place = -1;
  for (std::size_t place = 0; place < next_.size(); ++place) prefixes_[next_[place].prefix].place = static_cast<int>(place);
  beam_.swap(next_);
}

template <class S>
void CtcSearch<S>::offer(const Candidate& candidate, int beam) {
  const auto better = [](const Candidate& a, const Candidate& b) { return b.worse_than(a); };
  if (!(candidate.probability > 0)) return;
  if (static_cast<int>(candidates_.size()) == beam) {
    if (!candidates_.front().worse_than(candidate)) return;
    std::pop_heap(candidates_.begin(), candidates_.end(), better);
    candidates_.pop_back();
  }
  candidates_.push_back(candidate);
  std::push_heap(candidates_.begin(), candidates_.end(), better);
}

template <class S>
bool CtcSearch<S>::in_beam(int parent, std::int32_t label) const {
  return std::any_of(beam_.begin(), beam_.end(), [&](const Entry& entry) {
    const Prefix& prefix = prefixes_[entry.prefix];
    return prefix.parent == parent && prefix.label == label;
  });
}

// A prefix may leave the beam and come back while longer ones that begin with it are still in it.
template <class S>
int CtcSearch<S>::find_or_add(int parent, std::int32_t label) {
  const std::uint64_t key = static_cast<std::uint64_t>(parent) << 32 | static_cast<std::uint32_t>(label);
  const auto [found, added] = numbers_.try_emplace(key, static_cast<int>(prefixes_.size()));
  if (added) prefixes_.push_back({parent, label, -1});
  return found->second;
}

template <class S>
std::vector<std::int32_t> CtcSearch<S>::labels_of(int prefix) const {
  std::vector<std::int32_t> labels;
  for (; prefix != root; prefix = prefixes_[prefix].parent) labels.push_back(prefixes_[prefix].label);
  std::reverse(labels.begin(), labels.end());
  return labels;
}

template class CtcSearch<float>;
#ifdef BPTT_WITH_DOUBLE
template class CtcSearch<double>;
#endif

}  // namespace bptt

#include "model/network/batch.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <type_traits>

#include "support/error.h"

namespace bptt {

namespace {

void check_count(const char* field, std::size_t expected, std::size_t found) {
  if (found != expected)
    throw Error(ErrorCode::shape, std::string(field) + ": expected " + std::to_string(expected) + " numbers, found " + std::to_string(found));
}

void check_range(const char* field, const std::vector<std::int32_t>& values, int low, int high) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] < low || values[i] > high)
      throw Error(ErrorCode::data, std::string(field) + "[" + std::to_string(i) + "]: expected " + std::to_string(low) + " … " +
                                       std::to_string(high) + ", found " + std::to_string(values[i]));
}

// Of numbers that are not negative; places among so many are ints.
std::size_t total_of(const char* field, const std::vector<std::int32_t>& counts) {
  std::size_t total = 0;
  for (std::int32_t count : counts) total += count;
  if (total > INT32_MAX) throw Error(ErrorCode::shape, std::string(field) + ": expected at most 2147483647 in all, found " + std::to_string(total));
  return total;
}

int longest(const std::vector<std::int32_t>& lengths) {
  return lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end());
}

template <class S>
void check_characters(const Batch<S>& batch, std::size_t steps, int vocabulary) {
  check_range("characterCounts", batch.character_counts, 0, INT32_MAX);
  check_count("characters", total_of("characterCounts", batch.character_counts), batch.characters.size());
  check_range("characters", batch.characters, 0, vocabulary - 1);
  check_count("words", steps, batch.words.size());
  check_range("words", batch.words, 0, static_cast<int>(batch.character_counts.size()) - 1);
}

// Targets that have lengths of their own: classes low … O − 1, of which `none` stands for no symbol of a target.
template <class S>
void check_targets(const Batch<S>& batch, const NetworkSpec& spec, int low, const char* none) {
  check_count("targetLengths", batch.lengths.size(), batch.target_lengths.size());
  // An alignment has two states and more for each label.
  check_range("targetLengths", batch.target_lengths, 0, spec.ctc ? 1 << 29 : INT32_MAX - 1);
  const std::size_t total = total_of("targetLengths", batch.target_lengths);
  if (total + batch.lengths.size() > INT32_MAX) throw Error(ErrorCode::shape, "targetLengths: a batch has at most 2147483647 steps in all");
  if (spec.output == OutputKind::values) {
    check_count("values", total * spec.outputs, batch.values.size());
    return;
  }
  check_count("classes", total, batch.classes.size());
  check_range("classes", batch.classes, low, spec.outputs - 1);
  const auto found = std::find(batch.classes.begin(), batch.classes.end(), 0);
  if (found != batch.classes.end())
    throw Error(ErrorCode::data, "classes[" + std::to_string(found - batch.classes.begin()) + "]: expected a symbol, found 0, which is " + none);
}

// States where sequences begin: all of them, or none.
template <class S>
void check_states(const States<S>& states, const NetworkSpec& spec, std::size_t sequences) {
  if (states.h.empty() && states.c.empty()) return;
  const std::size_t rows = static_cast<std::size_t>(spec.layers) * sequences;
  check_count("initial.h", rows * spec.state(), states.h.size());
  check_count("initial.c", rows * spec.memory(), states.c.size());
}

}  // namespace

template <class S>
int Batch<S>::steps() const {
  std::int64_t total = 0;
  for (std::int32_t length : lengths) total += length;
  if (total > INT32_MAX) throw Error(ErrorCode::shape, "lengths: a batch has at most 2147483647 steps in all, found " + std::to_string(total));
  return static_cast<int>(total);
}

template <class S>
void Batch<S>::check(const NetworkSpec& spec) const {
  if (lengths.size() > INT32_MAX) throw Error(ErrorCode::shape, "lengths: a batch has at most 2147483647 sequences, found " + std::to_string(lengths.size()));
  check_range("lengths", lengths, 0, INT32_MAX);
  const std::size_t n = static_cast<std::size_t>(steps());
  switch (spec.input.kind) {
    case InputKind::tokens:
      check_count("tokens", n, tokens.size());
      check_range("tokens", tokens, 0, spec.input.size - 1);
      if (spec.input.has_characters()) check_characters(*this, n, spec.input.characters.vocabulary);
      break;
    case InputKind::features:
      check_count("features", n * spec.input.size, features.size());
      break;
    case InputKind::multihot:
      check_count("activeCounts", n, active_counts.size());
      check_range("activeCounts", active_counts, 0, INT32_MAX);
      check_count("active", total_of("activeCounts", active_counts), active.size());
      check_range("active", active, 0, spec.input.size - 1);
      break;
  }
  if (!begun() || !context.empty()) check_count("context", lengths.size() * spec.context, context.size());
  if (keeps || begun()) {
    if (spec.has_decoder()) throw Error(ErrorCode::option, "initial, continues and keeps: expected a network without a decoder");
    if (spec.bidirectional)
      throw Error(ErrorCode::option, "initial, continues and keeps: expected a network of one direction, found a bidirectional one: the backward direction begins at the end");
    check_states(initial, spec, lengths.size());
  }
  if (marginals && !spec.crf) throw Error(ErrorCode::option, "marginals: expected a network with a crf");
  if (!has_targets) return;
  if (spec.ctc) {
    check_targets(*this, spec, -1, "the blank");
    return;
  }
  if (spec.has_decoder()) {
    check_targets(*this, spec, 0, "the boundary");
    if (!(teacher_forcing >= 0 && teacher_forcing <= 1))
      throw Error(ErrorCode::option, "teacherForcing: expected a number in 0 … 1, found " + std::to_string(teacher_forcing));
    return;
  }
  const std::size_t results = spec.pooled() ? lengths.size() : n;
  if (spec.output == OutputKind::classes) {
    check_count("classes", results, classes.size());
    check_range("classes", classes, -1, spec.outputs - 1);
  } else {
    check_count("values", results * spec.outputs, values.size());
  }
}

template <class S>
void Batch<S>::check_use(BatchUse use) const {
  const auto refuse = [](const std::string& message) { throw Error(ErrorCode::option, message); };
  const bool begins = !initial.h.empty() || !initial.c.empty();
  if (continues && use != BatchUse::training) refuse("continues: belongs to the steps of a training, which has the states of the batch before");
  if (continues && begins) refuse("initial: expected no states in a batch that continues, which begins where the one before ended");
  if (keeps && use == BatchUse::decoding) refuse("keeps: belongs to evaluations and the steps of a training, not to a search for outputs");
  if (marginals && use != BatchUse::evaluation) refuse("marginals: belongs to evaluations");
  if ((begins || keeps) && use == BatchUse::prompts) refuse("initial and keeps: a generator begins with zeros or its context, and keeps its states itself");
}

template <class S>
Batch<S> Batch<S>::inputs(const NetworkSpec& spec, std::size_t begin, std::size_t end) const {
  const auto sum = [](const std::vector<std::int32_t>& counts, std::size_t from, std::size_t to) {
    return std::accumulate(counts.begin() + from, counts.begin() + to, std::size_t(0));
  };
  const auto part = [](const auto& all, std::size_t from, std::size_t to) { return std::decay_t<decltype(all)>(all.begin() + from, all.begin() + to); };
  const std::size_t first = sum(lengths, 0, begin), last = first + sum(lengths, begin, end);
  Batch<S> inputs;
  inputs.lengths = part(lengths, begin, end);
  inputs.context = part(context, begin * spec.context, end * spec.context);
  switch (spec.input.kind) {
    case InputKind::tokens: inputs.tokens = part(tokens, first, last); break;
    case InputKind::features: inputs.features = part(features, first * spec.input.size, last * spec.input.size); break;
    case InputKind::multihot: {
      const std::size_t from = sum(active_counts, 0, first);
      inputs.active_counts = part(active_counts, first, last);
      inputs.active = part(active, from, from + sum(active_counts, first, last));
      break;
    }
  }
  return inputs;
}

BatchOrder::BatchOrder(const std::vector<std::int32_t>& lengths)
    : layout_(longest(lengths), lengths.data(), static_cast<int>(lengths.size())), starts_(lengths.size()), step_of_(layout_.rows()) {
  std::int32_t start = 0;
  for (std::size_t b = 0; b < lengths.size(); ++b) {
    starts_[b] = start;
    start += lengths[b];
  }
  for (int t = 0; t < layout_.steps(); ++t)
    for (int i = 0; i < layout_.active(t); ++i) step_of_[layout_.offset(t) + i] = starts_[layout_.sequence(i)] + t;
}

template struct Batch<float>;
#ifdef BPTT_WITH_DOUBLE
template struct Batch<double>;
#endif

}  // namespace bptt

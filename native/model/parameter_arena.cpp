#include "model/parameter_arena.h"

#include <cmath>

#include "support/random.h"

namespace bptt {

namespace {

// Offsets are multiples of this, so that each view begins on a cache line in float and in double.
constexpr std::size_t view_alignment = 16;

template <class S>
void fill_uniform(const ParameterEntry& entry, double bound, const Random& random, S* values) {
  for (std::size_t i = 0; i < entry.size(); ++i) values[i] = static_cast<S>((2 * random.uniform(i) - 1) * bound);
}

double glorot(const ParameterEntry& entry) {
  return std::sqrt(6.0 / (entry.columns == 0 ? 1.0 + entry.rows : static_cast<double>(entry.rows) + entry.columns));
}

}  // namespace

ParameterArena::ParameterArena(const NetworkSpec& spec) {
  spec.check();
  if (spec.has_embedding()) {
    add("embedding.weight", spec.size, spec.embedding, ParameterEntry::embedding);
  }
  if (spec.has_characters()) {
    add("characters.embedding.weight", spec.characters.vocabulary, spec.characters.embedding, ParameterEntry::character_embedding);
    for (const StackParameter& parameter : stack_parameters(spec.characters.stack()))
      add("characters.recurrent." + parameter.name, parameter.rows, parameter.columns, ParameterEntry::character_recurrent);
  }
  for (const StackParameter& parameter : stack_parameters(spec.stack()))
    add("recurrent." + parameter.name, parameter.rows, parameter.columns, ParameterEntry::recurrent);
  const int width = spec.pooled_size();
  if (spec.pooling == Pooling::attention) {
    add("attention.weight", width, width, ParameterEntry::attention_weight);
    add("attention.bias", width, 0, ParameterEntry::attention_bias);
    add("attention.context", width, 0, ParameterEntry::attention_context);
  }
  add("output.weight", spec.outputs, width, ParameterEntry::output_weight);
  add("output.bias", spec.outputs, 0, ParameterEntry::output_bias);
  if (spec.crf) add("crf.transitions", spec.outputs + 1, spec.outputs + 1, ParameterEntry::crf_transitions);
}

void ParameterArena::add(std::string name, int rows, int columns, ParameterEntry::Role role) {
  const bool is_table = role == ParameterEntry::embedding || role == ParameterEntry::character_embedding;
  ParameterEntry entry{std::move(name), rows, columns, role, 0, is_table ? static_cast<int>(tables_.size()) : -1};
  const std::size_t size = checked_product({static_cast<std::size_t>(rows), static_cast<std::size_t>(columns == 0 ? 1 : columns)});
  if (entry.dense()) {
    entry.offset = dense_size_;
    dense_size_ += (size + view_alignment - 1) / view_alignment * view_alignment;
    checked_product({dense_size_});
  } else {
    tables_.push_back(static_cast<int>(entries_.size()));
  }
  entries_.push_back(std::move(entry));
}

std::size_t ParameterArena::size() const {
  std::size_t total = dense_size_;
  for (std::size_t i = 0; i < tables_.size(); ++i) total += table(i).size();
  return total;
}

const ParameterEntry& ParameterArena::find(const std::string& name) const {
  for (const ParameterEntry& entry : entries_)
    if (entry.name == name) return entry;
  std::string names;
  for (const ParameterEntry& entry : entries_) names += (names.empty() ? "" : ", ") + entry.name;
  throw Error(ErrorCode::option, "name: expected one of " + names + ", found '" + name + "'");
}

const ParameterEntry* ParameterArena::find(ParameterEntry::Role role) const {
  for (const ParameterEntry& entry : entries_)
    if (entry.role == role) return &entry;
  return nullptr;
}

template <class S>
Parameters<S> initial_parameters(const NetworkSpec& spec, const ParameterArena& arena) {
  Parameters<S> parameters(arena);
  const std::vector<StackParameter> stack = stack_parameters(spec.stack()), of_characters = stack_parameters(spec.characters.stack());
  std::size_t next = 0, next_of_characters = 0;
  for (std::size_t i = 0; i < arena.entries().size(); ++i) {
    const ParameterEntry& entry = arena.entries()[i];
    S* values = parameters.values(entry);
    const Random random(spec.seed, i);
    switch (entry.role) {
      case ParameterEntry::embedding:
      case ParameterEntry::character_embedding:
        fill_uniform(entry, std::sqrt(3.0 / entry.columns), random, values);
        if (spec.input == InputKind::tokens)
          for (int n = 0; n < entry.columns; ++n) values[n] = 0;
        break;
      case ParameterEntry::character_recurrent:
        initialise(spec.characters.stack(), of_characters[next_of_characters++], spec.seed, i, values);
        break;
      case ParameterEntry::recurrent:
        initialise(spec.stack(), stack[next++], spec.seed, i, values);
        break;
      case ParameterEntry::attention_weight:
      case ParameterEntry::attention_context:
      case ParameterEntry::output_weight:
        fill_uniform(entry, glorot(entry), random, values);
        break;
      case ParameterEntry::attention_bias:
      case ParameterEntry::output_bias:
      case ParameterEntry::crf_transitions:
        break;
    }
  }
  return parameters;
}

template Parameters<float> initial_parameters(const NetworkSpec&, const ParameterArena&);
#ifdef BPTT_WITH_DOUBLE
template Parameters<double> initial_parameters(const NetworkSpec&, const ParameterArena&);
#endif

}  // namespace bptt

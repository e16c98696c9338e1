#include "model/parameters/parameter_arena.h"

#include <cmath>

#include "model/parameters/initial_states.h"
#include "support/random.h"

namespace bptt {

namespace {

// Offsets are multiples of this, so that each view begins on a cache line in float and in double.
constexpr std::size_t view_alignment = 16;

template <class S>
void fill_uniform(const ParameterEntry& entry, double bound, const Random& random, const Stop& stop, S* values) {
  constexpr std::size_t between_looks = 1 << 20;
  for (std::size_t i = 0; i < entry.size(); ++i) {
    if (i % between_looks == 0) stop.check();
    values[i] = static_cast<S>((2 * random.uniform(i) - 1) * bound);
  }
}

double glorot(const ParameterEntry& entry) {
  return std::sqrt(6.0 / (entry.columns == 0 ? 1.0 + entry.rows : static_cast<double>(entry.rows) + entry.columns));
}

}  // namespace

ParameterArena::ParameterArena(const NetworkSpec& spec) {
  spec.check();
  const auto add_stack = [this](const char* prefix, const StackSpec& stack, ParameterEntry::Role role) {
    for (const StackParameter& parameter : stack_parameters(stack)) add(prefix + parameter.name, parameter.rows, parameter.columns, role);
  };
  if (spec.input.has_embedding()) {
    add("embedding.weight", spec.input.size, spec.input.embedding, ParameterEntry::embedding);
  }
  if (spec.input.has_characters()) {
    add("characters.embedding.weight", spec.input.characters.vocabulary, spec.input.characters.embedding, ParameterEntry::character_embedding);
    add_stack("characters.recurrent.", spec.input.characters.stack(), ParameterEntry::character_recurrent);
  }
  add_stack(spec.has_decoder() ? "encoder." : "recurrent.", spec.stack(), ParameterEntry::recurrent);
  if (spec.has_context()) {
    add("context.weight", state_size(spec.stack()), spec.context, ParameterEntry::initial_states_weight);
    add("context.bias", state_size(spec.stack()), 0, ParameterEntry::initial_states_bias);
  }
  const int width = spec.pooled_size(), read = spec.head_size();
  if (spec.has_decoder()) {
    if (spec.decoder.embedding > 0) add("decoder.embedding.weight", spec.outputs, spec.decoder.embedding, ParameterEntry::decoder_embedding);
    const int states = state_size(spec.decoder_stack());
    add("decoder.initial.weight", states, spec.final_size(), ParameterEntry::decoder_initial_weight);
    add("decoder.initial.bias", states, 0, ParameterEntry::decoder_initial_bias);
    add_stack("decoder.", spec.decoder_stack(), ParameterEntry::decoder_recurrent);
  }
  if (spec.pooling == Pooling::attention || spec.has_attention()) {
    const bool additive = spec.decoder.attention != AttentionKind::luong;
    add("attention.weight", read, width, ParameterEntry::attention_weight);
    if (additive) add("attention.bias", read, 0, ParameterEntry::attention_bias);
    if (additive && spec.has_decoder()) add("attention.query", read, read, ParameterEntry::attention_query);
    if (additive) add("attention.context", read, 0, ParameterEntry::attention_context);
  }
  if (spec.has_attention()) {
    add("attention.output.weight", read, width + read, ParameterEntry::attention_output_weight);
    add("attention.output.bias", read, 0, ParameterEntry::attention_output_bias);
  }
  add("output.weight", spec.outputs, read, ParameterEntry::output_weight);
  add("output.bias", spec.outputs, 0, ParameterEntry::output_bias);
  if (spec.crf) add("crf.transitions", spec.outputs + 1, spec.outputs + 1, ParameterEntry::crf_transitions);
}

void ParameterArena::add(std::string name, int rows, int columns, ParameterEntry::Role role) {
  const bool is_table = role == ParameterEntry::embedding || role == ParameterEntry::character_embedding || role == ParameterEntry::decoder_embedding;
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
void initialise(const NetworkSpec& spec, const ParameterArena& arena, const Stop& stop, Parameters<S>& parameters) {
  parameters.dense.zero();
  struct Stack {
    ParameterEntry::Role role;
    StackSpec spec;
    std::vector<StackParameter> described = stack_parameters(spec);
    std::size_t next = 0;
  };
  Stack stacks[] = {{ParameterEntry::character_recurrent, spec.input.characters.stack()}, {ParameterEntry::recurrent, spec.stack()}, {ParameterEntry::decoder_recurrent, spec.decoder_stack()}};
  for (std::size_t i = 0; i < arena.entries().size(); ++i) {
    const ParameterEntry& entry = arena.entries()[i];
    S* values = parameters.values(entry);
    const Random random(spec.seed, i);
    switch (entry.role) {
      case ParameterEntry::embedding:
      case ParameterEntry::character_embedding:
      case ParameterEntry::decoder_embedding:
        fill_uniform(entry, std::sqrt(3.0 / entry.columns), random, stop, values);
        // The boundary, row 0 of the decoder's table, is a symbol like the others.
        if (spec.input.kind == InputKind::tokens && entry.role != ParameterEntry::decoder_embedding)
          for (int n = 0; n < entry.columns; ++n) values[n] = 0;
        break;
      case ParameterEntry::character_recurrent:
      case ParameterEntry::recurrent:
      case ParameterEntry::decoder_recurrent:
        for (Stack& stack : stacks)
          if (stack.role == entry.role) initialise(stack.spec, stack.described[stack.next++], spec.seed, i, stop, values);
        break;
      case ParameterEntry::decoder_initial_weight:
      case ParameterEntry::initial_states_weight:
      case ParameterEntry::attention_weight:
      case ParameterEntry::attention_query:
      case ParameterEntry::attention_context:
      case ParameterEntry::attention_output_weight:
      case ParameterEntry::output_weight:
        fill_uniform(entry, glorot(entry), random, stop, values);
        break;
      case ParameterEntry::decoder_initial_bias:
      case ParameterEntry::initial_states_bias:
      case ParameterEntry::attention_bias:
      case ParameterEntry::attention_output_bias:
      case ParameterEntry::output_bias:
      case ParameterEntry::crf_transitions:
        break;
    }
  }
}

template void initialise(const NetworkSpec&, const ParameterArena&, const Stop&, Parameters<float>&);
#ifdef BPTT_WITH_DOUBLE
template void initialise(const NetworkSpec&, const ParameterArena&, const Stop&, Parameters<double>&);
#endif

}  // namespace bptt

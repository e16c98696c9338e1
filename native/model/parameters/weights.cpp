#include "model/parameters/weights.h"

#include "model/parameters/initial_states.h"

namespace bptt {

namespace {

// The layer whose matrix and vector have these roles; without one of that role the vector is zero.
template <class S>
Linear<S> linear(const ParameterArena& arena, const Parameters<S>& parameters, ParameterEntry::Role weight, ParameterEntry::Role bias) {
  const ParameterEntry& matrix = *arena.find(weight);
  return Linear<S>(matrix.rows, matrix.columns, parameters.values(matrix), arena.at(parameters.dense.data(), bias));
}

}  // namespace

template <class S>
DecoderWeights<S>::DecoderWeights(const NetworkSpec& spec, const ParameterArena& arena, const Parameters<S>& parameters)
    : reads(spec.decoder_input()),
      initial(linear(arena, parameters, ParameterEntry::decoder_initial_weight, ParameterEntry::decoder_initial_bias)),
      stack(spec.decoder_stack(), arena.recurrent(parameters.dense.data(), ParameterEntry::decoder_recurrent)),
      context(arena.at(parameters.dense.data(), ParameterEntry::attention_context)) {
  if (const ParameterEntry* entry = arena.find(ParameterEntry::decoder_embedding)) table = parameters.values(*entry);
  if (!spec.has_attention()) return;
  key = linear(arena, parameters, ParameterEntry::attention_weight, ParameterEntry::attention_bias);
  attended = linear(arena, parameters, ParameterEntry::attention_output_weight, ParameterEntry::attention_output_bias);
  if (spec.decoder.attention == AttentionKind::bahdanau) {
    const ParameterEntry& entry = *arena.find(ParameterEntry::attention_query);
    query = Linear<S>(entry.rows, entry.columns, parameters.values(entry), nullptr);
  }
}

template <class S>
void DecoderWeights<S>::pack(bool backward, ThreadPool& pool) {
  initial.pack(backward, pool);
  stack.pack(backward, pool);
  key.pack(backward, pool);
  query.pack(backward, pool);
  attended.pack(backward, pool);
}

template <class S>
Weights<S>::Weights(const NetworkSpec& spec, const ParameterArena& arena, const Parameters<S>& parameters)
    : spec_(spec),
      arena_(arena),
      parameters_(parameters),
      stack_(spec.stack(), arena.recurrent(parameters.dense.data())),
      context_(arena.at(parameters.dense.data(), ParameterEntry::attention_context)),
      output_(linear(arena, parameters, ParameterEntry::output_weight, ParameterEntry::output_bias)) {
  if (spec.input.has_embedding()) table_ = parameters.values(*arena.find(ParameterEntry::embedding));
  if (spec.input.has_characters()) {
    character_stack_.emplace(spec.input.characters.stack(), arena.recurrent(parameters.dense.data(), ParameterEntry::character_recurrent));
    characters_ = {parameters.values(*arena.find(ParameterEntry::character_embedding)), spec.input.characters.embedding, &*character_stack_};
  }
  if (spec.has_context())
    initial_states_ = Linear<S>(state_size(spec.stack()), spec.context, arena.at(parameters.dense.data(), ParameterEntry::initial_states_weight),
                              arena.at(parameters.dense.data(), ParameterEntry::initial_states_bias));
  if (spec.pooling == Pooling::attention)
    attention_ = linear(arena, parameters, ParameterEntry::attention_weight, ParameterEntry::attention_bias);
  if (spec.has_decoder()) decoder_.emplace(spec, arena, parameters);
  if (spec.crf) transitions_ = CrfTransitions<S>(spec, arena.at(parameters.dense.data(), ParameterEntry::crf_transitions));
}

template <class S>
void Weights<S>::pack(bool backward, ThreadPool& pool) {
  in_training_ = backward;
  symbol_sums_.reset();
  stack_.pack(backward, pool);
  if (character_stack_.has_value()) character_stack_->pack(backward, pool);
  if (spec_.has_context()) initial_states_.pack(backward, pool);
  if (spec_.pooling == Pooling::attention) attention_.pack(backward, pool);
  output_.pack(backward, pool);
  if (spec_.crf) transitions_.pack(pool);
  if (decoder_.has_value()) decoder_->pack(backward, pool);
}

template <class S>
const SymbolSums<S>* Weights<S>::symbol_sums(ThreadPool& pool) const {
  const InputSpec& reads = spec_.has_decoder() ? decoder_->reads : spec_.input;
  const StackWeights<S>& stack = spec_.has_decoder() ? decoder_->stack : stack_;
  if (in_training_ || reads.kind != InputKind::tokens || reads.has_characters() || reads.window > 0 || !SymbolSums<S>::fits(stack.spec(), reads.size)) return nullptr;
  const std::lock_guard<std::mutex> lock(symbols_);
  if (symbol_sums_ == nullptr)
    symbol_sums_ = std::make_unique<const SymbolSums<S>>(stack, spec_.has_decoder() ? decoder_->table : table_, reads.size, reads.embedding, pool);
  return symbol_sums_.get();
}

template <class S>
std::size_t Weights<S>::symbol_bytes() const {
  const std::lock_guard<std::mutex> lock(symbols_);
  return symbol_sums_ == nullptr ? 0 : symbol_sums_->bytes();
}

template struct DecoderWeights<float>;
template class Weights<float>;
#ifdef BPTT_WITH_DOUBLE
template struct DecoderWeights<double>;
template class Weights<double>;
#endif

}  // namespace bptt

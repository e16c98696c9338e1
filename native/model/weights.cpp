#include "model/weights.h"

namespace bptt {

template <class S>
Weights<S>::Weights(const NetworkSpec& spec, const ParameterArena& arena, const Parameters<S>& parameters)
    : spec_(spec),
      arena_(arena),
      parameters_(parameters),
      stack_(spec.stack(), arena.recurrent(parameters.dense.data())),
      context_(arena.at(parameters.dense.data(), ParameterEntry::attention_context)),
      output_(spec.outputs, spec.pooled_size(), arena.at(parameters.dense.data(), ParameterEntry::output_weight),
              arena.at(parameters.dense.data(), ParameterEntry::output_bias)) {
  if (spec.has_embedding()) table_ = parameters.values(*arena.find(ParameterEntry::embedding));
  if (spec.has_characters()) {
    character_stack_.emplace(spec.characters.stack(), arena.recurrent(parameters.dense.data(), ParameterEntry::character_recurrent));
    characters_ = {parameters.values(*arena.find(ParameterEntry::character_embedding)), spec.characters.embedding, &*character_stack_};
  }
  if (spec.pooling == Pooling::attention)
    attention_ = Linear<S>(spec.pooled_size(), spec.pooled_size(), arena.at(parameters.dense.data(), ParameterEntry::attention_weight),
                           arena.at(parameters.dense.data(), ParameterEntry::attention_bias));
  if (spec.crf) transitions_ = CrfTransitions<S>(spec, arena.at(parameters.dense.data(), ParameterEntry::crf_transitions));
}

template <class S>
void Weights<S>::pack(bool backward, ThreadPool& pool) {
  stack_.pack(backward, pool);
  if (character_stack_.has_value()) character_stack_->pack(backward, pool);
  if (spec_.pooling == Pooling::attention) attention_.pack(backward);
  output_.pack(backward);
  if (spec_.crf) transitions_.pack();
}

template class Weights<float>;
#ifdef BPTT_WITH_DOUBLE
template class Weights<double>;
#endif

}  // namespace bptt

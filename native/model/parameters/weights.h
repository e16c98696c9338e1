// What a pass reads: the parameters where they lie, and packed for the products.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "layer/stack.h"
#include "model/parameters/crf_transitions.h"
#include "model/parameters/linear.h"
#include "model/parameters/parameter_arena.h"
#include "model/parameters/symbol_sums.h"

namespace bptt {

// The network of characters (see characters.h): its table and its stack of one layer and two directions.
template <class S>
struct CharacterWeights {
  const S* table;                // [C, Ec]
  int columns;                   // Ec
  const StackWeights<S>* stack;  // Hc units a direction

  int width() const { return stack->spec().output(); }  // 2·Hc
};

// What reads the input of a network, or what its decoder has emitted.
template <class S>
struct InputWeights {
  const InputSpec* spec;
  const S* table;                        // [rows, E], or null
  const CharacterWeights<S>* characters; // where the spec has some
};

// Of the decoder and what it looks at the encoder with.
template <class S>
struct DecoderWeights {
  DecoderWeights(const NetworkSpec&, const ParameterArena&, const Parameters<S>&);
  void pack(bool backward, ThreadPool&);

  InputSpec reads;          // decoder_input()
  const S* table = nullptr; // [O, E], or null
  Linear<S> initial;        // from the encoder's final states
  StackWeights<S> stack;
  Linear<S> key, query;     // of the attention; query with bahdanau
  const S* context;         // v [Hd], with bahdanau
  Linear<S> attended;       // from [context; s] to what the head reads

  InputWeights<S> input() const { return {&reads, table, nullptr}; }
};

template <class S>
class Weights {
 public:
  // All arguments must stay where they are.
  Weights(const NetworkSpec&, const ParameterArena&, const Parameters<S>&);
  Weights(const Weights&) = delete;
  Weights& operator=(const Weights&) = delete;

  // Packs anew after the parameters have changed; `backward`: also what only the backward pass needs.
  void pack(bool backward, ThreadPool&);

  const NetworkSpec& spec() const { return spec_; }
  const ParameterArena& arena() const { return arena_; }
  InputWeights<S> input() const { return {&spec_.input, table_, &characters_}; }
  // [rows, E], or null.
  const S* table() const { return table_; }
  // Of a network with characters.
  const CharacterWeights<S>& characters() const { return characters_; }
  const StackWeights<S>& stack() const { return stack_; }
  // Of the stack that reads its symbols one by one, the decoder's where there is one. Made when first asked for, by any thread. Null where it
  // does not read single symbols, where the table would be large, and in training, where it would not last.
  const SymbolSums<S>* symbol_sums(ThreadPool&) const;
  // Of symbol_sums(), once made.
  std::size_t symbol_bytes() const;
  // From the context to the first states.
  const Linear<S>& initial_states() const { return initial_states_; }
  // W and b of the attention, and v [A].
  const Linear<S>& attention() const { return attention_; }
  const S* context() const { return context_; }
  const Linear<S>& output() const { return output_; }
  // Of a network with a crf.
  const CrfTransitions<S>& transitions() const { return transitions_; }
  // Of an encoder–decoder.
  const DecoderWeights<S>& decoder() const { return *decoder_; }

 private:
  const NetworkSpec& spec_;
  const ParameterArena& arena_;
  const Parameters<S>& parameters_;
  const S* table_ = nullptr;
  std::optional<StackWeights<S>> character_stack_;
  CharacterWeights<S> characters_{};
  StackWeights<S> stack_;
  Linear<S> initial_states_;
  Linear<S> attention_;
  const S* context_;
  Linear<S> output_;
  CrfTransitions<S> transitions_;
  std::optional<DecoderWeights<S>> decoder_;
  bool in_training_ = false;
  mutable std::mutex symbols_;
  mutable std::unique_ptr<const SymbolSums<S>> symbol_sums_;
};

}  // namespace bptt

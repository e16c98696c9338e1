// What a network is: input → stack of recurrent layers → pooling → head; or, as an encoder–decoder, input → stack → (its
// outputs looked at by) a second stack → head. Mirrors NetworkOptions of binding.d.ts.
#pragma once

#include <cstdint>
#include <memory>

#include "layer/stack_spec.h"
#include "model/network/chunk_rules.h"

namespace bptt {

enum class InputKind { tokens, features, multihot };
enum class Pooling { none, last, mean, max, attention };
enum class OutputKind { classes, values, multihot };
enum class AttentionKind { none, bahdanau, luong };

// The network that reads the characters of each word (see characters.h).
struct CharactersSpec {
  int vocabulary = 0;
  int embedding = 0;  // Ec
  int hidden = 0;     // Hc, units of a direction; 0: characters are not read

  StackSpec stack() const;
};

// What the first layer reads in a step (see input.h): that of a network, or what its decoder has put out.
struct InputSpec {
  InputKind kind = InputKind::tokens;
  int size = 0;       // vocabulary, features a step, or width of the multihot vector
  int embedding = 0;  // E; 0 for features, and for multihot fed as zeros and ones
  int window = 0;     // tokens: neighbours on each side read with a step
  CharactersSpec characters;  // of tokens
  double dropout = 0;         // elements of x

  bool has_embedding() const { return kind != InputKind::features && embedding > 0; }
  bool has_characters() const { return characters.hidden > 0; }
  // Words side by side in x⟨t⟩: 2k + 1 with a window of k.
  int tokens_a_step() const { return 2 * window + 1; }
  // Numbers of one of them: its embedding, and the vector of its characters.
  int token_size() const { return embedding + 2 * characters.hidden; }
  // I: numbers in x⟨t⟩.
  int width() const { return has_embedding() ? token_size() * tokens_a_step() : size; }
};

// The stack that writes the output of an encoder–decoder (see decoder_stage.h).
struct DecoderSpec {
  Cell cell;
  int hidden = 0;  // Hd; 0: there is no decoder
  int layers = 1;
  int embedding = 0;  // E of the symbols it reads; 0 where it reads values
  AttentionKind attention = AttentionKind::none;

  // Numbers of h of a layer.
  int state() const { return cell.state(hidden); }
};

struct NetworkSpec {
  Cell cell;
  int hidden = 0;  // H
  int layers = 1;
  bool bidirectional = false;
  std::uint64_t seed = 0;

  double dropout_between = 0;    // on the output of each layer but the last
  double dropout_recurrent = 0;  // on h⟨t−1⟩ in the product, one mask a sequence
  double dropout_output = 0;     // elements of what the head reads

  InputSpec input;
  Pooling pooling = Pooling::none;
  OutputKind output = OutputKind::classes;
  int outputs = 0;  // O
  bool ctc = false;  // classes of which 0 is the blank; targets are not aligned with steps
  bool crf = false;  // classes of steps with scores of two in a row (see crf.h)
  std::shared_ptr<const ChunkRules> rules;  // of a crf; null: every label may follow every other
  DecoderSpec decoder;  // outputs are classes of which 0 is the boundary and 1 the unknown symbol, or values
  int context = 0;  // K: numbers the first states are made from (see initial_states.h); 0: they are zeros

  // Numbers of h, and of c, of a layer and direction.
  int state() const { return cell.state(hidden); }
  int memory() const { return cell.memory(hidden); }
  bool has_context() const { return context > 0; }
  bool has_decoder() const { return decoder.hidden > 0; }
  bool has_attention() const { return has_decoder() && decoder.attention != AttentionKind::none; }
  // A = D·P: numbers the stack puts out in a step.
  int pooled_size() const { return state() * (bidirectional ? 2 : 1); }
  // Numbers the head reads.
  int head_size() const { return has_decoder() ? decoder.state() : pooled_size(); }
  // One result a sequence, not one a step.
  bool pooled() const { return pooling != Pooling::none; }
  StackSpec stack() const;
  // What the decoder reads of its own output, and its stack.
  InputSpec decoder_input() const;
  StackSpec decoder_stack() const;
  // K: numbers the decoder's first states come from, the final states of the encoder's top layer.
  int final_size() const { return (state() + memory()) * (bidirectional ? 2 : 1); }
  // Throws ERR_OPTION where a size or share is out of range.
  void check() const;
};

}  // namespace bptt

#include "model/network/network_spec.h"

#include <string>

#include "support/error.h"

namespace bptt {

namespace {

// I may not pass this, so that a row's offset fits in an int with room to spare.
constexpr int largest_row = 1 << 24;

void check_size(const char* option, long long value, int low, int high) {
  if (value < low || value > high)
    throw Error(ErrorCode::option, std::string(option) + ": expected a whole number in " + std::to_string(low) + " … " +
                                       std::to_string(high) + ", found " + std::to_string(value));
}

void check_share(const char* option, double value) {
  if (!(value >= 0 && value < 1))
    throw Error(ErrorCode::option, std::string(option) + ": expected a number ≥ 0 and < 1, found " + std::to_string(value));
}

void check_labels(const char* option, std::size_t found, int labels) {
  if (found != static_cast<std::size_t>(labels))
    throw Error(ErrorCode::shape, std::string(option) + ": expected " + std::to_string(labels) + " numbers, found " + std::to_string(found));
}

void check_input(const InputSpec& input) {
  const bool tokens = input.kind == InputKind::tokens, features = input.kind == InputKind::features;
  check_size(tokens ? "input.vocabulary" : "input.size", input.size, tokens ? 2 : 1, input.has_embedding() ? INT32_MAX : largest_row);
  check_size("input.embedding", input.embedding, tokens ? 1 : 0, features ? 0 : 1 << 20);
  check_size("input.window", input.window, 0, tokens ? 1 << 10 : 0);
  if (input.has_characters()) {
    if (!tokens) throw Error(ErrorCode::option, "input.characters: expected undefined for an input that is not tokens");
    check_size("input.characters.vocabulary", input.characters.vocabulary, 2, INT32_MAX);
    check_size("input.characters.embedding", input.characters.embedding, 1, 1 << 20);
    check_size("input.characters.hidden", input.characters.hidden, 1, 1 << 20);
  }
  check_size("numbers read in a step", static_cast<long long>(input.token_size()) * input.tokens_a_step(), 0, largest_row);
}

// Every sequence, however long, must have labels that are allowed.
void check_crf(const NetworkSpec& spec) {
  constexpr int largest_table = 1 << 12;
  check_size("output.size with crf", spec.outputs, 1, largest_table);
  if (spec.output != OutputKind::classes || spec.pooled() || spec.ctc)
    throw Error(ErrorCode::option, "crf: expected an output of classes, no pooling and no ctc");
  if (spec.rules == nullptr) return;
  const ChunkRules& rules = *spec.rules;
  check_labels("crf.rules.types", rules.types.size(), spec.outputs);
  check_labels("crf.rules.places", rules.places.size(), spec.outputs);
  const int boundary = spec.outputs;
  for (int n = 0; n < boundary; ++n)
    if (rules.allows(boundary, n) && rules.allows(n, n) && rules.allows(n, boundary)) return;
  throw Error(ErrorCode::option, "crf.rules: expected a label that may begin, follow itself and end");
}

void check_cell(const std::string& owner, const Cell& cell, int hidden, double dropout_recurrent) {
  cell.check(owner, hidden);
  if (dropout_recurrent > 0 && !cell.traits().feeds_back)
    throw Error(ErrorCode::option, "dropout.recurrent: expected 0 with a " + owner + "cell whose state enters no product, found " + std::to_string(dropout_recurrent));
}

}  // namespace

StackSpec CharactersSpec::stack() const {
  StackSpec spec;
  spec.cell = {CellKind::lstm, Activation::tanh, true, 1};
  spec.input = embedding;
  spec.hidden = hidden;
  spec.bidirectional = true;
  return spec;
}

StackSpec NetworkSpec::stack() const {
  StackSpec spec;
  spec.cell = cell;
  spec.input = input.width();
  spec.hidden = hidden;
  spec.layers = layers;
  spec.bidirectional = bidirectional;
  spec.dropout_between = dropout_between;
  spec.dropout_recurrent = dropout_recurrent;
  return spec;
}

InputSpec NetworkSpec::decoder_input() const {
  InputSpec spec;
  spec.kind = output == OutputKind::classes ? InputKind::tokens : InputKind::features;
  spec.size = outputs;
  spec.embedding = decoder.embedding;
  spec.dropout = input.dropout;
  return spec;
}

StackSpec NetworkSpec::decoder_stack() const {
  StackSpec spec;
  spec.cell = decoder.cell;
  spec.input = decoder_input().width() + (decoder.attention == AttentionKind::bahdanau ? pooled_size() : 0);
  spec.hidden = decoder.hidden;
  spec.layers = decoder.layers;
  spec.dropout_between = dropout_between;
  spec.dropout_recurrent = dropout_recurrent;
  return spec;
}

void NetworkSpec::check() const {
  check_size("hidden", hidden, 1, 1 << 20);
  check_size("layers", layers, 1, 1 << 10);
  check_input(input);
  check_size("output.size", outputs, ctc ? 2 : 1, largest_row);
  if (ctc && (output != OutputKind::classes || pooled()))
    throw Error(ErrorCode::option, "ctc: expected an output of classes and no pooling");
  if (crf) check_crf(*this);
  if (has_decoder()) {
    if (output == OutputKind::multihot || pooled() || ctc || crf)
      throw Error(ErrorCode::option, "decoder: expected an output of classes or values, no pooling, no ctc and no crf");
    const bool symbols = output == OutputKind::classes;
    check_size("decoder.hidden", decoder.hidden, 1, 1 << 20);
    check_size("decoder.layers", decoder.layers, 1, 1 << 10);
    check_size("decoder.embedding", decoder.embedding, symbols ? 1 : 0, symbols ? 1 << 20 : 0);
    check_size("output.size", outputs, symbols ? 2 : 1, largest_row);
    check_size("numbers in the decoder's first states", 2ll * decoder.layers * decoder.hidden, 1, largest_row);
    check_cell("decoder.", decoder.cell, decoder.hidden, dropout_recurrent);
  }
  if (has_context()) {
    if (bidirectional || ctc || crf || has_decoder()) throw Error(ErrorCode::option, "context: expected a network of one direction without ctc, crf and decoder");
    check_size("context", context, 1, largest_row);
    check_size("numbers in the first states", 2ll * layers * hidden, 1, largest_row);
  }
  check_share("dropout.input", input.dropout);
  check_share("dropout.between", dropout_between);
  check_share("dropout.recurrent", dropout_recurrent);
  check_cell("", cell, hidden, dropout_recurrent);
  check_share("dropout.output", dropout_output);
}

}  // namespace bptt

#include "binding/network_options.h"

#include "binding/arguments.h"
#include "binding/stack_options.h"

namespace bptt {
namespace binding {

namespace {

constexpr double largest_double = 1e300;

double share(const Napi::Object& options, const char* field, const char* name) { return number(options.Get(field), name, 0, 1); }

void read_characters(const Napi::Object& characters, CharactersSpec& spec) {
  spec.vocabulary = integer(characters.Get("vocabulary"), "input.characters.vocabulary", 2);
  spec.embedding = integer(characters.Get("embedding"), "input.characters.embedding", 1);
  spec.hidden = integer(characters.Get("hidden"), "input.characters.hidden", 1);
}

void read_input(const Napi::Object& input, InputSpec& spec) {
  spec.kind = choice<InputKind>(input.Get("kind"), "input.kind",
                                {{"tokens", InputKind::tokens}, {"features", InputKind::features}, {"multihot", InputKind::multihot}});
  if (spec.kind == InputKind::tokens) {
    spec.size = integer(input.Get("vocabulary"), "input.vocabulary", 2);
    spec.embedding = integer(input.Get("embedding"), "input.embedding", 1);
    spec.window = integer(input.Get("window"), "input.window", 0);
    const Napi::Value characters = input.Get("characters");
    if (given(characters)) read_characters(object(characters, "input.characters"), spec.characters);
  } else {
    spec.size = integer(input.Get("size"), "input.size", 1);
    if (spec.kind == InputKind::multihot) spec.embedding = integer(input.Get("embedding"), "input.embedding", 0);
  }
}

void read_decoder(const Napi::Object& options, DecoderSpec& spec) {
  spec.cell = cell_options(options);
  spec.hidden = integer(options.Get("hidden"), "decoder.hidden", 1, 1 << 20);
  spec.layers = integer(options.Get("layers"), "decoder.layers", 1, 1 << 10);
  spec.embedding = integer(options.Get("embedding"), "decoder.embedding", 0);
  spec.attention = choice<AttentionKind>(options.Get("attention"), "decoder.attention",
                                         {{"none", AttentionKind::none}, {"bahdanau", AttentionKind::bahdanau}, {"luong", AttentionKind::luong}});
}

std::shared_ptr<const ChunkRules> chunk_rules(const Napi::Object& options, int labels) {
  ChunkRules rules;
  // Each copied at once: reading the next one may run code of the caller's.
  const Numbers<std::int32_t> types = integers(options.Get("types"), "crf.rules.types", labels);
  rules.types.assign(types.begin(), types.end());
  const Numbers<std::uint8_t> places = bytes(options.Get("places"), "crf.rules.places", labels);
  rules.places.assign(places.begin(), places.end());
  rules.breaks_off = boolean(options.Get("breaksOff"), "crf.rules.breaksOff");
  return std::make_shared<const ChunkRules>(std::move(rules));
}

void read_rare(const Napi::Object& options, const char* field, int size, std::vector<std::uint8_t>& rare) {
  const Napi::Value value = options.Get(field);
  if (!given(value)) return;
  const Numbers<std::uint8_t> flags = bytes(value, field, size);
  rare.assign(flags.begin(), flags.end());
}

}  // namespace

NetworkSpec network_options(const Napi::Value& value) {
  const Napi::Object options = object(value, "options");
  const StackOptions stack = stack_options(options);
  NetworkSpec spec;
  spec.cell = stack.spec.cell;
  spec.hidden = stack.spec.hidden;
  spec.layers = stack.spec.layers;
  spec.bidirectional = stack.spec.bidirectional;
  spec.seed = stack.seed;

  const Napi::Object dropout = object(options.Get("dropout"), "dropout");
  spec.input.dropout = share(dropout, "input", "dropout.input");
  spec.dropout_between = share(dropout, "between", "dropout.between");
  spec.dropout_recurrent = share(dropout, "recurrent", "dropout.recurrent");
  spec.dropout_output = share(dropout, "output", "dropout.output");

  read_input(object(options.Get("input"), "input"), spec.input);
  spec.pooling = choice<Pooling>(options.Get("pooling"), "pooling",
                                 {{"none", Pooling::none},
                                  {"last", Pooling::last},
                                  {"mean", Pooling::mean},
                                  {"max", Pooling::max},
                                  {"attention", Pooling::attention}});
  const Napi::Object output = object(options.Get("output"), "output");
  spec.output = choice<OutputKind>(output.Get("kind"), "output.kind",
                                   {{"classes", OutputKind::classes}, {"values", OutputKind::values}, {"multihot", OutputKind::multihot}});
  spec.outputs = integer(output.Get("size"), "output.size", 1);
  const Napi::Value decoder = options.Get("decoder");
  if (given(decoder)) read_decoder(object(decoder, "decoder"), spec.decoder);
  const Napi::Value ctc = options.Get("ctc");
  spec.ctc = given(ctc) && boolean(ctc, "ctc");
  const Napi::Value crf = options.Get("crf");
  spec.crf = given(crf);
  if (spec.crf) {
    const Napi::Value rules = object(crf, "crf").Get("rules");
    if (given(rules)) spec.rules = chunk_rules(object(rules, "crf.rules"), spec.outputs);
  }
  const Napi::Value context = options.Get("context");
  if (given(context)) spec.context = integer(context, "context", 1);
  spec.check();
  return spec;
}

TrainerSpec trainer_options(const Napi::Object& options, const NetworkSpec& network) {
  TrainerSpec spec;
  const Napi::Object optimizer = object(options.Get("optimizer"), "optimizer");
  OptimizerSpec& rule = spec.optimizer;
  rule.kind = choice<OptimizerSpec::Kind>(optimizer.Get("kind"), "optimizer.kind",
                                          {{"sgd", OptimizerSpec::sgd},
                                           {"rmsprop", OptimizerSpec::rmsprop},
                                           {"adam", OptimizerSpec::adam},
                                           {"adamw", OptimizerSpec::adamw}});
  rule.momentum = number(optimizer.Get("momentum"), "optimizer.momentum", 0, 1);
  rule.nesterov = boolean(optimizer.Get("nesterov"), "optimizer.nesterov");
  rule.decay = number(optimizer.Get("decay"), "optimizer.decay", 0, 1);
  rule.beta1 = number(optimizer.Get("beta1"), "optimizer.beta1", 0, 1);
  rule.beta2 = number(optimizer.Get("beta2"), "optimizer.beta2", 0, 1);
  rule.epsilon = number(optimizer.Get("epsilon"), "optimizer.epsilon", 0, largest_double);
  rule.weight_decay = number(optimizer.Get("weightDecay"), "optimizer.weightDecay", 0, largest_double);
  spec.clip_norm = number(options.Get("clipNorm"), "clipNorm", 0, largest_double);
  spec.seed = seed(options.Get("seed"), "seed");
  read_rare(options, "rareTokens", network.input.size, spec.rare_tokens);
  read_rare(options, "rareCharacters", network.input.characters.vocabulary, spec.rare_characters);
  spec.check(network);
  return spec;
}

}  // namespace binding
}  // namespace bptt

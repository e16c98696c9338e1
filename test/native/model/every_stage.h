// Networks that go through every stage there is, with a batch each.
#pragma once

#include <string>
#include <vector>

#include "model/model_cases.h"

namespace bptt {
namespace test {

struct Case {
  std::string name;
  NetworkSpec spec;
  Batch<float> batch;
};

inline std::vector<Case> every_stage() {
  std::vector<Case> all;
  const std::vector<std::int32_t> lengths{4, 0, 6, 3};
  const auto add = [&](const NetworkSpec& spec) { all.push_back({describe(spec), spec, random_batch<float>(spec, lengths)}); };
  NetworkSpec words = network(InputKind::tokens, 8, 3, Pooling::attention, OutputKind::classes, 4);
  words.input.window = 1;
  words.input.characters = {9, 5, 6};
  words.bidirectional = true;
  words.layers = 2;
  words.input.dropout = words.dropout_between = words.dropout_recurrent = words.dropout_output = 0.2;
  add(words);
  NetworkSpec sets = network(InputKind::multihot, 5, 3, Pooling::max, OutputKind::multihot, 4);
  sets.cell = {CellKind::gru, Activation::tanh, false, 1};
  add(sets);
  NetworkSpec values = network(InputKind::features, 3, 0, Pooling::mean, OutputKind::values, 2);
  values.cell = {CellKind::gru, Activation::tanh, true, 1};
  add(values);
  NetworkSpec tags = network(InputKind::tokens, 8, 3, Pooling::none, OutputKind::classes, 4);
  tags.crf = true;
  add(tags);
  tags.crf = false;
  tags.ctc = true;
  add(tags);
  NetworkSpec context = network(InputKind::tokens, 7, 4, Pooling::last, OutputKind::classes, 7);
  context.context = 3;
  add(context);
  for (AttentionKind attention : attentions) add(encoder_decoder(attention, OutputKind::classes, 6));
  add(encoder_decoder(AttentionKind::luong, OutputKind::values, 2));
  all.back().batch.teacher_forcing = 0.5;
  return all;
}

inline DecodingOptions searched(const Batch<float>& batch, const NetworkSpec& spec) {
  DecodingOptions options;
  options.beam = spec.output == OutputKind::values ? 1 : 3;
  if (spec.has_decoder()) options.limits.assign(batch.lengths.size(), 5);
  return options;
}

}  // namespace test
}  // namespace bptt

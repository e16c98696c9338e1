// Networks and batches to try the model floor on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "layer/layer_cases.h"
#include "model/training/trainer.h"

namespace bptt {
namespace test {

inline std::string describe(const NetworkSpec& spec) {
  const char* inputs[] = {"tokens", "features", "multihot"};
  const char* poolings[] = {"none", "last", "mean", "max", "attention"};
  const char* outputs[] = {"classes", "values", "multihot"};
  return describe(spec.cell) + ", " + inputs[static_cast<int>(spec.input.kind)] + " " + std::to_string(spec.input.size) + ", E " + std::to_string(spec.input.embedding) +
         ", window " + std::to_string(spec.input.window) + (spec.input.has_characters() ? ", characters " + std::to_string(spec.input.characters.hidden) : "") + ", H " + std::to_string(spec.hidden) + ", layers " + std::to_string(spec.layers) +
         (spec.bidirectional ? ", bidirectional" : "") + ", pooling " + poolings[static_cast<int>(spec.pooling)] + ", " +
         outputs[static_cast<int>(spec.output)] + " " + std::to_string(spec.outputs) + (spec.ctc ? ", ctc" : "") + (spec.crf ? ", crf" : "") +
         (spec.has_decoder() ? ", decoder " + describe(spec.decoder.cell) + " H " + std::to_string(spec.decoder.hidden) + " layers " + std::to_string(spec.decoder.layers) + " attention " +
                                   std::to_string(static_cast<int>(spec.decoder.attention))
                             : "") +
         (spec.has_context() ? ", context " + std::to_string(spec.context) : "");
}

// Those of all_cells(), with projections for networks of three units or more.
inline std::vector<Cell> model_cells() {
  std::vector<Cell> cells = all_cells();
  for (Cell& cell : cells) cell.projection = std::min(cell.projection, 2);
  return cells;
}

inline NetworkSpec network(InputKind input, int size, int embedding, Pooling pooling, OutputKind output, int outputs) {
  NetworkSpec spec;
  spec.cell = {CellKind::lstm, Activation::tanh, true, 1};
  spec.hidden = 3;
  spec.seed = 5;
  spec.input.kind = input;
  spec.input.size = size;
  spec.input.embedding = embedding;
  spec.pooling = pooling;
  spec.output = output;
  spec.outputs = outputs;
  return spec;
}

// An encoder–decoder from tokens; E of the decoder is 2 where it reads symbols.
inline NetworkSpec encoder_decoder(AttentionKind attention, OutputKind output, int outputs) {
  NetworkSpec spec = network(InputKind::tokens, 6, 2, Pooling::none, output, outputs);
  spec.bidirectional = true;
  spec.decoder.cell = spec.cell;
  spec.decoder.hidden = 4;
  spec.decoder.embedding = output == OutputKind::classes ? 2 : 0;
  spec.decoder.attention = attention;
  return spec;
}

constexpr AttentionKind attentions[] = {AttentionKind::none, AttentionKind::bahdanau, AttentionKind::luong};

// A random batch of sequences of these lengths, with targets; the same numbers in every scalar type.
template <class S>
Batch<S> random_batch(const NetworkSpec& spec, std::vector<std::int32_t> lengths, std::uint64_t seed = 3) {
  const Random random(seed, 901);
  std::uint64_t next = 0;
  const auto below = [&](int n) { return static_cast<std::int32_t>(random.uniform(next++) * n); };
  const auto real = [&] { return static_cast<S>(static_cast<float>(2 * random.uniform(next++) - 1)); };
  Batch<S> batch;
  batch.lengths = std::move(lengths);
  const int steps = batch.steps();
  for (int n = 0; n < steps; ++n) {
    if (spec.input.kind == InputKind::tokens) batch.tokens.push_back(below(spec.input.size));
    if (spec.input.kind == InputKind::features)
      for (int i = 0; i < spec.input.size; ++i) batch.features.push_back(real());
    if (spec.input.kind == InputKind::multihot) {
      batch.active_counts.push_back(below(4));
      for (int i = 0; i < batch.active_counts.back(); ++i) {
        // Different ones, as a set has.
        std::int32_t index = below(spec.input.size);
        const auto begin = batch.active.end() - i;
        while (std::find(begin, batch.active.end(), index) != batch.active.end()) index = (index + 1) % spec.input.size;
        batch.active.push_back(index);
      }
    }
  }
  if (spec.input.has_characters() && steps > 0) {
    // Fewer words than steps, so that they come more than once; some have no characters, and perhaps one is never read.
    const int words = 1 + steps / 2;
    for (int m = 0; m < words; ++m) {
      batch.character_counts.push_back(m % 3 == 1 ? 0 : 1 + below(4));
      for (int i = 0; i < batch.character_counts.back(); ++i) batch.characters.push_back(below(spec.input.characters.vocabulary));
    }
    for (int n = 0; n < steps; ++n) batch.words.push_back(below(words));
  }
  if (spec.has_decoder()) {
    batch.has_targets = true;
    for (std::size_t b = 0; b < batch.lengths.size(); ++b) {
      batch.target_lengths.push_back(below(5));
      for (int u = 0; u < batch.target_lengths.back(); ++u) {
        if (spec.output == OutputKind::classes) batch.classes.push_back(1 + below(spec.outputs - 1));
        else for (int o = 0; o < spec.outputs; ++o) batch.values.push_back(real());
      }
    }
    batch.check(spec);
    return batch;
  }
  if (spec.ctc) {
    batch.has_targets = true;
    for (std::int32_t length : batch.lengths) {
      batch.target_lengths.push_back(below(length / 2 + 2));
      for (int u = 0; u < batch.target_lengths.back(); ++u) batch.classes.push_back(1 + below(spec.outputs - 1));
    }
    batch.check(spec);
    return batch;
  }
  const int results = spec.pooled() ? static_cast<int>(batch.lengths.size()) : steps;
  batch.has_targets = true;
  for (int r = 0; r < results; ++r) {
    if (spec.output == OutputKind::classes) batch.classes.push_back(below(spec.outputs + 1) - 1);
    else
      for (int o = 0; o < spec.outputs; ++o) batch.values.push_back(spec.output == OutputKind::values ? real() : static_cast<S>(below(2)));
  }
  for (std::size_t k = 0; k < batch.lengths.size() * spec.context; ++k) batch.context.push_back(real());
  batch.check(spec);
  return batch;
}

// A network whose biases are not zero either.
template <class S>
std::shared_ptr<const Snapshot<S>> random_snapshot(const NetworkSpec& spec) {
  Network<S> network(spec);
  const Random random(spec.seed, 902);
  std::uint64_t next = 0;
  for (const ParameterEntry& entry : network.arena().entries()) {
    std::vector<S> values(network.parameter(entry), network.parameter(entry) + entry.size());
    for (S& value : values) value = static_cast<float>(value + 0.2 * (2 * random.uniform(next++) - 1));
    network.set_parameter(entry, values.data());
  }
  return network.snapshot();
}

template <class S>
Evaluation<S> evaluation(const Snapshot<S>& snapshot, const Batch<S>& batch, int threads = 1) {
  ThreadPool pool(threads);
  Pass<S> pass;
  return evaluate(pass, snapshot.weights(pool), batch, pool);
}

// All parameters, one after the other.
template <class S>
std::vector<S> flat(const ParameterArena& arena, const Parameters<S>& parameters) {
  std::vector<S> all;
  for (const ParameterEntry& entry : arena.entries()) all.insert(all.end(), parameters.values(entry), parameters.values(entry) + entry.size());
  return all;
}

}  // namespace test
}  // namespace bptt

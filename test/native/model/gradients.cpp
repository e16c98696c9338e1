// The gradient of everything that can be trained, as a whole training step sees it.
#include "gradient_check.h"

namespace bptt {
namespace test {
namespace {

const std::vector<std::int32_t> ragged = {2, 0, 4, 3};
constexpr Pooling poolings[] = {Pooling::none, Pooling::last, Pooling::mean, Pooling::max, Pooling::attention};
constexpr OutputKind outputs[] = {OutputKind::classes, OutputKind::values, OutputKind::multihot};

BPTT_TEST("model gradients: every pooling and head") {
  for (Pooling pooling : poolings)
    for (OutputKind output : outputs)
      for (bool bidirectional : {false, true}) {
        NetworkSpec spec = network(InputKind::tokens, 6, 2, pooling, output, 3);
        spec.bidirectional = bidirectional;
        check_gradients(spec, ragged);
      }
}

BPTT_TEST("model gradients: ctc") {
  for (int classes : {2, 3, 7}) {
    NetworkSpec spec = network(InputKind::tokens, 6, 2, Pooling::none, OutputKind::classes, classes);
    spec.bidirectional = true;
    spec.ctc = true;
    spec.dropout_output = 0.2;
    check_gradients(spec, {5, 0, 4, 9, 1, 6});
  }
}

BPTT_TEST("model gradients: crf, with unknown labels and forbidden transitions") {
  for (int labels : {1, 2, 5})
    for (bool rules : {false, true}) {
      NetworkSpec spec = network(InputKind::tokens, 6, 2, Pooling::none, OutputKind::classes, labels);
      spec.bidirectional = true;
      spec.crf = true;
      spec.dropout_output = 0.2;
      if (rules) {
        // The last label goes on with a chunk of the one before it, and may neither begin nor end.
        ChunkRules chunks;
        chunks.types.assign(labels, 0);
        chunks.places.assign(labels, 0);
        if (labels > 2) chunks.places[labels - 3] = ChunkRules::goes_on;
        if (labels > 2) chunks.places[labels - 2] = ChunkRules::leaves_open;
        if (labels > 2) chunks.places[labels - 1] = ChunkRules::goes_on | ChunkRules::leaves_open;
        spec.rules = std::make_shared<const ChunkRules>(chunks);
      }
      check_gradients(spec, {5, 0, 4, 9, 1, 6});
    }
}

BPTT_TEST("model gradients: every cell, one and two layers") {
  for (const Cell& cell : model_cells())
    for (int layers : {1, 2})
      for (Pooling pooling : {Pooling::none, Pooling::last}) {
        NetworkSpec spec = network(InputKind::features, 2, 0, pooling, OutputKind::values, 2);
        spec.cell = cell;
        spec.layers = layers;
        spec.bidirectional = true;
        check_gradients(spec, ragged);
      }
}

BPTT_TEST("model gradients: every input") {
  for (int window : {0, 1, 3}) {
    NetworkSpec spec = network(InputKind::tokens, 5, 2, Pooling::none, OutputKind::classes, 3);
    spec.input.window = window;
    check_gradients(spec, ragged);
    check_gradients(spec, {1});
  }
  for (int embedding : {0, 2}) check_gradients(network(InputKind::multihot, 5, embedding, Pooling::none, OutputKind::multihot, 5), ragged);
  check_gradients(network(InputKind::features, 3, 0, Pooling::none, OutputKind::classes, 2), {3, 3});
}

BPTT_TEST("model gradients: characters of words") {
  for (int window : {0, 2})
    for (Pooling pooling : {Pooling::none, Pooling::last, Pooling::attention}) {
      NetworkSpec spec = network(InputKind::tokens, 5, 2, pooling, OutputKind::classes, 3);
      spec.input.window = window;
      spec.bidirectional = window == 0;
      spec.input.characters = {4, 2, 3};
      check_gradients(spec, ragged);
      spec.input.dropout = 0.3;
      TrainerSpec training = plain_sgd();
      training.rare_tokens.assign(5, 1);
      training.rare_characters.assign(4, 1);
      check_gradients(spec, ragged, training);
    }
  // Without a word there is nothing to read, and no gradient.
  NetworkSpec spec = network(InputKind::tokens, 5, 2, Pooling::last, OutputKind::values, 3);
  spec.input.characters = {4, 2, 3};
  check_gradients(spec, {0, 0});
}

BPTT_TEST("model gradients: first states from a context") {
  for (const Cell& cell : model_cells())
    for (int layers : {1, 3}) {
      NetworkSpec spec = network(InputKind::tokens, 6, 2, Pooling::none, OutputKind::classes, 6);
      spec.cell = cell;
      spec.layers = layers;
      spec.context = 4;
      spec.dropout_recurrent = layers == 3 && cell.traits().feeds_back ? 0.3 : 0;
      check_gradients(spec, ragged);
    }
  NetworkSpec spec = network(InputKind::multihot, 5, 0, Pooling::last, OutputKind::multihot, 5);
  spec.context = 1;
  check_gradients(spec, ragged);
  check_gradients(spec, {1});
}

BPTT_TEST("model gradients: every dropout, and rare tokens") {
  for (Pooling pooling : poolings) {
    NetworkSpec spec = network(InputKind::tokens, 5, 2, pooling, OutputKind::classes, 3);
    spec.input.window = 1;
    spec.layers = 2;
    spec.bidirectional = true;
    spec.input.dropout = 0.3;
    spec.dropout_between = 0.4;
    spec.dropout_recurrent = 0.25;
    spec.dropout_output = 0.5;
    TrainerSpec training = plain_sgd();
    training.rare_tokens.assign(5, 1);
    check_gradients(spec, ragged, training);
  }
  NetworkSpec spec = network(InputKind::multihot, 5, 2, Pooling::mean, OutputKind::values, 2);
  spec.input.dropout = spec.dropout_output = 0.4;
  check_gradients(spec, ragged);
}

}  // namespace
}  // namespace test
}  // namespace bptt

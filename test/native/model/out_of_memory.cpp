// Each allocation in turn is the one that fails: the error is one of memory, and what there was before is as it was and of use.
#include <memory>

#include "check.h"
#include "model/every_stage.h"
#include "model/inference/generator.h"
#include "model/inference/stream.h"
#include "model/model_cases.h"
#include "same_bits.h"
#include "scarce_memory.h"

namespace bptt {
namespace test {
namespace {

BPTT_TEST("a bare layer that has run out of memory goes on when there is some again") {
  for (const Cell& cell : all_cells())
    for (int threads : {1, 2}) {
      StackSpec spec;
      spec.cell = cell;
      spec.input = 5;
      spec.hidden = 40;
      spec.layers = 2;
      spec.bidirectional = true;
      const auto make = [&] { return std::make_unique<LayerCase<float>>(spec, 60, 6, true, threads); };
      const auto calm = make();
      const auto expected = calm->forward(true);
      const auto expected_back = calm->backward();
      const std::vector<float> expected_gradient(calm->layer.gradient(0), calm->layer.gradient(0) + calm->layer.size(0));
      survives_scarcity(
          calm->name(), make,
          [](std::unique_ptr<LayerCase<float>>& layer) {
            layer->forward(true);
            layer->backward();
          },
          [&](std::unique_ptr<LayerCase<float>>& layer) {
            const auto found = layer->forward(true);
            const auto found_back = layer->backward();
            const std::vector<float> gradient(layer->layer.gradient(0), layer->layer.gradient(0) + layer->layer.size(0));
            CHECK_WITH(same_bits(found.output, expected.output) && same_bits(found.h, expected.h), calm->name());
            CHECK_WITH(same_bits(found_back.d_input, expected_back.d_input) && same_bits(gradient, expected_gradient), calm->name());
          });
      survives_scarcity("making it", [] { return std::unique_ptr<BareLayer<float>>(); },
                        [&](std::unique_ptr<BareLayer<float>>& layer) { layer = std::make_unique<BareLayer<float>>(spec, 1, threads); },
                        [](std::unique_ptr<BareLayer<float>>&) {});
    }
}

BPTT_TEST("a network that has run out of memory keeps its parameters") {
  for (const Case& c : every_stage()) {
    const std::vector<float> expected = evaluation(*Network<float>(c.spec).snapshot(), c.batch).output;
    survives_scarcity(
        c.name, [&] { return std::make_unique<Network<float>>(c.spec); },
        [&](std::unique_ptr<Network<float>>& network) { evaluation(*network->snapshot(), c.batch); },
        [&](std::unique_ptr<Network<float>>& network) {
          CHECK_WITH(network->parameter(network->arena().find("output.bias")) != nullptr, c.name);
          CHECK_WITH(same_bits(evaluation(*network->snapshot(), c.batch).output, expected), c.name);
        });
    // Setting a parameter makes a draft of all of them.
    survives_scarcity(
        c.name,
        [&] {
          auto network = std::make_unique<Network<float>>(c.spec);
          network->snapshot();
          return network;
        },
        [&](std::unique_ptr<Network<float>>& network) {
          const ParameterEntry& bias = network->arena().find("output.bias");
          network->set_parameter(bias, network->parameter(bias));
        },
        [&](std::unique_ptr<Network<float>>& network) { CHECK_WITH(same_bits(evaluation(*network->snapshot(), c.batch).output, expected), c.name); });
  }
}

BPTT_TEST("a trainer that has run out of memory is as before the step") {
  for (const Case& c : every_stage())
    for (int threads : {1, 2}) {
      ThreadPool pool(threads);
      const auto start = random_snapshot<float>(c.spec);
      const ParameterArena& arena = start->architecture().arena;
      TrainerSpec training;
      if (c.spec.input.kind == InputKind::tokens) training.rare_tokens.assign(c.spec.input.size, 1);
      const auto make = [&] { return std::make_unique<Trainer<float>>(start, training); };
      const std::vector<float> before = flat(arena, start->parameters());
      const auto calm = make();
      calm->step(c.batch, 0.01, pool);
      const std::vector<float> after = flat(arena, calm->parameters());
      survives_scarcity(
          c.name, make, [&](std::unique_ptr<Trainer<float>>& trainer) { trainer->step(c.batch, 0.01, pool); },
          [&](std::unique_ptr<Trainer<float>>& trainer) {
            CHECK_WITH(same_bits(flat(arena, trainer->parameters()), before), c.name);
            trainer->step(c.batch, 0.01, pool);
            CHECK_WITH(same_bits(flat(arena, trainer->parameters()), after), c.name);
          });
      survives_scarcity(
          c.name, make,
          [&](std::unique_ptr<Trainer<float>>& trainer) {
            if (c.spec.ctc || c.spec.has_decoder()) trainer->decode(c.batch, searched(c.batch, c.spec), pool);
            trainer->evaluate(c.batch, pool);
            trainer->keep();
            trainer->result();
          },
          [&](std::unique_ptr<Trainer<float>>& trainer) {
            trainer->step(c.batch, 0.01, pool);
            CHECK_WITH(same_bits(flat(arena, trainer->parameters()), after), c.name);
          });
      survives_scarcity("making one", [] { return std::unique_ptr<Trainer<float>>(); },
                        [&](std::unique_ptr<Trainer<float>>& trainer) { trainer = make(); }, [](std::unique_ptr<Trainer<float>>&) {});
    }
}

BPTT_TEST("streams and generators that run out of memory leave their network alone") {
  NetworkSpec spec = network(InputKind::tokens, 7, 4, Pooling::none, OutputKind::classes, 7);
  spec.layers = 2;
  ThreadPool pool(1);
  const auto snapshot = random_snapshot<float>(spec);
  Batch<float> prompts;
  prompts.lengths = {1, 2, 1};
  prompts.tokens = {0, 0, 3, 0};
  GeneratorSpec options;
  options.seeds = {1, 2, 3};
  const auto written = [&] { return Generator<float>(snapshot, prompts, options, pool).next(20, pool).symbols; };
  const std::vector<std::int32_t> expected = written();
  survives_scarcity("writing", [] { return 0; }, [&](int) { written(); }, [&](int) { CHECK(written() == expected); });
  const auto read = [&] {
    Stream<float> stream(snapshot);
    std::vector<float> out(7);
    const std::int32_t ids[] = {0, 3, 5};
    for (const std::int32_t& id : ids) stream.step(&id, 1, out.data());
    return out;
  };
  const std::vector<float> last = read();
  survives_scarcity("reading", [] { return 0; }, [&](int) { read(); }, [&](int) { CHECK(same_bits(read(), last)); });
}

}  // namespace
}  // namespace test
}  // namespace bptt

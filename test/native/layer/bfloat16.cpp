// Layers whose products have operands in bfloat16, with the products that are in use (BPTT_BFLOAT16 chooses them): close to float32,
// the same bits with any number of threads, in any batch and step by step.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "check.h"
#include "layer/layer_cases.h"
#include "layer/stack_stepper.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

StackSpec stack(const Cell& cell, int input, int hidden, int layers, bool bidirectional, Precision precision) {
  StackSpec spec;
  spec.cell = cell;
  spec.input = input;
  spec.hidden = hidden;
  spec.layers = layers;
  spec.bidirectional = bidirectional;
  spec.precision = precision;
  return spec;
}

struct Results {
  std::vector<std::string> names;
  std::vector<std::vector<float>> values;
};

Results results(const StackSpec& spec, int steps, int batch, bool ragged, int threads) {
  LayerCase<float> c(spec, steps, batch, ragged, threads);
  Results r;
  const auto keep = [&](const std::string& name, const std::vector<float>& values) {
    r.names.push_back(c.name() + ", " + name);
    r.values.push_back(values);
  };
  const auto inference = c.forward(false);
  keep("output", inference.output);
  keep("h", inference.h);
  keep("c", inference.c);
  const auto training = c.forward(true);
  CHECK_WITH(same_bits(inference.output, training.output), c.name() << ", training and inference");
  const auto back = c.backward();
  keep("d input", back.d_input);
  keep("d h", back.d_h0);
  keep("d c", back.d_c0);
  for (std::size_t p = 0; p < c.layer.parameters().size(); ++p)
    keep("gradient of " + c.layer.parameters()[p].name, {c.layer.gradient(p), c.layer.gradient(p) + c.layer.size(p)});
  return r;
}

// Of the largest value. Rounding an operand changes it by 2⁻⁹ of itself at most; small layers, whose sums have few terms, and two layers of them are the worst:
// 9.1e-3 was found here.
constexpr double bound = 1.5e-2;
// With layer norm what is small among few units is made as large as anything: 4.9e-2 was found in five of them, in two layers.
constexpr double normalised_bound = 8e-2;

BPTT_TEST("bfloat16: layers are close to float32, forward and back, in every cell") {
  double largest = 0;
  for (const Cell& cell : all_cells())
    for (const auto& [steps, batch, input, hidden, layers] : {std::array<int, 5>{6, 5, 20, 33, 1}, {5, 17, 64, 48, 1}, {4, 40, 31, 64, 2}, {9, 1, 7, 18, 1}, {7, 3, 1, 5, 2}, {3, 70, 100, 130, 1}})
      for (const bool bidirectional : {false, true})
        for (const bool ragged : {false, true}) {
          // Of one number all sums are multiples, and what is normalised hardly depends on it.
          if (cell.layer_norm && input == 1) continue;
          const Results exact = results(stack(cell, input, hidden, layers, bidirectional, Precision::float32), steps, batch, ragged, 2);
          const Results rounded = results(stack(cell, input, hidden, layers, bidirectional, Precision::bfloat16), steps, batch, ragged, 2);
          // The gradient of relu jumps where a sum changes its sign.
          const std::size_t compared = cell.kind == CellKind::rnn && cell.activation == Activation::relu ? 2 : exact.values.size();
          double changed = 0;
          for (std::size_t i = 0; i < compared; ++i) {
            if (exact.values[i].empty()) continue;
            const double error = relative_error(rounded.values[i], exact.values[i], exact.values[i].size());
            largest = std::max(largest, error);
            CHECK_WITH(error <= (cell.layer_norm ? normalised_bound : bound), rounded.names[i] << ": " << error);
            changed = std::max(changed, error);
          }
          CHECK_WITH(changed > 1e-6, rounded.names[0] << ": nothing was rounded");
        }
  std::printf("# largest difference of bfloat16: %g\n", largest);
}

BPTT_TEST("bfloat16: layers have the same bits with any number of threads") {
  for (const Cell& cell : all_cells())
    // Slices of rows, and (weights beyond a core's own cache) slices of units.
    for (const auto& [steps, batch, input, hidden] : {std::array<int, 4>{6, 37, 64, 100}, {2, 30, 300, cell.kind == CellKind::rnn ? 700 : 330}, {9, 1, 70, 260}})
      for (const bool ragged : {false, true}) {
        const StackSpec spec = stack(cell, input, hidden, 1, hidden == 100, Precision::bfloat16);
        const Results one = results(spec, steps, batch, ragged, 1);
        for (const int threads : {2, 3}) {
          const Results several = results(spec, steps, batch, ragged, threads);
          for (std::size_t i = 0; i < one.values.size(); ++i) CHECK_WITH(same_bits(one.values[i], several.values[i]), one.names[i] << ", threads " << threads);
        }
      }
}

// Row by row, and all rows step by step.
BPTT_TEST("bfloat16: a sequence has the same bits alone, in a batch and step by step") {
  for (const Cell& cell : all_cells())
    for (const int batch : {2, 19, 33}) {
      const int steps = 35, input = 21, hidden = 50, state = cell.state(hidden);
      LayerCase<float> together(stack(cell, input, hidden, 1, false, Precision::bfloat16), steps, batch, false);
      const auto all = together.forward(false);
      LayerCase<float> alone(together.spec, steps, 1, false);
      for (const int row : {0, batch - 1}) {
        std::vector<float> x, h0(together.h0.begin() + row * state, together.h0.begin() + (row + 1) * state), c0, output(steps * state), h(state), c(hidden), expected;
        if (!together.c0.empty()) c0.assign(together.c0.begin() + row * hidden, together.c0.begin() + (row + 1) * hidden);
        for (int t = 0; t < steps; ++t) {
          const auto from = together.x.begin() + (t * batch + row) * input;
          x.insert(x.end(), from, from + input);
          const auto made = all.output.begin() + (t * batch + row) * state;
          expected.insert(expected.end(), made, made + state);
        }
        for (std::size_t p = 0; p < alone.layer.parameters().size(); ++p) alone.layer.set(p, together.layer.values(p));
        alone.layer.forward(steps, 1, nullptr, x.data(), {h0.data(), c0.empty() ? nullptr : c0.data()}, false, output.data(), {h.data(), c0.empty() ? nullptr : c.data()});
        CHECK_WITH(same_bits(output, expected), together.name() << ", row " << row);
      }
      std::vector<const float*> parameters;
      for (std::size_t p = 0; p < together.layer.parameters().size(); ++p) parameters.push_back(together.layer.values(p));
      ThreadPool pool(2);
      StackWeights<float> weights(together.spec, parameters);
      weights.pack(false, pool);
      StackStepper<float> stepper(weights, batch + 1);
      stepper.reset(batch);
      for (int row = 0; row < batch; ++row) stepper.set_state(row, together.h0.data() + row * state, together.c0.empty() ? nullptr : together.c0.data() + row * hidden);
      for (int t = 0; t < steps; ++t) {
        const float* const h = stepper.step(together.x.data() + t * batch * input, pool);
        for (int i = 0; i < batch * state; ++i) CHECK_WITH(h[i] == all.output[t * batch * state + i], together.name() << ", step " << t);
      }
    }
}

}  // namespace
}  // namespace test
}  // namespace bptt

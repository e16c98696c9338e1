// What must not change a result: threads, padding, the order and the grouping of a batch. Bit for bit.
#include "check.h"
#include "layer/layer_cases.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

struct Everything {
  LayerCase<float>::Forward forward;
  LayerCase<float>::Backward backward;
  std::vector<std::vector<float>> gradients;
};

Everything run(const StackSpec& spec, int steps, int batch, bool ragged, int threads) {
  LayerCase<float> test(spec, steps, batch, ragged, threads);
  Everything all{test.forward(true), test.backward(), {}};
  for (std::size_t p = 0; p < test.layer.parameters().size(); ++p) all.gradients.emplace_back(test.layer.gradient(p), test.layer.gradient(p) + test.layer.size(p));
  return all;
}

BPTT_TEST("layer results have the same bits with 1, 2, 3 and 8 threads") {
  struct Shape {
    int steps, batch, input, hidden;
  };
  // Slices of rows; slices of units (weights beyond a core's cache); one sequence.
  for (const Shape& shape : {Shape{9, 23, 40, 60}, Shape{4, 5, 200, 330}, Shape{3, 1, 150, 400}})
    for (const Cell& cell : all_cells()) {
      if (cell.activation != Activation::tanh) continue;  // the others are shared out in the same way
      for (bool bidirectional : {false, true})
        for (bool ragged : {false, true}) {
          const StackSpec spec{cell, shape.input, shape.hidden, 1, bidirectional, 0, 0.2};
          const Everything one = run(spec, shape.steps, shape.batch, ragged, 1);
          for (int threads : {2, 3, 8}) {
            const Everything many = run(spec, shape.steps, shape.batch, ragged, threads);
            const bool same = same_bits(one.forward.output, many.forward.output) && same_bits(one.forward.h, many.forward.h) &&
                              same_bits(one.forward.c, many.forward.c) && same_bits(one.backward.d_input, many.backward.d_input) &&
                              same_bits(one.backward.d_h0, many.backward.d_h0) && same_bits(one.backward.d_c0, many.backward.d_c0);
            CHECK_WITH(same, describe(cell) << " with " << threads << " threads, H " << shape.hidden);
            for (std::size_t p = 0; p < one.gradients.size(); ++p) CHECK_WITH(same_bits(one.gradients[p], many.gradients[p]), describe(cell) << " gradient " << p);
          }
        }
    }
}

// Values, gradients and (where wanted) those of the first states of a case whose first states are 0, or not given.
std::vector<std::vector<float>> from_zero(const StackSpec& spec, int steps, int batch, bool ragged, bool given, bool wanted, int threads) {
  LayerCase<float> test(spec, steps, batch, ragged, threads);
  std::vector<float> zeros(test.h0.size()), zeros_c(test.c0.size()), output(test.d_output.size()), d_input(test.x.size()), d_h0(zeros.size()), d_c0(zeros_c.size());
  const float* const initial = given ? zeros.data() : nullptr;
  const bool memory = spec.cell.has_memory();
  // Steps after the longest sequence, too.
  for (std::int32_t& length : test.lengths) length = std::min(length, steps - 1);
  // Twice: what the first time left behind must not count.
  for (int time = 0; time < 2; ++time) {
    test.layer.forward(steps, batch, ragged ? test.lengths.data() : nullptr, test.x.data(), {initial, given && memory ? zeros_c.data() : nullptr}, true, output.data(), {});
    test.layer.backward(test.d_output.data(), {test.d_h.data(), memory ? test.d_c.data() : nullptr}, d_input.data(),
                        {wanted ? d_h0.data() : nullptr, wanted && memory ? d_c0.data() : nullptr});
  }
  std::vector<std::vector<float>> all{output, d_input, d_h0, d_c0};
  for (std::size_t p = 0; p < test.layer.parameters().size(); ++p) all.emplace_back(test.layer.gradient(p), test.layer.gradient(p) + test.layer.size(p));
  return all;
}

BPTT_TEST("layer results without first states are those with first states of 0, with 1 and 3 threads") {
  struct Shape {
    int steps, batch, hidden;
  };
  // One step alone; more sequences than a block of the gradients' product has rows.
  for (const Shape& shape : {Shape{5, 9, 20}, Shape{1, 7, 33}, Shape{2, 600, 9}, Shape{3, 5, 330}})
    for (const Cell& cell : all_cells())
      for (bool bidirectional : {false, true})
        for (bool ragged : {false, true})
          for (int threads : {1, 3}) {
            const StackSpec spec{cell, 12, shape.hidden, bidirectional ? 2 : 1, bidirectional, 0, ragged ? 0.2 : 0};
            for (bool wanted : {false, true})
              CHECK_WITH(from_zero(spec, shape.steps, shape.batch, ragged, true, wanted, threads) == from_zero(spec, shape.steps, shape.batch, ragged, false, wanted, threads),
                         describe(cell) << ", T " << shape.steps << ", B " << shape.batch << (bidirectional ? ", bidirectional" : "") << (ragged ? ", ragged" : "") << (wanted ? ", gradients of the first states" : ""));
          }
}

BPTT_TEST("layer takes batches without sequences and without steps, with any number of threads") {
  for (const Cell& cell : all_cells())
    for (int threads : {1, 2, 8})
      for (int batch : {0, 3})
        for (int steps : {0, 4}) {
          if (batch > 0 && steps > 0) continue;
          const Everything all = run({cell, 3, 40, 2, true, 0, 0}, steps, batch, false, threads);
          for (const std::vector<float>& gradient : all.gradients)
            for (float value : gradient) CHECK(value == 0);
        }
}

// Each sequence of a ragged batch, and the same one alone, with so many steps of padding.
void check_alone(const StackSpec& spec, int steps, int batch, int padding, int threads) {
  LayerCase<float> whole(spec, steps, batch, true, threads);
  const auto expected = whole.forward(false);
  for (int b = 0; b < whole.batch; ++b) {
    const int length = whole.lengths[b];
    LayerCase<float> alone(spec, length + padding, 1, false, threads);
    if (padding > 0) alone.lengths = {length};
    for (int t = 0; t < length; ++t)
      for (int i = 0; i < spec.input; ++i) alone.x[t * spec.input + i] = whole.x[(t * whole.batch + b) * spec.input + i];
    const int H = spec.hidden, P = spec.state(), states = spec.layers * spec.directions(), width = spec.output();
    for (int s = 0; s < states; ++s) {
      std::copy_n(whole.h0.begin() + (s * whole.batch + b) * P, P, alone.h0.begin() + s * P);
      if (!alone.c0.empty()) std::copy_n(whole.c0.begin() + (s * whole.batch + b) * H, H, alone.c0.begin() + s * H);
    }
    for (std::size_t p = 0; p < alone.layer.parameters().size(); ++p) alone.layer.set(p, whole.layer.values(p));
    const auto found = alone.forward(false);
    for (int t = 0; t < whole.steps; ++t)
      for (int u = 0; u < width; ++u) {
        const float value = expected.output[(t * whole.batch + b) * width + u];
        CHECK_WITH(t < length ? value == found.output[t * width + u] : value == 0, whole.name() << ", sequence " << b << ", step " << t);
      }
    for (int s = 0; s < states; ++s) {
      CHECK_WITH(std::equal(found.h.begin() + s * P, found.h.begin() + (s + 1) * P, expected.h.begin() + (s * whole.batch + b) * P),
                 whole.name() << ", final state of sequence " << b);
      if (!alone.c0.empty()) CHECK(std::equal(found.c.begin() + s * H, found.c.begin() + (s + 1) * H, expected.c.begin() + (s * whole.batch + b) * H));
    }
  }
}

BPTT_TEST("layer results of a sequence do not depend on its batch, its place or its padding") {
  for (const Cell& cell : all_cells())
    for (bool bidirectional : {false, true}) {
      check_alone({cell, 3, 11, 2, bidirectional, 0, 0}, 7, 9, 0, 1);
      // One that is alone reads its input many steps at once; here with units shared among threads, too.
      check_alone({cell, 3, 11, 2, bidirectional, 0, 0}, 80, 4, 2, 1);
      check_alone({cell, 150, 400, 1, bidirectional, 0, 0}, 40, 2, 1, 3);
    }
}

BPTT_TEST("layer keeps NaN visible and out of other sequences") {
  for (const Cell& cell : all_cells()) {
    LayerCase<float> test({cell, 3, 9, 1, false, 0, 0}, 4, 5, false);
    const auto before = test.forward(false);
    test.x[(1 * test.batch + 2) * 3] = std::nanf("");
    const auto after = test.forward(false);
    for (int t = 0; t < 4; ++t)
      for (int b = 0; b < 5; ++b)
        for (int u = 0; u < test.spec.output(); ++u) {
          const std::size_t at = (static_cast<std::size_t>(t) * 5 + b) * test.spec.output() + u;
          if (b == 2 && t >= 1) CHECK_WITH(std::isnan(after.output[at]), describe(cell) << " lost a NaN at step " << t);
          else CHECK(after.output[at] == before.output[at]);
        }
  }
}

BPTT_TEST("layer does not let an infinite input reach gradients through units that do not exist") {
  // With saturated gates every gradient is finite, and it must not matter whether H fills whole packets.
  for (const Cell& cell : all_cells()) {
    const bool unbounded = cell.kind == CellKind::mingru || (cell.kind == CellKind::rnn && (cell.activation == Activation::relu || cell.activation == Activation::identity));
    // To normalise an infinity gives no number.
    if (unbounded || cell.layer_norm) continue;
    for (int hidden : {1, 7, 8, 9, 16, 17}) {
      LayerCase<float> test({cell, 2, hidden, 1, false, 0, 0}, 3, 1, false);
      test.x[2] = HUGE_VALF;
      test.forward(true);
      for (float value : test.backward().d_input) CHECK_WITH(std::isfinite(value), describe(cell) << " with H " << hidden);
    }
  }
}

BPTT_TEST("layer may write its output over its input") {
  LayerCase<float> test({{CellKind::lstm, Activation::tanh, true, 1}, 24, 24, 1, false, 0, 0}, 5, 9, false);
  const auto expected = test.forward(false);
  std::vector<float> both = test.x;
  test.layer.forward(5, 9, nullptr, both.data(), {test.h0.data(), test.c0.data()}, false, both.data(), {nullptr, nullptr});
  CHECK(same_bits(both, expected.output));
}

}  // namespace
}  // namespace test
}  // namespace bptt

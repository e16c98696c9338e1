// Tall and wide tiles give the same bits: whichever is the faster one of a machine, the naive versions that the others of these tests
// compare with hold for both. Sizes around the edges of both, and weights so large that what is read next is fetched.
#include <string>
#include <vector>

#include "check.h"
#include "kernels/kernels.h"
#include "layer/layer_cases.h"
#include "same_bits.h"

namespace bptt {
namespace test {
namespace {

struct Shape {
  int steps, batch, input, hidden;
};

template <class S>
struct Results {
  typename LayerCase<S>::Forward inference, training;
  typename LayerCase<S>::Backward back;
  std::vector<std::vector<S>> gradients;
};

template <class S>
Results<S> results(const StackSpec& spec, const Shape& shape, bool ragged, int threads, TileShape tiles) {
  LayerCase<S> c(spec, shape.steps, shape.batch, ragged, threads);
  current_kernels<S>().use_tiles(tiles);
  Results<S> r{c.forward(false), c.forward(true), c.backward(), {}};
  for (std::size_t p = 0; p < c.layer.parameters().size(); ++p) r.gradients.emplace_back(c.layer.gradient(p), c.layer.gradient(p) + c.layer.size(p));
  current_kernels<S>().use_tiles(best_tiles());
  return r;
}

template <class S>
void compare(const Cell& cell, const Shape& shape, bool ragged, bool bidirectional, int threads) {
  StackSpec spec;
  spec.cell = cell;
  spec.input = shape.input;
  spec.hidden = shape.hidden;
  spec.bidirectional = bidirectional;
  const Results<S> tall = results<S>(spec, shape, ragged, threads, TileShape::tall), wide = results<S>(spec, shape, ragged, threads, TileShape::wide);
  const std::string name = describe(cell) + ", B " + std::to_string(shape.batch) + ", I " + std::to_string(shape.input) + ", H " + std::to_string(shape.hidden);
  for (const auto part : {&Results<S>::inference, &Results<S>::training}) {
    CHECK_WITH(same_bits((tall.*part).output, (wide.*part).output), name);
    CHECK_WITH(same_bits((tall.*part).h, (wide.*part).h) && same_bits((tall.*part).c, (wide.*part).c), name);
  }
  CHECK_WITH(same_bits(tall.back.d_input, wide.back.d_input), name);
  CHECK_WITH(same_bits(tall.back.d_h0, wide.back.d_h0) && same_bits(tall.back.d_c0, wide.back.d_c0), name);
  for (std::size_t p = 0; p < tall.gradients.size(); ++p) CHECK_WITH(same_bits(tall.gradients[p], wide.gradients[p]), name << ", gradient " << p);
}

BPTT_TEST("layer results have the same bits with tall and with wide tiles") {
  for (const Cell& cell : all_cells())
    for (int batch : {1, 2, 3, 5, 6, 7, 12, 13, 25, 70})
      for (int hidden : {15, 16, 17, 33, 64, 97}) {
        const Shape shape{3, batch, hidden + 20, hidden};
        compare<float>(cell, shape, batch % 2 == 1, hidden == 33, 1 + batch % 2);
        if (batch <= 13 && hidden <= 33) compare<double>(cell, shape, batch % 2 == 0, false, 2);
      }
}

BPTT_TEST("layer results have the same bits with both tiles where the weights are fetched ahead") {
  for (const Cell& cell : all_cells()) {
    const int hidden = cell.kind == CellKind::rnn ? 560 : 310;
    for (int batch : {4, 6, 11, 16, 65}) compare<float>(cell, {2, batch, 70, hidden}, false, false, 1 + batch % 2);
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

// The kernels of the instruction set in use against plain loops, in both precisions.
#include "check.h"
#include "layer/naive_layer.h"

namespace bptt {
namespace test {
namespace {

template <class S>
void compare(const StackSpec& spec, int steps, int batch, bool ragged, double tolerance) {
  LayerCase<S> test(spec, steps, batch, ragged);
  const NaiveResult expected = naive_forward(test);
  for (bool training : {false, true}) {
    const auto found = test.forward(training);
    const double output = relative_error(found.output, expected.output, expected.output.size());
    const double h = relative_error(found.h, expected.h, expected.h.size()), c = relative_error(found.c, expected.c, expected.c.size());
    CHECK_WITH(output <= tolerance && h <= tolerance && c <= tolerance,
               test.name() << (training ? ", training" : "") << ": output " << output << ", h " << h << ", c " << c);
  }
}

template <class S>
void tile_edges(double tolerance) {
  for (const Cell& cell : all_cells()) {
    for (int hidden : {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 47, 64, 65})
      for (int batch : {1, 2, 3, 7}) compare<S>({cell, 1 + hidden % 5, hidden, 1, false, 0, 0}, 3, batch, false, tolerance);
    for (int batch : {0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 17, 24, 25, 63, 64, 65, 73, 130}) compare<S>({cell, 3, 20, 1, false, 0, 0}, 3, batch, false, tolerance);
    for (int input : {1, 2, 7, 8, 9, 33}) compare<S>({cell, input, 10, 1, false, 0, 0}, 2, 3, false, tolerance);
    for (int steps : {0, 1, 2, 5}) compare<S>({cell, 3, 5, 1, true, 0, 0}, steps, 3, false, tolerance);
  }
}

// Weights beyond a core's own cache are fetched ahead, in higher tiles only.
template <class S>
void large_weights(double tolerance) {
  for (const Cell& cell : all_cells())
    for (int batch : {1, 3, 5, 6, 7, 13, 70}) compare<S>({cell, 301, 333, 1, false, 0, 0}, 2, batch, false, tolerance);
}

template <class S>
void stacks(double tolerance) {
  for (const Cell& cell : all_cells())
    for (int layers : {1, 2, 3})
      for (bool bidirectional : {false, true})
        for (bool ragged : {false, true}) compare<S>({cell, 4, 9, layers, bidirectional, 0, 0}, 6, 8, ragged, tolerance);
}

BPTT_TEST("layer forward equals the plain loops at tile edges, double") { tile_edges<double>(1e-12); }
BPTT_TEST("layer forward equals the plain loops at tile edges, float") { tile_edges<float>(2e-6); }
BPTT_TEST("layer forward equals the plain loops with large weights, double") { large_weights<double>(1e-12); }
BPTT_TEST("layer forward equals the plain loops with large weights, float") { large_weights<float>(2e-6); }
BPTT_TEST("layer forward equals the plain loops for stacks, directions and lengths, double") { stacks<double>(1e-12); }
BPTT_TEST("layer forward equals the plain loops for stacks, directions and lengths, float") { stacks<float>(2e-6); }

}  // namespace
}  // namespace test
}  // namespace bptt

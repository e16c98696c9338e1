// Every gradient of the layer against central differences of its loss, in double.
#include "check.h"
#include "layer/layer_cases.h"

namespace bptt {
namespace test {
namespace {

constexpr double step = 1e-5;

// (loss(v + ε) − loss(v − ε)) / 2ε for elements 0, stride, 2·stride … of `values`, set by `assign`.
template <class Assign>
std::vector<double> differences(LayerCase<double>& test, std::vector<double>& values, std::size_t stride, const Assign& assign) {
  std::vector<double> result;
  for (std::size_t i = 0; i < values.size(); i += stride) {
    double& value = values[i];
    const double before = value;
    value = before + step;
    assign();
    const double above = test.loss();
    value = before - step;
    assign();
    const double below = test.loss();
    value = before;
    assign();
    result.push_back((above - below) / (2 * step));
  }
  return result;
}

// `most`: of one array's elements, spread over it.
void check_gradients(const StackSpec& spec, int steps, int batch, bool ragged, std::size_t most = SIZE_MAX) {
  LayerCase<double> test(spec, steps, batch, ragged);
  test.forward(true);
  const auto found = test.backward();
  std::vector<std::vector<double>> gradients;
  for (std::size_t p = 0; p < test.layer.parameters().size(); ++p)
    gradients.emplace_back(test.layer.gradient(p), test.layer.gradient(p) + test.layer.size(p));

  const auto compare = [&](const char* what, const std::vector<double>& analytic, std::vector<double>& values, const auto& assign) {
    const std::size_t stride = values.size() / most + 1;
    std::vector<double> chosen;
    for (std::size_t i = 0; i < values.size(); i += stride) chosen.push_back(analytic[i]);
    const double error = relative_error(chosen, differences(test, values, stride, assign), chosen.size());
    CHECK_WITH(error <= 1e-7, test.name() << ": gradient of " << what << " is off by " << error);
  };
  const auto nothing = [] {};
  compare("x", found.d_input, test.x, nothing);
  compare("h0", found.d_h0, test.h0, nothing);
  compare("c0", found.d_c0, test.c0, nothing);
  for (std::size_t p = 0; p < gradients.size(); ++p) {
    std::vector<double> values(test.layer.values(p), test.layer.values(p) + test.layer.size(p));
    compare(test.layer.parameters()[p].name.c_str(), gradients[p], values, [&] { test.layer.set(p, values.data()); });
  }
}

BPTT_TEST("layer gradients agree with central differences") {
  for (const Cell& cell : all_cells())
    for (int layers : {1, 2})
      for (bool bidirectional : {false, true})
        for (bool ragged : {false, true}) check_gradients({cell, 3, 5, layers, bidirectional, 0, 0}, 4, 3, ragged);
}

BPTT_TEST("layer gradients agree with central differences, wide and for one sequence") {
  for (const Cell& cell : all_cells()) {
    check_gradients({cell, 2, 17, 1, false, 0, 0}, 3, 2, false);
    check_gradients({cell, 2, 4, 1, true, 0, 0}, 6, 1, false);
    check_gradients({cell, 2, 3, 1, true, 0, 0}, 3, 9, true);
  }
}

BPTT_TEST("layer gradients agree with central differences where rows of states stand apart") {
  for (const Cell& cell : all_cells())
    for (bool dropout : {false, true}) check_gradients({cell, 5, 128, 1, false, 0, dropout ? 0.4 : 0}, 3, 3, true, 50);
}

BPTT_TEST("layer gradients agree with central differences over more rows than a block of the product holds") {
  for (const Cell& cell : all_cells()) {
    check_gradients({cell, 5, 20, 1, false, 0, 0}, 40, 26, false, 6);
    check_gradients({cell, 5, 17, 1, true, 0, 0}, 30, 40, true, 6);
  }
}

BPTT_TEST("layer gradients agree with central differences under dropout") {
  for (const Cell& cell : all_cells())
    for (bool bidirectional : {false, true}) {
      check_gradients({cell, 3, 6, 2, bidirectional, 0.4, 0}, 4, 3, true);
      check_gradients({cell, 3, 6, 2, bidirectional, 0, 0.4}, 4, 3, true);
      check_gradients({cell, 3, 6, 2, bidirectional, 0.3, 0.3}, 4, 3, false);
    }
}

}  // namespace
}  // namespace test
}  // namespace bptt

// A stack taken step by step gives the bits of the stack over whole sequences, whatever becomes of the rows in between.

#include <algorithm>
#include <limits>

#include "check.h"
#include "layer/layer_cases.h"
#include "layer/stack_stepper.h"
#include "layer/start_sums.h"

namespace bptt {
namespace test {
namespace {

// A row of the stepper: the sequence whose inputs it reads, and what it has read so far.
template <class S>
struct Path {
  std::vector<S> x;
  int sequence;
};

// h and c of every layer after the path, and the top layer's output, by StackPass and by a batch of one.
template <class S>
struct Expected {
  std::vector<S> h, c, output;

  Expected(const StackWeights<S>& weights, const Path<S>& path, ThreadPool& pool) {
    const StackSpec& spec = weights.spec();
    const int steps = static_cast<int>(path.x.size()) / spec.input;
    h.resize(spec.layers * spec.state());
    c.resize(spec.layers * spec.hidden);
    const SequenceLayout layout(steps, 1);
    StackPass<S> pass;
    typename StackPass<S>::Forward forward{};
    forward.layout = &layout;
    forward.input = path.x.data();
    forward.final = {h.data(), spec.cell.has_memory() ? c.data() : nullptr};
    pass.forward(weights, forward, pool);
    if (steps > 0) output.assign(pass.output() + (steps - 1) * spec.output(), pass.output() + steps * spec.output());
  }
};

template <class S>
void check_stepper(const StackSpec& spec, int threads) {
  const LayerCase<S> random(spec, 6, 17, false);
  std::vector<const S*> parameters;
  for (std::size_t p = 0; p < random.layer.parameters().size(); ++p) parameters.push_back(random.layer.values(p));
  ThreadPool pool(threads);
  StackWeights<S> weights(spec, parameters);
  weights.pack(false, pool);
  StackStepper<S> stepper(weights, 17);
  // What the rows become before each step: all; others in their places; doubled; one; as many as there is room for; none left out.
  const std::vector<std::vector<std::int32_t>> parents = {
      {0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {1, 1, 4, 0, 0, 0}, {4}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {16, 3}};
  stepper.reset(7);
  std::vector<Path<S>> paths(7);
  std::vector<S> h(spec.layers * spec.state()), c(spec.layers * spec.hidden);
  for (std::size_t t = 0; t < parents.size(); ++t) {
    std::vector<Path<S>> next;
    for (std::int32_t parent : parents[t]) next.push_back(paths[parent]);
    paths = next;
    stepper.gather(parents[t].data(), static_cast<int>(parents[t].size()));
    CHECK(stepper.rows() == static_cast<int>(paths.size()));
    std::vector<S> x;
    for (std::size_t row = 0; row < paths.size(); ++row) {
      const S* from = random.x.data() + (t * random.batch + row) * spec.input;
      x.insert(x.end(), from, from + spec.input);
      paths[row].x.insert(paths[row].x.end(), from, from + spec.input);
    }
    const S* output = stepper.step(x.data(), pool);
    for (std::size_t row = 0; row < paths.size(); ++row) {
      const Expected<S> expected(weights, paths[row], pool);
      stepper.state(static_cast<int>(row), h.data(), c.data());
      CHECK_WITH(h == expected.h, random.name() << ", step " << t << ", row " << row);
      CHECK_WITH(!spec.cell.has_memory() || c == expected.c, random.name() << ", step " << t << ", row " << row);
      CHECK_WITH(std::equal(expected.output.begin(), expected.output.end(), output + row * spec.output()), random.name() << ", step " << t << ", row " << row);
    }
  }
}

BPTT_TEST("a stack stepped row by row has the bits of whole sequences, with 1, 2 and 3 threads") {
  for (const Cell& cell : all_cells())
    for (int layers : {1, 3})
      for (int hidden : {1, 8, 19, 33}) {
        check_stepper<float>({cell, 5, hidden, layers, false, 0, 0}, 1);
        check_stepper<double>({cell, 5, hidden, layers, false, 0, 0}, 1);
      }
  // Large enough that threads share a step.
  for (const Cell& cell : all_cells())
    for (int threads : {2, 3}) check_stepper<float>({cell, 40, 180, 2, false, 0, 0}, threads);
}

// Rows that read x one after the other, or have all or the first elements of it in the sums they start from.
template <class S>
void check_starts(const StackSpec& spec, int inputs, int threads) {
  const int rows = 17, steps = 3;
  const LayerCase<S> random(spec, steps, rows, false);
  std::vector<const S*> parameters;
  for (std::size_t p = 0; p < random.layer.parameters().size(); ++p) parameters.push_back(random.layer.values(p));
  ThreadPool pool(threads);
  StackWeights<S> weights(spec, parameters);
  weights.pack(false, pool);
  StackStepper<S> plain(weights, rows), started(weights, rows);
  plain.reset(rows);
  started.reset(rows);
  const DirectionWeights<S>& first = weights.direction(0, 0);
  const std::ptrdiff_t ld = static_cast<std::ptrdiff_t>(start_slots(spec.cell)) * first.padded;
  std::vector<S> sums(rows * ld), known(random.x);
  std::vector<std::int32_t> ids(rows);
  for (int t = 0; t < steps; ++t) {
    const S* x = random.x.data() + static_cast<std::size_t>(t) * rows * spec.input;
    // The table's rows lie in another order than those of the batch, and what they hold of x is not read again.
    for (int row = 0; row < rows; ++row) {
      ids[row] = (row * 5 + t) % rows;
      start_sums(first, x + row * spec.input, spec.input, inputs, 1, {0, spec.hidden}, sums.data() + ids[row] * ld, ld);
      std::fill_n(known.begin() + (static_cast<std::ptrdiff_t>(t) * rows + row) * spec.input, inputs, std::numeric_limits<S>::quiet_NaN());
    }
    const S* expected = plain.step(x, pool);
    const S* rest = inputs == spec.input ? nullptr : known.data() + static_cast<std::size_t>(t) * rows * spec.input;
    const S* found = started.step(rest, pool, {sums.data(), ld, inputs, ids.data()});
    CHECK_WITH(std::equal(expected, expected + rows * spec.output(), found), random.name() << ", " << inputs << " inputs, step " << t);
  }
}

BPTT_TEST("a step that starts from the sums of its input has the bits of one that reads it") {
  std::vector<Cell> cells = all_cells();
  // Their sums are normalised apart.
  cells.erase(std::remove_if(cells.begin(), cells.end(), [](const Cell& cell) { return cell.layer_norm; }), cells.end());
  for (const Cell& cell : cells)
    for (int hidden : {1, 8, 19, 33}) {
      for (int inputs : {0, 2, 5}) check_starts<float>({cell, 5, hidden, 2, false, 0, 0}, inputs, 1);
      check_starts<double>({cell, 5, hidden, 1, false, 0, 0}, 5, 1);
    }
  for (const Cell& cell : cells) check_starts<float>({cell, 300, 180, 1, false, 0, 0}, 300, 3);
}

BPTT_TEST("a stepper's states can be taken from one row and put into another") {
  for (const Cell& cell : all_cells()) {
    const StackSpec spec{cell, 4, 11, 2, false, 0, 0};
    const LayerCase<float> random(spec, 6, 3, false);
    std::vector<const float*> parameters;
    for (std::size_t p = 0; p < random.layer.parameters().size(); ++p) parameters.push_back(random.layer.values(p));
    ThreadPool pool(1);
    StackWeights<float> weights(spec, parameters);
    weights.pack(false, pool);
    StackStepper<float> one(weights, 3), other(weights, 1);
    one.reset(3);
    other.reset(1);
    const int state = spec.state();
    std::vector<float> h(2 * state), c(22);
    for (int t = 0; t < 3; ++t) one.step(random.x.data() + t * 12, pool);
    one.state(2, h.data(), c.data());
    other.set_state(0, h.data(), c.data());
    for (int t = 3; t < 6; ++t) {
      const float* expected = one.step(random.x.data() + t * 12, pool) + 2 * state;
      const float* found = other.step(random.x.data() + t * 12 + 8, pool);
      CHECK(std::equal(expected, expected + state, found));
    }
    // Without c: zeros.
    other.set_state(0, h.data(), nullptr);
    other.state(0, h.data(), c.data());
    if (cell.has_memory())
      for (float value : c) CHECK(value == 0);
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

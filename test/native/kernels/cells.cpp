// A cell's step, forward and back, by itself: in every table, against the equations in float64, with units cut at a panel, with known sums and
// with states of 0; and what tables in double have of products.
#include <array>
#include <cmath>
#include <vector>

#include "check.h"
#include "kernels/called.h"
#include "kernels/kernel_cases.h"
#include "kernels/product_tables.h"
#include "layer/layer_cases.h"
#include "layer/operand.h"

namespace bptt {
namespace test {
namespace {

struct Source {
  bool x, h;
};
// Slots of sums of a stage, in the order of the panels.
std::vector<Source> sources(Stage stage) {
  switch (stage) {
    case Stage::rnn:
    case Stage::gru_before_candidate: return {{true, true}};
    case Stage::lstm: return {{true, true}, {true, true}, {true, true}, {true, true}};
    case Stage::gru_after: return {{true, true}, {true, true}, {true, false}, {false, true}};
    case Stage::gru_before_gates: return {{true, true}, {true, true}};
    case Stage::mingru: return {{true, false}, {true, false}};
    // No products come with these: layers with layer norm try them.
    case Stage::lstm_memory:
    case Stage::lstm_output: return {};
  }
  return {};
}
constexpr Stage stages[] = {Stage::rnn, Stage::lstm, Stage::gru_after, Stage::gru_before_gates, Stage::gru_before_candidate, Stage::mingru};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double activated(Activation g, double x) {
  return g == Activation::tanh ? std::tanh(x) : g == Activation::relu ? std::max(x, 0.0) : g == Activation::sigmoid ? sigmoid(x) : x;
}

template <class S>
S as_read(const Products<S>& table, S x) {
  return table.round == nullptr ? x : static_cast<S>(to_bfloat16(static_cast<float>(x)));
}

enum class Known { nothing, x, no_h };  // what is known before the product: sums of x, that h is 0

// With `kernel` its pointwise part alone, of sums that are given.
template <class S>
void check_forward(const Products<S>& table, const Kernels<S>* kernel, Stage stage, Activation activation, int rows, int input, int hidden, Known known) {
  const auto units = [&](int depth) { return (depth + table.depth_unit - 1) / table.depth_unit * table.depth_unit; };
  const std::vector<Source> slots = sources(stage);
  const int count = static_cast<int>(slots.size()), padded = (hidden + table.lanes - 1) / table.lanes * table.lanes;
  const std::size_t state = static_cast<std::size_t>(rows) * padded;
  std::vector<std::vector<S>> w_x(count), w_h(count);
  int total = 0;
  for (int s = 0; s < count; ++s) {
    w_x[s] = random_numbers<S>(std::size_t(hidden) * input, 20 + s, 0.4);
    w_h[s] = random_numbers<S>(std::size_t(hidden) * hidden, 30 + s, 0.4);
    total += (slots[s].x ? units(input) : 0) + (slots[s].h ? units(hidden) : 0);
  }
  AlignedArray<std::byte> panels(called(table.panel_bytes)(hidden, total));
  panels.zero();
  for (int s = 0, offset = 0; s < count; ++s) {
    if (slots[s].x) called(table.pack)({w_x[s].data(), 1, input, input, 0, hidden, panels.data(), total, offset}), offset += units(input);
    if (slots[s].h) called(table.pack)({w_h[s].data(), 1, hidden, hidden, 0, hidden, panels.data(), total, offset}), offset += units(hidden);
  }
  const std::vector<S> x = random_numbers<S>(std::size_t(rows) * input, 40), h = known == Known::no_h ? std::vector<S>(state) : random_numbers<S>(state, 41);
  const std::vector<S> h_previous = random_numbers<S>(state, 42), c_previous = random_numbers<S>(state, 43), bias = random_numbers<S>(count * padded, 44);
  const std::vector<S> peepholes = random_numbers<S>(3 * padded, 46);
  const bool peeps = stage == Stage::lstm && rows % 2 == 1;
  OperandRows<S> x_operand, h_operand;
  x_operand.prepare(table, x.data(), input, rows, input);
  x_operand.round(0, rows, 0, input);
  h_operand.prepare(table, h.data(), padded, rows, hidden);
  h_operand.round(0, rows, 0, hidden);
  const auto product = [&](int row, int slot, int unit, bool of_x, bool of_h) {
    double sum = 0;
    for (int k = 0; of_x && slots[slot].x && k < input; ++k) sum += double(as_read(table, x[row * input + k])) * as_read(table, w_x[slot][unit * input + k]);
    for (int k = 0; of_h && slots[slot].h && k < hidden; ++k) sum += double(as_read(table, h[row * padded + k])) * as_read(table, w_h[slot][unit * hidden + k]);
    return sum;
  };
  // The sums of rows in the opposite order.
  std::vector<S> sums(known == Known::x ? std::size_t(rows) * count * padded : 0);
  std::vector<std::int32_t> sums_rows(rows);
  for (int r = 0; r < rows; ++r) {
    sums_rows[r] = rows - 1 - r;
    for (int s = 0; known == Known::x && s < count; ++s)
      for (int u = 0; u < hidden; ++u) sums[(std::size_t(rows - 1 - r) * count + s) * padded + u] = static_cast<S>(bias[s * padded + u] + product(r, s, u, true, false));
  }
  std::vector<S> all_sums(std::size_t(count) * rows * padded);
  for (int s = 0; kernel != nullptr && s < count; ++s)
    for (int r = 0; r < rows; ++r)
      for (int u = 0; u < hidden; ++u) all_sums[(std::size_t(s) * rows + r) * padded + u] = static_cast<S>(bias[s * padded + u] + product(r, s, u, true, true));
  const bool before = stage == Stage::gru_before_gates || stage == Stage::gru_before_candidate;
  const int saved_slots = stage == Stage::lstm || stage == Stage::gru_after ? 4 : 3;
  for (const bool saves : {false, true}) {
    if (!saves && before) continue;
    std::vector<S> h_next(state), c_next(state), reset(state), output(std::size_t(rows) * (hidden + 2), S(7)), saved = random_numbers<S>(std::size_t(rows) * saved_slots * padded, 45);
    for (S& value : saved) value = std::fabs(value);
    const std::vector<S> saved_before = saved;
    CellForward<S> step{};
    step.stage = stage;
    step.activation = activation;
    step.rows = rows;
    step.input = input;
    step.state = hidden;
    step.hidden = hidden;
    step.padded = padded;
    step.x = x_operand.at(0);
    step.ldx = x_operand.ld();
    step.h = h_operand.at(0);
    step.ldh = h_operand.ld();
    step.h_is_zero = known == Known::no_h;
    step.panels = panels.data();
    step.bias = bias.data();
    step.peepholes = peeps ? peepholes.data() : nullptr;
    if (known == Known::x) step.starts = {sums.data(), std::ptrdiff_t(count) * padded, input, sums_rows.data()};
    step.ld_state = padded;
    step.h_product = h.data();
    step.h_previous = h_previous.data();
    step.c_previous = c_previous.data();
    step.h_next = h_next.data();
    step.c_next = c_next.data();
    step.output = output.data();
    step.ldo = hidden + 2;
    step.saved = saves ? saved.data() : nullptr;
    step.ld_saved = std::ptrdiff_t(saved_slots) * padded;
    step.reset_hidden = reset.data();
    const int middle = hidden / 2 / table.panel * table.panel;
    for (const auto& [begin, end] : {std::pair{0, middle}, std::pair{middle, hidden}}) {
      step.unit_begin = begin;
      step.unit_end = end;
      if (begin == end) continue;
      if (kernel == nullptr) called(table.cell_forward)(step);
      else called(kernel->cell_pointwise)(step, {all_sums.data() + begin, std::ptrdiff_t(rows) * padded, padded, 0, rows, begin, (end == hidden ? padded : end) - begin});
    }
    for (int r = 0; r < rows; ++r)
      for (int u = 0; u < hidden; ++u) {
        double a[4] = {};
        for (int s = 0; s < count; ++s) a[s] = bias[s * padded + u] + product(r, s, u, true, true);
        const std::size_t at = std::size_t(r) * padded + u;
        const auto save = [&](int slot) { return std::size_t(r) * saved_slots * padded + std::size_t(slot) * padded + u; };
        const auto near = [&](const char* what, double found, double expected) { check_near<S>(table, what, found, expected, 200); };
        const auto kept = [&](std::initializer_list<double> values) {
          int slot = 0;
          for (const double value : values) near("saved", saved[save(slot++)], value);
        };
        double next = 0;
        if (stage == Stage::rnn) {
          next = activated(activation, a[0]);
        } else if (stage == Stage::lstm) {
          const double p_i = peeps ? peepholes[u] : 0, p_f = peeps ? peepholes[padded + u] : 0, p_o = peeps ? peepholes[2 * padded + u] : 0;
          const double i = sigmoid(a[0] + p_i * c_previous[at]), f = sigmoid(a[1] + p_f * c_previous[at]), g = std::tanh(a[2]), c = f * c_previous[at] + i * g;
          const double o = sigmoid(a[3] + p_o * c);
          next = o * std::tanh(c);
          near("c", c_next[at], c);
          if (saves) kept({i, f, g, o});
        } else if (stage == Stage::gru_after) {
          const double reset_gate = sigmoid(a[0]), z = sigmoid(a[1]), n = std::tanh(a[2] + reset_gate * a[3]);
          next = (1 - z) * n + z * h_previous[at];
          if (saves) kept({n, reset_gate, z, a[3]});
        } else if (stage == Stage::mingru) {
          const double z = sigmoid(a[0]);
          next = (1 - z) * h_previous[at] + z * a[1];
          if (saves) kept({z, a[1]});
        } else if (stage == Stage::gru_before_gates) {
          near("r", saved[save(1)], sigmoid(a[0]));
          near("z", saved[save(2)], sigmoid(a[1]));
          near("r h", reset[at], sigmoid(a[0]) * h[at]);
          continue;
        } else {
          const double z = saved_before[save(2)], n = std::tanh(a[0]);
          next = (1 - z) * n + z * h_previous[at];
          near("n", saved[save(0)], n);
        }
        near("h", h_next[at], next);
        near("output", output[std::size_t(r) * (hidden + 2) + u], next);
      }
    for (int r = 0; r < rows; ++r) CHECK(output[std::size_t(r) * (hidden + 2) + hidden] == 7 && output[std::size_t(r) * (hidden + 2) + hidden + 1] == 7);
  }
}

template <class S>
void check_table(const Products<S>& table, const Kernels<S>* kernel = nullptr) {
  for (const Stage stage : stages)
    for (const Activation activation : {Activation::tanh, Activation::relu, Activation::sigmoid, Activation::identity}) {
      if (stage != Stage::rnn && activation != Activation::tanh) continue;
      int kind = 0;
      for (int rows : {1, 2, 3, 6, 12, 13, 33})
        for (int hidden : {1, 7, 16, 17, 33, 70}) {
          const Known known = std::array<Known, 3>{Known::nothing, Known::x, Known::no_h}[++kind % 3];
          check_forward(table, kernel, stage, activation, rows, 1 + kind * 5 % 41, hidden, known);
        }
    }
}

BPTT_TEST("a cell's step follows its equations, in every table") {
  for_every_set([](const auto& kernel) {
    check_table(*kernel.products);
    check_table(*kernel.products, &kernel);
  });
  for (const ProductTable& table : product_tables())
    if (table.precision == Precision::bfloat16) check_table(*table.products);
}

template <class S>
void check_backward(const Kernels<S>& kernel, Stage stage, Activation activation, int rows, int hidden, bool with_output) {
  const int padded = (hidden + kernel.lanes - 1) / kernel.lanes * kernel.lanes;
  const std::size_t state = std::size_t(rows) * padded;
  const auto positive = [](std::vector<S> values) {
    for (S& value : values) value = std::fabs(value);
    return values;
  };
  std::vector<S> saved = positive(random_numbers<S>(state * 4, 50)), dh = random_numbers<S>(state, 51), dc = random_numbers<S>(state, 52), reset = random_numbers<S>(state, 53);
  const std::vector<S> d_output = random_numbers<S>(std::size_t(rows) * hidden, 54), h_previous = random_numbers<S>(state, 55), h_product = random_numbers<S>(state, 56);
  const std::vector<S> h_next = random_numbers<S>(state, 57), c_previous = random_numbers<S>(state, 58), c_next = random_numbers<S>(state, 59), peepholes = random_numbers<S>(3 * padded, 60);
  const bool peeps = stage == Stage::lstm && rows == 3;
  const std::vector<S> saved0 = saved, dh0 = dh, dc0 = dc, reset0 = reset;
  const int middle = hidden / 2 / kernel.products->panel * kernel.products->panel;
  for (const auto& [begin, end] : {std::pair{0, middle}, std::pair{middle, hidden}})
    if (begin < end)
      called(kernel.cell_backward)({stage, activation, rows, begin, end, hidden, padded, padded, with_output ? d_output.data() : nullptr, hidden, saved.data(),
                                    std::ptrdiff_t(4) * padded, peeps ? peepholes.data() : nullptr, h_previous.data(), h_product.data(), h_next.data(), c_previous.data(), c_next.data(), dh.data(), dc.data(),
                                    reset.data()});
  for (int r = 0; r < rows; ++r)
    for (int u = 0; u < hidden; ++u) {
      const std::size_t at = std::size_t(r) * padded + u;
      const auto slot = [&](int s) { return std::size_t(r) * 4 * padded + std::size_t(s) * padded + u; };
      const auto near = [&](const char* what, double found, double expected) { check_near<S>(kernel, what, found, expected, 100); };
      const double d = dh0[at] + (with_output ? double(d_output[std::size_t(r) * hidden + u]) : 0.0);
      const double s0 = saved0[slot(0)], s1 = saved0[slot(1)], s2 = saved0[slot(2)], s3 = saved0[slot(3)];
      const auto through_sigmoid = [](double y) { return y * (1 - y); };
      const auto through_tanh = [](double y) { return 1 - y * y; };
      if (stage == Stage::rnn) {
        const double y = h_next[at];
        near("da", saved[slot(0)],
             d * (activation == Activation::tanh ? through_tanh(y) : activation == Activation::relu ? y > 0 : activation == Activation::sigmoid ? through_sigmoid(y) : 1));
      } else if (stage == Stage::lstm) {
        const double p_i = peeps ? peepholes[u] : 0, p_f = peeps ? peepholes[padded + u] : 0, p_o = peeps ? peepholes[2 * padded + u] : 0;
        const double c = std::tanh(double(c_next[at])), d_o = d * c * through_sigmoid(s3), cell = dc0[at] + d * s3 * through_tanh(c) + p_o * d_o;
        const double d_i = cell * s2 * through_sigmoid(s0), d_f = cell * c_previous[at] * through_sigmoid(s1);
        near("di", saved[slot(0)], d_i);
        near("df", saved[slot(1)], d_f);
        near("dg", saved[slot(2)], cell * s0 * through_tanh(s2));
        near("do", saved[slot(3)], d_o);
        near("dc", dc[at], cell * s1 + p_i * d_i + p_f * d_f);
      } else if (stage == Stage::mingru) {
        near("dz", saved[slot(0)], d * (s1 - h_previous[at]) * through_sigmoid(s0));
        near("d candidate", saved[slot(1)], d * s0);
        near("dh", dh[at], d * (1 - s0));
      } else if (stage == Stage::gru_before_gates) {
        near("dr", saved[slot(1)], reset0[at] * h_product[at] * through_sigmoid(s1));
        near("through r", reset[at], reset0[at] * s1);
        CHECK(dh[at] == dh0[at]);
      } else {
        const double dn = d * (1 - s2) * through_tanh(s0);
        near("dn", saved[slot(0)], dn);
        near("dz", saved[slot(2)], d * (h_previous[at] - s0) * through_sigmoid(s2));
        near("dh", dh[at], d * s2);
        if (stage == Stage::gru_after) {
          near("dr", saved[slot(1)], dn * s3 * through_sigmoid(s1));
          near("dn_h", saved[slot(3)], dn * s1);
        }
      }
    }
  // Products run over the units beyond H too.
  const int first = stage == Stage::gru_before_gates ? 1 : 0, last = stage == Stage::rnn ? 1 : stage == Stage::gru_before_gates || stage == Stage::mingru ? 2 : stage == Stage::gru_before_candidate ? 3 : 4;
  for (int r = 0; r < rows; ++r)
    for (int s = first; s < last; ++s)
      for (int u = hidden; u < padded; ++u) CHECK(saved[std::size_t(r) * 4 * padded + std::size_t(s) * padded + u] == 0);
}

BPTT_TEST("the pointwise gradients of a cell follow their equations on every instruction set") {
  for_every_set([](const auto& kernel) {
    for (const Stage stage : stages)
      for (const Activation activation : {Activation::tanh, Activation::relu, Activation::sigmoid, Activation::identity})
        for (int rows : {0, 1, 3})
          for (int hidden : {1, 7, 8, 16, 17, 33, 70})
            if (stage == Stage::rnn || activation == Activation::tanh) check_backward(kernel, stage, activation, rows, hidden, hidden % 2 == 1);
  });
}

// In float they are tried further (products.cpp).
BPTT_TEST("products and gradient products in double follow their definitions, with tall and with wide tiles") {
  for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa)
    for (const TileShape shape : {TileShape::wide, TileShape::tall}) {
      called(kernels_for<float>(*isa)->use_tiles)(shape);
      const Kernels<double>& kernel = *kernels_for<double>(*isa);
      called(kernel.use_tiles)(shape);
      const Products<double>& table = *kernel.products;
      for (int rows : {1, 5, 6, 12, 13, 40})
        for (int depth : {1, 2, 17, 70})
          for (int columns : {1, 4, 7, 8, 16, 33}) {
            const std::vector<double> a = random_numbers<double>(rows * depth, 60), b = random_numbers<double>(depth * columns, 61), right = random_numbers<double>(rows * columns, 62);
            AlignedArray<std::byte> panels(called(table.panel_bytes)(columns, depth));
            called(table.pack)({b.data(), columns, 1, depth, 0, columns, panels.data(), depth, 0});
            std::vector<double> c = random_numbers<double>(rows * columns, 63), gradient(depth * columns), sums(depth);
            const std::vector<double> c0 = c;
            called(table.product)({rows, 0, columns, depth, a.data(), depth, panels.data(), nullptr, c.data(), columns, true, depth, 0});
            GradientProduct<double> product{};
            product.depth = rows;
            product.m_end = product.group_size = depth;
            product.a = a.data();
            product.lda = depth;
            product.sides[0] = {0, columns, right.data(), columns, nullptr, gradient.data(), columns, 0, 0};
            product.sums = sums.data();
            AlignedArray<double> work(called(table.gradient_work)(product));
            product.work = work.data();
            called(table.gradient_product)(&product, 1);
            for (int n = 0; n < columns; ++n) {
              for (int r = 0; r < rows; ++r) {
                double sum = c0[r * columns + n];
                for (int k = 0; k < depth; ++k) sum += a[r * depth + k] * b[k * columns + n];
                check_near<double>(kernel, "product", c[r * columns + n], sum, 300);
              }
              for (int m = 0; m < depth; ++m) {
                double sum = 0;
                for (int r = 0; r < rows; ++r) sum += a[r * depth + m] * right[r * columns + n];
                check_near<double>(kernel, "gradient product", gradient[m * columns + n], sum, 300);
              }
            }
            for (int m = 0; m < depth; ++m) {
              double sum = 0;
              for (int r = 0; r < rows; ++r) sum += a[r * depth + m];
              check_near<double>(kernel, "sums", sums[m], sum, 300);
            }
          }
    }
  current_kernels<float>().use_tiles(best_tiles());
  current_kernels<double>().use_tiles(best_tiles());
}

}  // namespace
}  // namespace test
}  // namespace bptt

// The products that make ∂L/∂W of a layer and direction, cut into jobs for any thread.
#pragma once

#include <initializer_list>
#include <vector>

#include "layer/direction_weights.h"
#include "layer/operand.h"
#include "layer/partition.h"

namespace bptt {

template <class S>
class GradientJobs {
 public:
  void clear(const Products<S>& products) {
    products_ = &products;
    jobs_.clear();
  }
  // Products by the same right sides, each cut along its rows in as many pieces.
  void push(std::initializer_list<GradientProduct<S>> products, int pieces) {
    for (int piece = 0; piece < pieces; ++piece) {
      Job job{};
      for (GradientProduct<S> p : products) {
        const std::int64_t rows = p.m_end;
        p.m_begin = static_cast<int>(rows * piece / pieces);
        p.m_end = static_cast<int>(rows * (piece + 1) / pieces);
        if (p.m_begin < p.m_end) job.products[job.count++] = p;
      }
      if (job.count > 0) jobs_.push_back(job);
    }
  }
  int count() const { return static_cast<int>(jobs_.size()); }
  // Elements of `work` for each job.
  std::size_t work() const {
    std::size_t most = 0;
    for (const Job& job : jobs_) most = std::max(most, products_->gradient_work(job.products[0]));
    return most;
  }
  void run(int job, S* work) {
    jobs_[job].products[0].work = work;
    products_->gradient_product(jobs_[job].products, jobs_[job].count);
  }

 private:
  struct Job {
    GradientProduct<S> products[3];
    int count;
  };
  const Products<S>* products_ = nullptr;
  std::vector<Job> jobs_;
};

// ∂L/∂W of a group of gates, and ∂L/∂b: from `gates`, the operand of their gradients' slots in all rows.
template <class S>
GradientProduct<S> group_gradient(const DirectionWeights<S>& w, const GateGroup& group, int rows, Operand gates, std::ptrdiff_t ld_gates, const RightSide<S>& x,
                                  const RightSide<S>& h, S* const (&gradients)[parameter_roles]) {
  const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(group.gate) * w.hidden;
  const auto gradient = [&](ParameterRole role) { return gradients[static_cast<int>(role)]; };
  GradientProduct<S> p{};
  p.depth = rows;
  p.m_end = group.gates * w.hidden;
  p.group_size = w.hidden;
  p.group_stride = w.slot_part();
  p.a = gates;
  p.lda = ld_gates;
  p.sides[0] = x;
  p.sides[1] = h;
  if (group.x) p.sides[0].c = gradient(ParameterRole::weight_ih) + first * w.input;
  if (group.h) p.sides[1].c = gradient(ParameterRole::weight_hh) + first * w.state();
  p.sums = group.hidden_bias ? gradient(ParameterRole::bias_hn) : gradient(ParameterRole::bias) + first;
  return p;
}

// Renews the operand of some gates' gradients, slots from `first` on, in the slots' places of the panels.
template <class S>
void round_gates(const DirectionWeights<S>& w, OperandRows<S>& gates, std::ptrdiff_t row, int rows, Range units, int first, int slots) {
  const int end = units.end == w.hidden ? w.padded : units.end;
  for (int slot = first; slot < first + slots; ++slot)
    gates.round(row, rows, slot * w.padded + units.begin, end - units.begin, slot * w.slot_part() + units.begin);
}

// d_input[rows] (+)= d · W_ih, from the operand of the gates' gradients.
template <class S>
void input_gradient(const DirectionWeights<S>& w, const OperandRows<S>& gates, S* d_input, Range rows, bool accumulate) {
  Product<S> product{};
  product.rows = rows.end - rows.begin;
  product.column_end = w.input;
  product.depth = w.cell.gates() * w.slot_part();
  product.a = gates.at(rows.begin);
  product.lda = gates.ld();
  product.panels = w.input_transposed.data();
  product.c = d_input + static_cast<std::ptrdiff_t>(rows.begin) * w.input;
  product.ldc = w.input;
  product.accumulate = accumulate;
  w.products->product(product);
}

}  // namespace bptt

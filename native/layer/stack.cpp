#include "layer/stack.h"

#include <algorithm>
#include <utility>

#include "layer/dropout.h"

namespace bptt {

template <class S>
StackWeights<S>::StackWeights(const StackSpec& spec, const std::vector<const S*>& parameters) : spec_(spec), directions_(spec.layers * spec.directions()) {
  const std::vector<StackParameter> described = stack_parameters(spec);
  for (std::size_t i = 0; i < described.size(); ++i) {
    DirectionWeights<S>& w = directions_[described[i].layer * spec.directions() + described[i].direction];
    w.parameters[static_cast<int>(described[i].role)] = parameters[i];
    w.cell = spec.cell;
    w.input = spec.layer_input(described[i].layer);
    w.hidden = spec.hidden;
    w.products = &current_products<S>(spec.precision);
  }
  for (DirectionWeights<S>& w : directions_) w.allocate();
}

template <class S>
void StackWeights<S>::pack(bool backward, ThreadPool& pool) {
  bptt::pack(directions_, backward, pool);
}

template <class S>
template <class Body>
void StackPass<S>::in_slices(const StackWeights<S>& weights, int layer, ThreadPool& pool, const Body& body) {
  const StackSpec& spec = weights.spec();
  const Products<S>& products = current_products<S>(spec.precision);
  const Partition p = partition(spec, layer, *f_.layout, pool.threads(), products.panel, products.weight_bytes);
  const int slices = static_cast<int>(p.rows.size() * p.units.size());
  // Slices of units come with one slice of rows: one group that waits for each other for each direction.
  ThreadPool::Barrier barriers[2]{{slices, pool.stop()}, {slices, pool.stop()}};
  pool.team(p.members(), [&](int member) {
    const Range rows = p.rows[member % slices / p.units.size()];
    const Range units = p.units[member % slices % p.units.size()];
    for (int direction = member / slices; direction < spec.directions(); direction += p.directions)
      body(*levels_[layer].directions[direction], rows, units, p.units.size() > 1 ? &barriers[direction] : nullptr);
  });
}

template <class S>
void StackPass<S>::prepare_levels(const StackSpec& spec) {
  const bool feeds_back = spec.cell.traits().feeds_back;
  if (levels_.size() == static_cast<std::size_t>(spec.layers) && feeds_back == feeds_back_) return;
  // All of them or, without memory for it, none.
  std::vector<Level> levels(spec.layers);
  for (Level& level : levels)
    for (auto& direction : level.directions) direction = make_direction_pass<S>(spec.cell);
  levels_ = std::move(levels);
  feeds_back_ = feeds_back;
}

template <class S>
const S* StackPass<S>::prepare_layer(const StackWeights<S>& weights, int layer, const S* input) {
  const StackSpec& spec = weights.spec();
  const std::size_t size = checked_product({static_cast<std::size_t>(f_.layout->rows()), static_cast<std::size_t>(spec.output())});
  Level& level = levels_[layer];
  S* output = layer == spec.layers - 1 ? f_.output : nullptr;
  if (output == nullptr) {
    level.output.resize(size);
    output = level.output.data();
  }
  const std::ptrdiff_t h = static_cast<std::ptrdiff_t>(f_.layout->batch()) * spec.state(), c = static_cast<std::ptrdiff_t>(f_.layout->batch()) * spec.hidden;
  for (int direction = 0; direction < spec.directions(); ++direction) {
    const DirectionWeights<S>& w = weights.direction(layer, direction);
    const int index = layer * spec.directions() + direction;
    const S* mask = nullptr;
    if (f_.training && spec.dropout_recurrent > 0) {
      AlignedArray<S>& masks = level.h_mask[direction];
      masks.resize(static_cast<std::size_t>(f_.layout->batch()) * w.padded_state);
      masks.zero();
      const Random random(f_.seed, random_stream::recurrent + index, f_.step);
      for (int position = 0; position < f_.layout->batch(); ++position)
        dropout_mask(random, spec.dropout_recurrent, f_.layout->sequence(position), spec.state(), masks.data() + static_cast<std::ptrdiff_t>(position) * w.padded_state);
      mask = masks.data();
    }
    level.directions[direction]->prepare({&w, f_.layout, direction == 1, f_.training, input, f_.initial.h == nullptr ? nullptr : f_.initial.h + index * h,
                                         f_.initial.c == nullptr ? nullptr : f_.initial.c + index * c, mask, output + direction * spec.state(), spec.output(), f_.stop});
  }
  output_ = output;
  if (!drops_between(spec, layer)) return output;
  level.mask.resize(size);
  level.dropped.resize(size);
  return level.dropped.data();
}

template <class S>
void StackPass<S>::forward(const StackWeights<S>& weights, const Forward& forward, ThreadPool& pool) {
  f_ = forward;
  f_.stop = &pool.stop();
  const StackSpec& spec = weights.spec();
  prepare_levels(spec);
  const std::ptrdiff_t h = static_cast<std::ptrdiff_t>(f_.layout->batch()) * spec.state(), c = static_cast<std::ptrdiff_t>(f_.layout->batch()) * spec.hidden;
  const S* input = forward.input;
  for (int layer = 0; layer < spec.layers; ++layer) {
    input = prepare_layer(weights, layer, input);
    in_slices(weights, layer, pool, [](DirectionPass<S>& pass, Range rows, Range units, ThreadPool::Barrier* barrier) { pass.run(rows, units, barrier); });
    for (int direction = 0; direction < spec.directions(); ++direction) {
      const int index = layer * spec.directions() + direction;
      levels_[layer].directions[direction]->final_state(f_.final.h == nullptr ? nullptr : f_.final.h + index * h, f_.final.c == nullptr ? nullptr : f_.final.c + index * c);
    }
    if (drops_between(spec, layer)) pool.run(f_.layout->steps(), [&](int t) { drop_between(spec, layer, t, {0, f_.layout->active(t)}); });
  }
}

template <class S>
void StackPass<S>::drop_between(const StackSpec& spec, int layer, int t, Range rows) {
  Level& level = levels_[layer];
  const std::size_t width = spec.output();
  const Random random(f_.seed, random_stream::between_layers + layer, f_.step);
  dropout_mask(random, spec.dropout_between, *f_.layout, t, rows.begin, rows.end, spec.output(), level.mask.data());
  const std::size_t begin = (static_cast<std::size_t>(f_.layout->offset(t)) + rows.begin) * width;
  current_kernels<S>().multiply(level.dropped.data() + begin, level.output.data() + begin, level.mask.data() + begin, (rows.end - rows.begin) * width);
}

template <class S>
void StackPass<S>::prepare_backward_layer(const StackWeights<S>& weights, int layer, const Backward& b) {
  const StackSpec& spec = weights.spec();
  if (layer > 0) levels_[layer].d_input.resize(static_cast<std::size_t>(f_.layout->rows()) * spec.output());
  const S* d_output = layer == spec.layers - 1 ? b.d_output : levels_[layer + 1].d_input.data();
  const std::ptrdiff_t h = static_cast<std::ptrdiff_t>(f_.layout->batch()) * spec.state(), c = static_cast<std::ptrdiff_t>(f_.layout->batch()) * spec.hidden;
  for (int direction = 0; direction < spec.directions(); ++direction) {
    const int index = layer * spec.directions() + direction;
    levels_[layer].directions[direction]->prepare_backward({d_output == nullptr ? nullptr : d_output + direction * spec.state(), spec.output(),
                                                           b.d_final.h == nullptr ? nullptr : b.d_final.h + index * h,
                                                           b.d_final.c == nullptr ? nullptr : b.d_final.c + index * c, b.d_initial.h != nullptr});
  }
}

template <class S>
void StackPass<S>::backward(const StackWeights<S>& weights, const Backward& backward, ThreadPool& pool) {
  const StackSpec& spec = weights.spec();
  for (int layer = spec.layers - 1; layer >= 0; --layer) {
    prepare_backward_layer(weights, layer, backward);
    in_slices(weights, layer, pool, [](DirectionPass<S>& pass, Range rows, Range units, ThreadPool::Barrier* barrier) { pass.run_backward(rows, units, barrier); });
    S* const d_input = layer == 0 ? backward.d_input : levels_[layer].d_input.data();
    gradients_of_layer(weights, layer, backward, d_input, pool);
    if (layer > 0 && spec.dropout_between > 0)
      current_kernels<S>().multiply(d_input, d_input, levels_[layer - 1].mask.data(), static_cast<std::size_t>(f_.layout->rows()) * spec.output());
  }
}

// What needs no order in time: slices of the input's gradient (null: not wanted) and of the weights' and biases'.
template <class S>
void StackPass<S>::gradients_of_layer(const StackWeights<S>& weights, int layer, const Backward& b, S* d_input, ThreadPool& pool) {
  const StackSpec& spec = weights.spec();
  const SequenceLayout& layout = *f_.layout;
  Level& level = levels_[layer];
  const std::ptrdiff_t h = static_cast<std::ptrdiff_t>(layout.batch()) * spec.state(), c = static_cast<std::ptrdiff_t>(layout.batch()) * spec.hidden;
  const double work_of_all = spec.directions() * spec.weights(layer) * layout.rows();
  const bool shared = worth_sharing(work_of_all);
  // As many pieces for each thread.
  const int rounds = 1 + static_cast<int>(std::min(1e4, work_of_all / (pool.threads() * longest_piece)));
  int jobs[2] = {}, next = layer * spec.directions() * spec.cell.parameters();
  std::size_t work = 0;
  for (int direction = 0; direction < spec.directions(); ++direction) {
    S* gradients[parameter_roles] = {};
    for (int role = 0; role < parameter_roles; ++role)
      if (spec.cell.has(ParameterRole(role))) gradients[role] = b.gradients[next++];
    DirectionPass<S>& pass = *level.directions[direction];
    jobs[direction] = pass.prepare_gradients(gradients, shared ? rounds * pool.threads() : 1);
    work = std::max(work, pass.gradient_work());
    const int index = layer * spec.directions() + direction;
    pass.initial_gradient(b.d_initial.h == nullptr ? nullptr : b.d_initial.h + index * h, b.d_initial.c == nullptr ? nullptr : b.d_initial.c + index * c);
  }
  const int members = shared ? pool.threads() : 1;
  work_.resize(work * members);
  const int products = jobs[0] + jobs[1];
  const int slices = d_input == nullptr ? 0 : shared ? 4 * rounds * pool.threads() : 1;
  pool.run_by_members(products + slices, members, [&](int job, int member) {
    if (job < products) {
      const bool first = job < jobs[0];
      level.directions[first ? 0 : 1]->run_gradient(first ? job : job - jobs[0], work_.data() + member * work);
    } else {
      const std::int64_t slice = job - products;
      const Range rows{static_cast<int>(slice * layout.rows() / slices), static_cast<int>((slice + 1) * layout.rows() / slices)};
      for (int direction = 0; direction < spec.directions(); ++direction) level.directions[direction]->input_gradient(d_input, rows, direction > 0);
    }
  });
}

#define BPTT_INSTANTIATE(S)         \
  template class StackWeights<S>;   \
  template class StackPass<S>;
BPTT_INSTANTIATE(float)
#ifdef BPTT_WITH_DOUBLE
BPTT_INSTANTIATE(double)
#endif
#undef BPTT_INSTANTIATE

}  // namespace bptt

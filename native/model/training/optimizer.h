// SGD, RMSprop, Adam and AdamW over dense parameters and the touched rows of an embedding table (equations in
// native/kernels/update.cpp). The table's update is lazy: moments and weight decay of a row stand still while no token
// reads it, and Adam's bias correction counts all steps, as torch.optim.SparseAdam does.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/kernels.h"
#include "model/parameters/gradients.h"

namespace bptt {

struct OptimizerSpec {
  enum Kind { sgd, rmsprop, adam, adamw };
  Kind kind = adam;
  double momentum = 0;  // sgd, rmsprop
  bool nesterov = false;
  double decay = 0.9;  // rmsprop
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;

  // Throws ERR_OPTION where a number is out of range.
  void check() const;
  bool has_first() const { return kind == adam || kind == adamw || momentum > 0; }
  bool has_second() const { return kind != sgd; }
};

template <class S>
class Optimizer {
 public:
  Optimizer(const OptimizerSpec&, const ParameterArena&);

  // √Σ g² over all gradients, in double and in a fixed order.
  double norm(const Gradients<S>&, ThreadPool&);
  // One update with `scale` times the gradient.
  void step(Parameters<S>&, const Gradients<S>&, double scale, double learning_rate, ThreadPool&);
  // Updates done.
  std::uint64_t steps() const { return steps_; }
  // The moments; empty where the kind has none.
  const Parameters<S>& first() const { return first_; }
  const Parameters<S>& second() const { return second_; }
  // Goes on from there. Throws ERR_SHAPE for moments that are not those of this kind.
  void restore(std::uint64_t steps, Parameters<S> first, Parameters<S> second, const ParameterArena&);

 private:
  double sum_of_squares(const S* values, std::size_t size, ThreadPool&);

  OptimizerSpec spec_;
  Parameters<S> first_, second_;
  std::uint64_t steps_ = 0;
  std::vector<double> partial_;
};

}  // namespace bptt

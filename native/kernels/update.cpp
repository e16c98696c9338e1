// The optimisers: one pass over parameters, gradient and moments, all of it elementwise. With ĝ = scale · g:
//
//   sgd      d = ĝ + λp,  v ← μv + d,  p ← p − ηv;  Nesterov: p ← p − η(d + μv);  without momentum: p ← p − ηd
//   rmsprop  d = ĝ + λp,  s ← ρs + (1 − ρ)d²,  q = d / (√s + ε),  p ← p − ηq;  with momentum: v ← μv + q,  p ← p − ηv
//   adam     d = ĝ + λp,  m ← m + (1 − β₁)(d − m),  s ← β₂s + (1 − β₂)d²,  p ← p − (η / c₁) m / (√s / √c₂ + ε)
//   adamw    p ← (1 − ηλ)p, then as adam with d = ĝ
//
// where c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ: the forms of torch.optim. The last elements go through the same packet
// arithmetic as all others, so an element's value does not depend on where a range begins or ends.
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

// g with clipping and (coupled) weight decay.
struct Gradient {
  Packet scale, weight_decay;

  explicit Gradient(const Update<Scalar>& u)
      : scale(broadcast(Scalar(u.scale))), weight_decay(broadcast(Scalar(u.kind == Update<Scalar>::adamw ? 0 : u.weight_decay))) {}

  Packet operator()(const Packet& g, const Packet& p) const { return multiply_add(weight_decay, p, multiply(scale, g)); }
};

template <bool Momentum, bool Nesterov>
struct Sgd {
  static constexpr bool has_first = Momentum, has_second = false;
  Gradient gradient;
  Packet rate, momentum;

  explicit Sgd(const Update<Scalar>& u) : gradient(u), rate(broadcast(Scalar(u.learning_rate))), momentum(broadcast(Scalar(u.momentum))) {}

  Packet operator()(const Packet& p, const Packet& g, Packet& velocity, Packet&) const {
    Packet step = gradient(g, p);
    if (Momentum) {
      velocity = multiply_add(momentum, velocity, step);
      step = Nesterov ? multiply_add(momentum, velocity, step) : velocity;
    }
    return subtract_product(p, rate, step);
  }
};

template <bool Momentum>
struct Rmsprop {
  static constexpr bool has_first = Momentum, has_second = true;
  Gradient gradient;
  Packet rate, momentum, decay, fresh, epsilon;

  explicit Rmsprop(const Update<Scalar>& u)
      : gradient(u),
        rate(broadcast(Scalar(u.learning_rate))),
        momentum(broadcast(Scalar(u.momentum))),
        decay(broadcast(Scalar(u.decay))),
        fresh(broadcast(Scalar(1 - u.decay))),
        epsilon(broadcast(Scalar(u.epsilon))) {}

  Packet operator()(const Packet& p, const Packet& g, Packet& velocity, Packet& square) const {
    const Packet d = gradient(g, p);
    square = multiply_add(multiply(fresh, d), d, multiply(decay, square));
    Packet step = divide(d, add(Eigen::internal::psqrt(square), epsilon));
    if (Momentum) step = velocity = multiply_add(momentum, velocity, step);
    return subtract_product(p, rate, step);
  }
};

// adam, and adamw by `keep` = 1 − ηλ in place of the decay in the gradient.
struct Adam {
  static constexpr bool has_first = true, has_second = true;
  Gradient gradient;
  Packet keep, rate, fresh1, beta2, fresh2, root_correction, epsilon;

  explicit Adam(const Update<Scalar>& u)
      : gradient(u),
        keep(broadcast(Scalar(u.kind == Update<Scalar>::adamw ? 1 - u.learning_rate * u.weight_decay : 1))),
        rate(broadcast(Scalar(u.learning_rate / u.correction1))),
        fresh1(broadcast(Scalar(1 - u.beta1))),
        beta2(broadcast(Scalar(u.beta2))),
        fresh2(broadcast(Scalar(1 - u.beta2))),
        root_correction(Eigen::internal::psqrt(broadcast(Scalar(u.correction2)))),
        epsilon(broadcast(Scalar(u.epsilon))) {}

  Packet operator()(const Packet& p, const Packet& g, Packet& mean, Packet& square) const {
    const Packet d = gradient(g, p);
    mean = multiply_add(fresh1, subtract(d, mean), mean);
    square = multiply_add(multiply(fresh2, d), d, multiply(beta2, square));
    const Packet root = add(divide(Eigen::internal::psqrt(square), root_correction), epsilon);
    return subtract_product(multiply(keep, p), rate, divide(mean, root));
  }
};

template <class Rule>
void apply(const Update<Scalar>& u) {
  const Rule rule(u);
  const Packet zero = broadcast(Scalar(0));
  std::size_t i = 0;
  for (; i + lanes <= u.size; i += lanes) {
    Packet first = Rule::has_first ? load(u.first + i) : zero;
    Packet second = Rule::has_second ? load(u.second + i) : zero;
    store(u.parameters + i, rule(load(u.parameters + i), load(u.gradients + i), first, second));
    if (Rule::has_first) store(u.first + i, first);
    if (Rule::has_second) store(u.second + i, second);
  }
  const int rest = static_cast<int>(u.size - i);
  if (rest == 0) return;
  Packet first = Rule::has_first ? load_part(u.first + i, rest) : zero;
  Packet second = Rule::has_second ? load_part(u.second + i, rest) : zero;
  store_part(u.parameters + i, rule(load_part(u.parameters + i, rest), load_part(u.gradients + i, rest), first, second), rest);
  if (Rule::has_first) store_part(u.first + i, first, rest);
  if (Rule::has_second) store_part(u.second + i, second, rest);
}

}  // namespace

void update(const Update<Scalar>& u) {
  switch (u.kind) {
    case Update<Scalar>::sgd:
      if (u.first == nullptr) return apply<Sgd<false, false>>(u);
      return u.nesterov ? apply<Sgd<true, true>>(u) : apply<Sgd<true, false>>(u);
    case Update<Scalar>::rmsprop:
      return u.first == nullptr ? apply<Rmsprop<false>>(u) : apply<Rmsprop<true>>(u);
    case Update<Scalar>::adam:
    case Update<Scalar>::adamw:
      return apply<Adam>(u);
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

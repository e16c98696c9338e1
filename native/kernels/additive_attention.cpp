// Additive attention (Bahdanau, Cho and Bengio 2015) of one query q over the keys k of a sentence:
//
//   u(j) = tanh(q + k(j))     score(j) = v · u(j)
//   g(j) = dscore(j) · v ⊙ (1 − u(j)²)     dq = Σ_j g(j)     dk(j) += g(j)     dv += Σ_j dscore(j) · u(j)
//
// The gradient computes u again: to keep it would take a tanh's worth of memory traffic for every pair of steps. It goes
// through a packet of units at a time, over all keys, so that dq and dv stay in registers; the scores go key after key, so
// that each is one running packet, summed over its lanes at the end.
#include "kernels/activation.h"
#include "kernels/declarations.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

void additive_scores(const AdditiveScores<Scalar>& a) {
  const int whole = a.width / lanes * lanes, rest = a.width - whole;
  for (int j = 0; j < a.steps; ++j) {
    const Scalar* key = a.keys + static_cast<Index>(j) * a.width;
    Packet sums = broadcast(Scalar(0));
    for (int n = 0; n < whole; n += lanes) sums = multiply_add(load(a.context + n), hyperbolic_tangent(add(load(a.query + n), load(key + n))), sums);
    if (rest > 0)
      sums = multiply_add(load_part(a.context + whole, rest), hyperbolic_tangent(add(load_part(a.query + whole, rest), load_part(key + whole, rest))), sums);
    alignas(64) Scalar lane[lanes];
    Eigen::internal::pstore(lane, sums);
    Scalar sum = 0;
    for (int i = 0; i < lanes; ++i) sum += lane[i];
    a.scores[j] = sum;
  }
}

namespace {

// `count` units from n on.
template <bool whole>
EIGEN_STRONG_INLINE void gradient_of_units(const AdditiveGradient<Scalar>& a, int n, int count) {
  const auto read = [count](const Scalar* from) { return whole ? load(from) : load_part(from, count); };
  const auto write = [count](Scalar* to, const Packet& x) {
    if (whole) store(to, x);
    else store_part(to, x, count);
  };
  const Packet one = broadcast(Scalar(1)), query = read(a.query + n), context = read(a.context + n);
  Packet d_query = broadcast(Scalar(0)), d_context = read(a.d_context + n);
  for (int j = 0; j < a.steps; ++j) {
    const Index at = static_cast<Index>(j) * a.width + n;
    const Packet u = hyperbolic_tangent(add(query, read(a.keys + at))), d = broadcast(a.d_scores[j]);
    const Packet g = multiply(multiply(d, context), subtract_product(one, u, u));
    d_query = add(d_query, g);
    d_context = multiply_add(d, u, d_context);
    write(a.d_keys + at, add(read(a.d_keys + at), g));
  }
  write(a.d_query + n, d_query);
  write(a.d_context + n, d_context);
}

}  // namespace

void additive_gradient(const AdditiveGradient<Scalar>& a) {
  int n = 0;
  for (; n + lanes <= a.width; n += lanes) gradient_of_units<true>(a, n, lanes);
  if (n < a.width) gradient_of_units<false>(a, n, a.width - n);
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

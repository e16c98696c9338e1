#include "model/crf_transitions.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "model/finite.h"

namespace bptt {

template <class S>
CrfTransitions<S>::CrfTransitions(const NetworkSpec& spec, const S* scores)
    : labels_(spec.outputs), parameters_(scores), forbidden_(spec.forbidden.empty() ? nullptr : spec.forbidden.data()) {
  const int lanes = current_kernels<S>().lanes;
  stride_ = (labels_ + lanes) / lanes * lanes;
  scores_.resize(checked_product({static_cast<std::size_t>(labels_) + 1, static_cast<std::size_t>(stride_)}));
  std::fill(scores_.begin(), scores_.end(), unreachable);
  factors_.resize(checked_product({static_cast<std::size_t>(labels_), static_cast<std::size_t>(labels_)}));
  product_ = Linear<S>(labels_, labels_, factors_.data(), nullptr);
}

template <class S>
void CrfTransitions<S>::pack() {
  largest_ = unreachable;
  finite_ = true;
  for (int from = 0; from <= labels_; ++from) {
    const S* parameters = parameters_ + static_cast<std::size_t>(from) * (labels_ + 1);
    S* scores = scores_.data() + static_cast<std::size_t>(from) * stride_;
    for (int to = 0; to <= labels_; ++to) {
      if (!allowed(from, to)) continue;
      scores[to] = parameters[to];
      finite_ = finite_ && std::abs(scores[to]) <= largest_score<S>;
      if (from < labels_ && to < labels_) largest_ = std::max(largest_, scores[to]);
    }
  }
  for (int from = 0; from < labels_; ++from)
    for (int to = 0; to < labels_; ++to)
      factors_[static_cast<std::size_t>(to) * labels_ + from] = allowed(from, to) ? std::exp(score(from, to) - largest_) : S(0);
  product_.pack(true);
}

template class CrfTransitions<float>;
#ifdef BPTT_WITH_DOUBLE
template class CrfTransitions<double>;
#endif

}  // namespace bptt

#include "model/crf/crf_path.h"

#include <algorithm>

#include "kernels/kernels.h"

namespace bptt {

template <class S>
void CrfPath<S>::begin(const CrfTransitions<S>& transitions, int steps) {
  transitions_ = &transitions;
  scores_.resize(checked_product({static_cast<std::size_t>(steps), static_cast<std::size_t>(transitions.stride())}));
}

template <class S>
void CrfPath<S>::step(int t, const S* z) {
  const CrfTransitions<S>& a = *transitions_;
  const int labels = a.labels();
  S* next = row(t);
  if (t == 0) std::copy_n(a.scores() + static_cast<std::size_t>(labels) * a.stride(), labels, next);
  else current_kernels<S>().best_step({labels, a.stride(), row(t - 1), a.scores(), a.stride(), next});
  S best = CrfTransitions<S>::unreachable;
  for (int n = 0; n < labels; ++n) {
    next[n] += z[n];
    best = std::max(best, next[n]);
  }
  for (int n = 0; n < labels; ++n) next[n] -= best;
}

template <class S>
int CrfPath<S>::best_before(int t, int label) const {
  const CrfTransitions<S>& a = *transitions_;
  const S* from = scores_.data() + static_cast<std::size_t>(t) * a.stride();
  int best = 0;
  for (int n = 1; n < a.labels(); ++n)
    if (from[n] + a.score(n, label) > from[best] + a.score(best, label)) best = n;
  return best;
}

template class CrfPath<float>;
#ifdef BPTT_WITH_DOUBLE
template class CrfPath<double>;
#endif

}  // namespace bptt

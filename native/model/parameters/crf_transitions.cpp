#include "model/parameters/crf_transitions.h"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "model/network/finite.h"
#include "support/parallel.h"

namespace bptt {

template <class S>
CrfTransitions<S>::CrfTransitions(const NetworkSpec& spec, const S* scores) : labels_(spec.outputs), parameters_(scores), rules_(spec.rules.get()) {
  const int lanes = current_kernels<S>().lanes;
  stride_ = (labels_ + lanes) / lanes * lanes;
}

template <class S>
void CrfTransitions<S>::pack(ThreadPool& pool) {
  scores_.resize(checked_product({static_cast<std::size_t>(labels_) + 1, static_cast<std::size_t>(stride_)}));
  factors_.resize(checked_product({static_cast<std::size_t>(labels_), static_cast<std::size_t>(labels_)}));
  pack_scores(pool);
  pack_factors(pool);
  product_ = Linear<S>(labels_, labels_, factors_.data(), nullptr);
  product_.pack(true, pool);
}

template <class S>
void CrfTransitions<S>::pack_scores(ThreadPool& pool) {
  const std::size_t width = static_cast<std::size_t>(labels_) + 1;
  AlignedArray<S> largest(width);  // of each row
  std::vector<std::uint8_t> finite(width, 1);
  parallel(pool, width, 2.0 * labels_, [&](std::size_t begin, std::size_t end) {
    for (std::size_t from = begin; from < end; ++from) {
      S* scores = scores_.data() + from * stride_;
      std::copy_n(parameters_ + from * width, width, scores);
      std::fill(scores + width, scores + stride_, unreachable);
      for (int to = 0; to <= labels_; ++to) {
        if (!allowed(static_cast<int>(from), to)) scores[to] = unreachable;
        else if (!(std::abs(scores[to]) <= largest_score<S>)) finite[from] = 0;
      }
      largest[from] = *std::max_element(scores, scores + labels_);
    }
  });
  largest_ = *std::max_element(largest.begin(), largest.end() - 1);
  finite_ = std::find(finite.begin(), finite.end(), 0) == finite.end();
}

// Several columns at a time, so that the rows are read as they lie.
template <class S>
void CrfTransitions<S>::pack_factors(ThreadPool& pool) {
  constexpr std::size_t together = 64 / sizeof(S);
  const std::size_t labels = labels_, blocks = (labels + together - 1) / together;
  parallel(pool, blocks, 100.0 * together * labels, [&](std::size_t begin, std::size_t end) {
    for (std::size_t block = begin; block < end; ++block)
      for (std::size_t from = 0; from < labels; ++from)
        for (std::size_t to = block * together; to < std::min(labels, (block + 1) * together); ++to) {
          const S score = scores_[from * stride_ + to];
          factors_[to * labels + from] = score != unreachable ? std::exp(score - largest_) : S(0);
        }
  });
}

template class CrfTransitions<float>;
#ifdef BPTT_WITH_DOUBLE
template class CrfTransitions<double>;
#endif

}  // namespace bptt

#include "model/input/characters.h"

#include <algorithm>

#include "support/parallel.h"

namespace bptt {

namespace {

constexpr std::int32_t unknown = 1;

}  // namespace

template <class S>
void CharacterStage<S>::forward(const CharacterWeights<S>& weights, const Batch<S>& batch, const RandomStreams& streams, const std::uint8_t* rare, ThreadPool& pool) {
  weights_ = weights;
  words_ = static_cast<int>(batch.character_counts.size());
  order_.emplace(batch.character_counts);
  const std::size_t rows = order_->rows(), columns = weights.columns;
  const Random random = streams.random(RandomStreams::rare_characters);
  ids_.resize(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    const std::int32_t n = order_->step_of(static_cast<int>(r)), id = batch.characters[n];
    const bool hidden = streams.training && rare != nullptr && rare[id] == 1 && random.bits(n) >> 63 == 1;
    ids_[r] = hidden ? unknown : id;
  }
  x_.resize(checked_product({rows, columns}));
  parallel(pool, rows, columns / 4.0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) std::copy_n(weights_.table + ids_[r] * columns, columns, x_.data() + r * columns);
  });

  final_.resize(checked_product({static_cast<std::size_t>(words_), static_cast<std::size_t>(weights.width())}));
  typename StackPass<S>::Forward forward{};
  forward.layout = &order_->layout();
  forward.input = x_.data();
  forward.training = streams.training;
  forward.final.h = final_.data();
  stack_.forward(*weights.stack, forward, pool);
}

template <class S>
void CharacterStage<S>::write(int word, S* to) const {
  const std::size_t half = weights_.stack->spec().hidden;
  if (word == words_) {
    std::fill_n(to, 2 * half, S(0));
    return;
  }
  std::copy_n(final_.data() + word * half, half, to);
  std::copy_n(final_.data() + (static_cast<std::size_t>(words_) + word) * half, half, to + half);
}

template <class S>
void CharacterStage<S>::backward(const std::int32_t* words, int reads, const S* d, std::ptrdiff_t stride, SparseGradient<S>& table,
                                 const std::vector<S*>& recurrent, ThreadPool& pool) {
  const std::size_t half = weights_.stack->spec().hidden;
  by_word_.reshape(words_ + 1, weights_.width());
  by_word_.collect(words, nullptr, reads, d, stride, pool);
  d_final_.resize(final_.size());
  d_final_.zero();
  for (int i = 0; i < by_word_.count(); ++i) {
    const std::size_t word = by_word_.row(i);
    if (word == static_cast<std::size_t>(words_)) continue;
    std::copy_n(by_word_.values(i), half, d_final_.data() + word * half);
    std::copy_n(by_word_.values(i) + half, half, d_final_.data() + (words_ + word) * half);
  }
  dx_.resize(x_.size());
  back_.d_final.h = d_final_.data();
  back_.gradients = recurrent;
  back_.d_input = dx_.data();
  stack_.backward(*weights_.stack, back_, pool);
  table.collect(ids_.data(), nullptr, static_cast<int>(ids_.size()), dx_.data(), weights_.columns, pool);
}

template <class S>
CharacterStepper<S>::CharacterStepper(const CharacterWeights<S>& weights) : weights_(weights), forward_(*weights.stack, 1, 0), reverse_(*weights.stack, 1, 1) {}

template <class S>
void CharacterStepper<S>::write(const std::int32_t* characters, std::size_t count, S* to, ThreadPool& pool) {
  const auto row = [&](std::size_t i) { return weights_.table + static_cast<std::size_t>(characters[i]) * weights_.columns; };
  forward_.reset(1);
  reverse_.reset(1);
  for (std::size_t i = 0; i < count; ++i) {
    forward_.step(row(i), pool);
    reverse_.step(row(count - 1 - i), pool);
  }
  forward_.state(0, to, nullptr);
  reverse_.state(0, to + weights_.width() / 2, nullptr);
}

template class CharacterStage<float>;
template class CharacterStepper<float>;
#ifdef BPTT_WITH_DOUBLE
template class CharacterStage<double>;
template class CharacterStepper<double>;
#endif

}  // namespace bptt

#include "layer/sequence_layout.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "support/error.h"

namespace bptt {

SequenceLayout::SequenceLayout(int steps, int batch) : steps_(steps), batch_(batch), order_(batch), lengths_(batch, steps) {
  std::iota(order_.begin(), order_.end(), 0);
  count();
}

SequenceLayout::SequenceLayout(int steps, const std::int32_t* lengths, int batch) : steps_(steps), batch_(batch), order_(batch) {
  for (int b = 0; b < batch; ++b) {
    if (lengths[b] < 0 || lengths[b] > steps) {
      throw Error(ErrorCode::shape, "lengths[" + std::to_string(b) + "]: expected 0 … " + std::to_string(steps) + " (the steps), found " +
                                        std::to_string(lengths[b]));
    }
  }
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(), [&](int a, int b) { return lengths[a] > lengths[b]; });
  for (int sequence : order_) lengths_.push_back(lengths[sequence]);
  count();
}

void SequenceLayout::count() {
  full_ = batch_ == 0 || lengths_.back() == steps_;
  active_.assign(steps_ + 1, 0);
  offset_.assign(steps_ + 1, 0);
  int rows = batch_;
  std::int64_t total = 0;
  for (int t = 0; t < steps_; ++t) {
    while (rows > 0 && lengths_[rows - 1] <= t) --rows;
    active_[t] = rows;
    total += rows;
    if (total > INT32_MAX) throw Error(ErrorCode::shape, "a batch has more than 2147483647 steps in all");
    offset_[t + 1] = static_cast<int>(total);
  }
}

}  // namespace bptt

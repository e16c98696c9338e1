// Where the states of a layer and direction lie: slots of rows, the state before a step and the state after it. In training all are kept, and
// the slot after a step is the slot before the next one; in inference two slots alternate.
#pragma once

#include <algorithm>

#include "layer/sequence_layout.h"
#include "support/aligned_array.h"
#include "support/checked.h"

namespace bptt {

class StateOrder {
 public:
  void prepare(const SequenceLayout& layout, bool reverse, bool keeps_all) {
    layout_ = &layout;
    reverse_ = reverse;
    keeps_all_ = keeps_all;
  }
  // First row of the slot with the state before step t, and after it.
  int before(int t) const {
    if (!keeps_all_) return ((reverse_ ? layout_->steps() - 1 - t : t) & 1) * layout_->batch();
    if (reverse_) return layout_->offset(t);
    return t == 0 ? 0 : layout_->batch() + layout_->offset(t - 1);
  }
  int after(int t) const {
    if (!keeps_all_) return ((reverse_ ? layout_->steps() - t : t + 1) & 1) * layout_->batch();
    if (reverse_) return t == 0 ? layout_->rows() : layout_->offset(t - 1);
    return layout_->batch() + layout_->offset(t);
  }
  // First row of a step in what is kept for each row of the batch, or for one step alone.
  int kept(int t) const { return keeps_all_ ? layout_->offset(t) : 0; }
  std::size_t kept_rows() const { return keeps_all_ ? layout_->rows() : layout_->batch(); }
  // Rows of all slots.
  std::size_t rows() const { return (keeps_all_ ? layout_->rows() : layout_->batch()) + static_cast<std::size_t>(layout_->batch()); }
  // The time of the i-th step.
  int step_at(int i) const { return reverse_ ? layout_->steps() - 1 - i : i; }
  // Whether all sequences active at step t begin there.
  bool begins(int t) const { return reverse_ ? layout_->active(t + 1) == 0 : t == 0; }
  // Rows at the begin (forward) or at the end of the batch's rows of which the sequence begins there.
  int beginning_rows() const { return layout_->rows() == 0 ? 0 : layout_->active(reverse_ ? layout_->length(0) - 1 : 0); }
  // Where a sequence's first step looks for its state, and where its last one leaves it; by position in the layout.
  int initial_row(int position) const;
  int final_row(int position) const;

  // States [B, width] in the caller's order (null: zeros) → the rows where first steps look for them, with zeros up to `padded`.
  template <class S>
  void place(const S* states, int width, int padded, std::ptrdiff_t ld, AlignedArray<S>& slots) const {
    slots.resize(checked_product({rows(), static_cast<std::size_t>(ld)}));
    const auto fill = [&](int row, int position) {
      S* to = slots.data() + row * ld;
      if (states != nullptr) {
        const S* from = states + static_cast<std::ptrdiff_t>(layout_->sequence(position)) * width;
        to = std::copy(from, from + width, to);
      }
      std::fill(to, slots.data() + row * ld + padded, S(0));
    };
    for (int position = 0; position < layout_->batch(); ++position) {
      fill(initial_row(position), position);
      if (!keeps_all_) fill(layout_->batch() + position, position);
    }
  }
  // The states after the last steps → [B, width] in the caller's order; null: not wanted.
  template <class S>
  void gather_final(const AlignedArray<S>& slots, std::ptrdiff_t ld, int width, S* to) const {
    if (to == nullptr) return;
    for (int position = 0; position < layout_->batch(); ++position)
      std::copy_n(slots.data() + final_row(position) * ld, width, to + static_cast<std::ptrdiff_t>(layout_->sequence(position)) * width);
  }
  // Gradients [B, width] in the caller's order (null: zeros) → rows by position, and back (null: not wanted).
  template <class S>
  void place_gradient(const S* from, int width, std::ptrdiff_t ld, AlignedArray<S>& to) const {
    to.resize(checked_product({static_cast<std::size_t>(layout_->batch()), static_cast<std::size_t>(ld)}));
    to.zero();
    if (from == nullptr) return;
    for (int position = 0; position < layout_->batch(); ++position)
      std::copy_n(from + static_cast<std::ptrdiff_t>(layout_->sequence(position)) * width, width, to.data() + position * ld);
  }
  template <class S>
  void gather_gradient(const AlignedArray<S>& from, std::ptrdiff_t ld, int width, S* to) const {
    if (to == nullptr) return;
    for (int position = 0; position < layout_->batch(); ++position)
      std::copy_n(from.data() + position * ld, width, to + static_cast<std::ptrdiff_t>(layout_->sequence(position)) * width);
  }

 private:
  const SequenceLayout* layout_ = nullptr;
  bool reverse_ = false, keeps_all_ = false;
};

}  // namespace bptt

#include "layer/state_order.h"

namespace bptt {

// The backward direction begins at a sequence's last step; without steps it begins and ends at the final slot.
int StateOrder::initial_row(int position) const {
  if (!keeps_all_ || !reverse_) return position;
  const int length = layout_->length(position);
  return (length == 0 ? layout_->rows() : layout_->offset(length - 1)) + position;
}

int StateOrder::final_row(int position) const {
  const int length = layout_->length(position);
  if (!keeps_all_) return position + (reverse_ ? layout_->steps() & 1 : length & 1) * layout_->batch();
  if (reverse_) return position + layout_->rows();
  return position + (length > 0 ? layout_->batch() + layout_->offset(length - 1) : 0);
}

}  // namespace bptt

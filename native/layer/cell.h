// The cells as data: which gates, which stages, which parameters.
#pragma once

#include "kernels/kernels.h"

namespace bptt {

enum class CellKind { rnn, gru, lstm };

struct Cell {
  CellKind kind = CellKind::lstm;
  Activation activation = Activation::tanh;  // rnn
  bool reset_after = true;                   // gru
  double forget_bias = 1;                    // lstm

  // G: blocks of H rows in weight_ih, weight_hh and bias.
  int gates() const { return kind == CellKind::rnn ? 1 : kind == CellKind::gru ? 3 : 4; }
  bool has_hidden_bias() const { return kind == CellKind::gru && reset_after; }
  bool has_memory() const { return kind == CellKind::lstm; }
  bool has_two_stages() const { return kind == CellKind::gru && !reset_after; }
  // The stage that ends in h⟨t⟩: the only one, or the second.
  Stage last_stage() const {
    if (kind == CellKind::rnn) return Stage::rnn;
    if (kind == CellKind::lstm) return Stage::lstm;
    return reset_after ? Stage::gru_after : Stage::gru_before_candidate;
  }
  // Slots of Hp saved a row for the backward pass, and the gradients of the sums that replace them.
  int saved_slots() const { return kind == CellKind::rnn ? 1 : kind == CellKind::lstm ? 4 : reset_after ? 4 : 3; }
};

}  // namespace bptt

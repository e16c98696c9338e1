// The cells as data: which gates, sums, states and stages, and where they lie.
#pragma once

#include <string>

#include "kernels/kernels.h"

namespace bptt {

enum class CellKind { rnn, gru, lstm, mingru };

// The parameters a cell may have, P = H without a projection: weight_ih [G·H, I], weight_hh [G·H, P], bias [G·H], bias_hn [H] (gru with reset
// after), weight_peephole [3·H] (i f o), weight_hr [P, H] (projection); with layer norm gains and biases [G·H] of W_ih x and of W_hh h, and of
// c [H].
enum class ParameterRole : int { weight_ih, weight_hh, bias, bias_hn, weight_peephole, weight_hr, norm_ih, norm_ih_bias, norm_hh, norm_hh_bias, norm_c, norm_c_bias };
constexpr int parameter_roles = 12;

// Neighbouring gates of the parameters whose gradients are neighbouring slots of `saved` too: one product makes ∂L/∂W of them.
struct GateGroup {
  int slot, gates, gate;  // first slot, how many, first gate
  bool x, h;              // whether these sums take W_ih x, W_hh h
  bool hidden_bias;       // bias_hn, not bias
};

// What a cell consists of. A slot is a row's Hp numbers of one gate.
struct CellTraits {
  int gates;          // G: blocks of H rows in weight_ih, weight_hh and bias
  int sums;           // slots of sums of all stages
  int saved_slots;    // for the backward pass, and the gradients of the sums that replace them
  bool memory;        // c
  bool feeds_back;    // h⟨t−1⟩ enters a product
  bool interpolates;  // a part of h⟨t−1⟩ enters h⟨t⟩ without a product
  bool two_stages;    // r multiplies h before the candidate's product: Stage::gru_before_gates comes first
  Stage stage;        // that ends in h⟨t⟩
  int hidden_slot, hidden_slots;  // of `saved`: those that pass through W_hh on the way back; the first G pass through W_ih
  int gate_of_slot[4];            // of `saved`
  int group_count;
  GateGroup groups[3];
};

inline constexpr CellTraits rnn_traits = {1, 1, 1, false, true, false, false, Stage::rnn, 0, 1, {0}, 1, {{0, 1, 0, true, true, false}}};

inline constexpr CellTraits lstm_traits = {4, 4, 4, true, true, false, false, Stage::lstm, 0, 4, {0, 1, 2, 3}, 1, {{0, 4, 0, true, true, false}}};

// The gru saves n first, its parameters have it last: so what passes through W_hh and what passes through W_ih are both neighbours.
inline constexpr CellTraits gru_after_traits = {3, 4, 4, false, true, true, false, Stage::gru_after, 1, 3, {2, 0, 1, 2}, 3,
                                                 {{1, 2, 0, true, true, false}, {0, 1, 2, true, false, false}, {3, 1, 2, false, true, true}}};

inline constexpr CellTraits gru_before_traits = {3, 3, 3, false, true, true, true, Stage::gru_before_candidate, 1, 2, {2, 0, 1}, 2,
                                                  {{1, 2, 0, true, true, false}, {0, 1, 2, true, true, false}}};

inline constexpr CellTraits mingru_traits = {2, 2, 2, false, false, true, false, Stage::mingru, 0, 0, {0, 1}, 1, {{0, 2, 0, true, false, false}}};

struct Cell {
  CellKind kind = CellKind::lstm;
  Activation activation = Activation::tanh;  // rnn
  bool reset_after = true;                   // gru
  double forget_bias = 1;                    // lstm
  bool peepholes = false;                    // lstm: the gates see c
  int projection = 0;                        // lstm: P, h = W_hr (o ⊙ tanh c); 0: none
  bool layer_norm = false;                   // lstm, gru with reset after

  const CellTraits& traits() const {
    switch (kind) {
      case CellKind::rnn: return rnn_traits;
      case CellKind::gru: return reset_after ? gru_after_traits : gru_before_traits;
      case CellKind::lstm: return lstm_traits;
      case CellKind::mingru: return mingru_traits;
    }
    return lstm_traits;
  }
  int gates() const { return traits().gates; }
  bool has_hidden_bias() const { return kind == CellKind::gru && reset_after; }
  bool has_memory() const { return traits().memory; }
  bool has_projection() const { return projection > 0; }
  bool normalises_memory() const { return layer_norm && has_memory(); }
  // With layer norm a row of `saved` goes on behind the slots of the traits: normalised W_ih x and W_hh h of each gate, LN(c) and normalised c.
  int normal_x_slot() const { return traits().saved_slots; }
  int normal_h_slot() const { return normal_x_slot() + gates(); }
  int memory_slot() const { return normal_h_slot() + gates(); }
  int normal_memory_slot() const { return memory_slot() + 1; }
  int saved_slots() const { return layer_norm ? memory_slot() + (has_memory() ? 2 : 0) : traits().saved_slots; }
  // Numbers behind the slots: the scales of what was normalised.
  int scales() const { return layer_norm ? 5 : 0; }
  bool has(ParameterRole) const;
  int parameters() const;
  // Throws ERR_OPTION for what does not go together; `owner` stands before the option's name.
  void check(const std::string& owner, int hidden) const;
  // Numbers of h, of a layer with H units.
  int state(int hidden) const { return has_projection() ? projection : hidden; }
  // And of c.
  int memory(int hidden) const { return has_memory() ? hidden : 0; }
};

}  // namespace bptt

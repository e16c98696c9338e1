// The cells as data: which gates, sums, states and stages, and where they lie.
#pragma once

#include <string>

#include "kernels/kernels.h"

namespace bptt {

enum class CellKind { rnn, gru, lstm, mingru };

// The parameters a cell may have, P = H without a projection: weight_ih [G·H, I], weight_hh [G·H, P], bias [G·H], bias_hn [H] (gru with reset
// after), weight_peephole [3·H] (i f o), weight_hr [P, H] (projection).
enum class ParameterRole : int { weight_ih, weight_hh, bias, bias_hn, weight_peephole, weight_hr };
constexpr int parameter_roles = 6;

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

struct Cell {
  CellKind kind = CellKind::lstm;
  Activation activation = Activation::tanh;  // rnn
  bool reset_after = true;                   // gru
  double forget_bias = 1;                    // lstm
  bool peepholes = false;                    // lstm: the gates see c
  int projection = 0;                        // lstm: P, h = W_hr (o ⊙ tanh c); 0: none

  const CellTraits& traits() const;
  int gates() const { return traits().gates; }
  bool has_hidden_bias() const { return kind == CellKind::gru && reset_after; }
  bool has_memory() const { return traits().memory; }
  bool has_projection() const { return projection > 0; }
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

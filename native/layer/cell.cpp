#include "layer/cell.h"

#include "support/error.h"

namespace bptt {

namespace {

constexpr CellTraits rnn = {1, 1, 1, false, true, false, false, Stage::rnn, 0, 1, {0}, 1, {{0, 1, 0, true, true, false}}};

constexpr CellTraits lstm = {4, 4, 4, true, true, false, false, Stage::lstm, 0, 4, {0, 1, 2, 3}, 1, {{0, 4, 0, true, true, false}}};

// The gru saves n first, its parameters have it last: so what passes through W_hh and what passes through W_ih are both neighbours.
constexpr CellTraits gru_after = {3, 4, 4, false, true, true, false, Stage::gru_after, 1, 3, {2, 0, 1, 2}, 3,
                                  {{1, 2, 0, true, true, false}, {0, 1, 2, true, false, false}, {3, 1, 2, false, true, true}}};

constexpr CellTraits gru_before = {3, 3, 3, false, true, true, true, Stage::gru_before_candidate, 1, 2, {2, 0, 1}, 2,
                                   {{1, 2, 0, true, true, false}, {0, 1, 2, true, true, false}}};

constexpr CellTraits mingru = {2, 2, 2, false, false, true, false, Stage::mingru, 0, 0, {0, 1}, 1, {{0, 2, 0, true, false, false}}};

}  // namespace

const CellTraits& Cell::traits() const {
  switch (kind) {
    case CellKind::rnn: return rnn;
    case CellKind::gru: return reset_after ? gru_after : gru_before;
    case CellKind::lstm: return lstm;
    case CellKind::mingru: return mingru;
  }
  return lstm;
}

bool Cell::has(ParameterRole role) const {
  switch (role) {
    case ParameterRole::weight_ih:
    case ParameterRole::bias: return true;
    case ParameterRole::weight_hh: return traits().feeds_back;
    case ParameterRole::bias_hn: return has_hidden_bias();
    case ParameterRole::weight_peephole: return peepholes;
    case ParameterRole::weight_hr: return has_projection();
  }
  return false;
}

int Cell::parameters() const {
  int count = 0;
  for (int role = 0; role < parameter_roles; ++role) count += has(ParameterRole(role));
  return count;
}

void Cell::check(const std::string& owner, int hidden) const {
  const auto refuse = [&](const char* option, const std::string& expected) { throw Error(ErrorCode::option, owner + option + ": expected " + expected); };
  if (peepholes && kind != CellKind::lstm) refuse("peepholes", "false with a cell that is no lstm");
  if (has_projection() && kind != CellKind::lstm) refuse("projection", "0 with a cell that is no lstm");
  if (projection >= hidden && has_projection()) refuse("projection", "less than hidden, " + std::to_string(hidden) + ", found " + std::to_string(projection));
}

}  // namespace bptt

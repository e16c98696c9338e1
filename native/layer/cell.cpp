#include "layer/cell.h"

#include "support/error.h"

namespace bptt {

bool Cell::has(ParameterRole role) const {
  switch (role) {
    case ParameterRole::weight_ih:
    case ParameterRole::bias: return true;
    case ParameterRole::weight_hh: return traits().feeds_back;
    case ParameterRole::bias_hn: return has_hidden_bias();
    case ParameterRole::weight_peephole: return peepholes;
    case ParameterRole::weight_hr: return has_projection();
    case ParameterRole::norm_ih:
    case ParameterRole::norm_ih_bias:
    case ParameterRole::norm_hh:
    case ParameterRole::norm_hh_bias: return layer_norm;
    case ParameterRole::norm_c:
    case ParameterRole::norm_c_bias: return normalises_memory();
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
  if (layer_norm && kind != CellKind::lstm && !(kind == CellKind::gru && reset_after))
    refuse("layerNorm", "false with a cell that is neither an lstm nor a gru with reset after");
  if (projection >= hidden && has_projection()) refuse("projection", "less than hidden, " + std::to_string(hidden) + ", found " + std::to_string(projection));
}

}  // namespace bptt

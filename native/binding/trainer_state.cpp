#include "binding/trainer_state.h"

#include "binding/arguments.h"
#include "binding/parameters_object.h"
#include "binding/parameters_value.h"
#include "binding/properties.h"

namespace bptt {
namespace binding {

namespace {

void set_parameters(napi_env env, napi_value state, const char* field, const ParameterArena& arena, Parameters<float> parameters) {
  if (parameters.empty()) return;
  const napi_value arrays = parameters_value(env, arena, std::move(parameters));
  if (arrays != nullptr) napi_set_named_property(env, state, field, arrays);
}

}  // namespace

TrainerState<float> trainer_state_argument(const Napi::Value& value, const ParameterArena& arena) {
  const Napi::Object fields = object(value, "state");
  TrainerState<float> state;
  state.updates = seed(fields.Get("updates"), "state.updates");
  state.parameters = ParametersObject::take(fields.Get("parameters"), "state.parameters", arena);
  const Napi::Value first = fields.Get("first"), second = fields.Get("second"), kept = fields.Get("kept"), carried = fields.Get("carried");
  if (given(first)) state.first = ParametersObject::take(first, "state.first", arena);
  if (given(second)) state.second = ParametersObject::take(second, "state.second", arena);
  if (given(kept)) state.kept = ParametersObject::take(kept, "state.kept", arena);
  if (given(carried)) {
    const Napi::Object states = object(carried, "state.carried");
    const Numbers<float> h = floats(states.Get("h"), "state.carried.h");
    state.carried.h.assign(h.begin(), h.end());
    const Napi::Value cell = states.Get("c");
    if (given(cell)) {
      const Numbers<float> c = floats(cell, "state.carried.c");
      state.carried.c.assign(c.begin(), c.end());
    }
  }
  return state;
}

napi_value trainer_state_value(napi_env env, const ParameterArena& arena, TrainerState<float> state) {
  napi_value value = nullptr;
  if (napi_create_object(env, &value) != napi_ok) return nullptr;
  set(env, value, "updates", static_cast<double>(state.updates));
  set_parameters(env, value, "parameters", arena, std::move(state.parameters));
  set_parameters(env, value, "first", arena, std::move(state.first));
  set_parameters(env, value, "second", arena, std::move(state.second));
  if (state.kept.has_value()) set_parameters(env, value, "kept", arena, std::move(*state.kept));
  if (!state.carried.h.empty()) {
    napi_value carried = nullptr;
    if (napi_create_object(env, &carried) != napi_ok) return nullptr;
    set(env, carried, "h", napi_float32_array, state.carried.h);
    if (!state.carried.c.empty()) set(env, carried, "c", napi_float32_array, state.carried.c);
    napi_set_named_property(env, value, "carried", carried);
  }
  return value;
}

}  // namespace binding
}  // namespace bptt

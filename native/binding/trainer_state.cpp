#include "binding/trainer_state.h"

#include <cstring>
#include <memory>

#include "binding/arguments.h"
#include "binding/properties.h"

namespace bptt {
namespace binding {

namespace {

Parameters<float> read_parameters(const Napi::Value& value, const char* field, const ParameterArena& arena) {
  const Napi::Object arrays = object(value, field);
  Parameters<float> parameters(arena);
  for (const ParameterEntry& entry : arena.entries()) {
    const std::string name = std::string(field) + "." + entry.name;
    const Numbers<float> numbers = floats(arrays.Get(entry.name), name.c_str(), entry.size());
    if (numbers.size > 0) std::memcpy(parameters.values(entry), numbers.data, numbers.size * sizeof(float));
  }
  return parameters;
}

// An ArrayBuffer of these numbers: without a copy, which would hold up the event loop, where the runtime allows that.
// Throws ERR_MEMORY; null where the environment no longer makes objects.
napi_value buffer_of(napi_env env, AlignedArray<float> values) {
  auto owner = std::make_unique<AlignedArray<float>>(std::move(values));
  const auto release = [](napi_env, void*, void* hint) { delete static_cast<AlignedArray<float>*>(hint); };
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, owner->data(), owner->size() * sizeof(float), release, owner.get(), &buffer) == napi_ok) {
    owner.release();
    return buffer;
  }
  const napi_value copy = copied(env, owner->data(), owner->size());
  if (copy != nullptr) napi_get_typedarray_info(env, copy, nullptr, nullptr, nullptr, &buffer, nullptr);
  return buffer;
}

// Those of the dense array are views into one buffer.
void set_parameters(napi_env env, napi_value state, const char* field, const ParameterArena& arena, Parameters<float> parameters) {
  if (parameters.empty()) return;
  napi_value arrays = nullptr;
  if (napi_create_object(env, &arrays) != napi_ok) return;
  const napi_value dense = buffer_of(env, std::move(parameters.dense));
  for (const ParameterEntry& entry : arena.entries()) {
    const napi_value buffer = entry.dense() ? dense : buffer_of(env, std::move(parameters.tables[entry.table]));
    napi_value array = nullptr;
    if (buffer == nullptr || napi_create_typedarray(env, napi_float32_array, entry.size(), buffer, entry.offset * sizeof(float), &array) != napi_ok) return;
    napi_set_named_property(env, arrays, entry.name.c_str(), array);
  }
  napi_set_named_property(env, state, field, arrays);
}

}  // namespace

TrainerState<float> trainer_state_argument(const Napi::Value& value, const ParameterArena& arena) {
  const Napi::Object fields = object(value, "state");
  TrainerState<float> state;
  state.updates = seed(fields.Get("updates"), "state.updates");
  state.parameters = read_parameters(fields.Get("parameters"), "state.parameters", arena);
  const Napi::Value first = fields.Get("first"), second = fields.Get("second"), kept = fields.Get("kept"), carried = fields.Get("carried");
  if (given(first)) state.first = read_parameters(first, "state.first", arena);
  if (given(second)) state.second = read_parameters(second, "state.second", arena);
  if (given(kept)) state.kept = read_parameters(kept, "state.kept", arena);
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

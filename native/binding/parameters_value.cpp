#include "binding/parameters_value.h"

#include <memory>

#include "binding/new_array.h"

namespace bptt {
namespace binding {

namespace {

// An ArrayBuffer of these numbers.
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

}  // namespace

// Those of the dense array are views into one buffer.
napi_value parameters_value(napi_env env, const ParameterArena& arena, Parameters<float> parameters) {
  napi_value arrays = nullptr;
  if (napi_create_object(env, &arrays) != napi_ok) return nullptr;
  const napi_value dense = buffer_of(env, std::move(parameters.dense));
  for (const ParameterEntry& entry : arena.entries()) {
    const napi_value buffer = entry.dense() ? dense : buffer_of(env, std::move(parameters.tables[entry.table]));
    napi_value array = nullptr;
    if (buffer == nullptr || napi_create_typedarray(env, napi_float32_array, entry.size(), buffer, entry.offset * sizeof(float), &array) != napi_ok) return nullptr;
    napi_set_named_property(env, arrays, entry.name.c_str(), array);
  }
  return arrays;
}

}  // namespace binding
}  // namespace bptt

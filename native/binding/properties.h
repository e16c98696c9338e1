// Results as properties of an object of JavaScript, by plain Node-API calls: where the environment is ending they fail,
// and nobody looks at the result any more.
#pragma once

#include <napi.h>

#include <cstring>
#include <vector>

namespace bptt {
namespace binding {

// A typed array of a copy.
template <class T>
void set(napi_env env, napi_value object, const char* name, napi_typedarray_type type, const std::vector<T>& values) {
  void* data = nullptr;
  napi_value buffer = nullptr, array = nullptr;
  if (napi_create_arraybuffer(env, values.size() * sizeof(T), &data, &buffer) != napi_ok) return;
  if (!values.empty()) std::memcpy(data, values.data(), values.size() * sizeof(T));
  napi_create_typedarray(env, type, values.size(), buffer, 0, &array);
  napi_set_named_property(env, object, name, array);
}

inline void set(napi_env env, napi_value object, const char* name, double value) {
  napi_value number = nullptr;
  if (napi_create_double(env, value, &number) == napi_ok) napi_set_named_property(env, object, name, number);
}

}  // namespace binding
}  // namespace bptt

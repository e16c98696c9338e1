// Results as properties of an object of JavaScript, by plain Node-API calls: where the environment is ending they fail,
// and nobody looks at the result any more.
#pragma once

#include <napi.h>

#include <vector>

#include "binding/new_array.h"

namespace bptt {
namespace binding {

// A typed array of a copy. Throws ERR_MEMORY.
template <class T>
void set(napi_env env, napi_value object, const char* name, napi_typedarray_type type, const std::vector<T>& values) {
  const napi_value array = copied(env, type, values.data(), values.size());
  if (array != nullptr) napi_set_named_property(env, object, name, array);
}

inline void set(napi_env env, napi_value object, const char* name, double value) {
  napi_value number = nullptr;
  if (napi_create_double(env, value, &number) == napi_ok) napi_set_named_property(env, object, name, number);
}

}  // namespace binding
}  // namespace bptt

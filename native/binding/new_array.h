// Typed arrays for results.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstring>

namespace bptt {
namespace binding {

// A new array of `size` zeros, which lie at `data`. Made by its constructor in the caller's realm, which throws where there is no memory:
// napi_create_arraybuffer would end the process. Throws ERR_MEMORY; null where the environment no longer makes objects.
napi_value new_array(napi_env, napi_typedarray_type, std::size_t size, void** data);

// A copy as a new array of `type`, whose numbers are of type T. Errors as above.
template <class T>
napi_value copied(napi_env env, napi_typedarray_type type, const T* values, std::size_t size) {
  void* data = nullptr;
  const napi_value array = new_array(env, type, size, &data);
  if (array != nullptr && size > 0) std::memcpy(data, values, size * sizeof(T));
  return array;
}
inline napi_value copied(napi_env env, const float* values, std::size_t size) { return copied(env, napi_float32_array, values, size); }

}  // namespace binding
}  // namespace bptt

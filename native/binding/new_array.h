// Typed arrays for results.
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace bptt {
namespace binding {

// A new array of `size` zeros, which lie at `data`. Made by its constructor in the caller's realm, which throws where there is no memory:
// napi_create_arraybuffer would end the process. Throws ERR_MEMORY; null where the environment no longer makes objects.
napi_value new_array(napi_env, napi_typedarray_type, std::size_t size, void** data);

// The same of what its constructor is given, such as a buffer of so many numbers.
napi_value new_array(napi_env, napi_typedarray_type, napi_value from, std::size_t size, void** data);

// A copy as a new array of `type`, whose numbers are of type T. Errors as above.
template <class T>
napi_value copied(napi_env env, napi_typedarray_type type, const T* values, std::size_t size) {
  void* data = nullptr;
  const napi_value array = new_array(env, type, size, &data);
  if (array != nullptr && size > 0) std::memcpy(data, values, size * sizeof(T));
  return array;
}
inline napi_value copied(napi_env env, const float* values, std::size_t size) { return copied(env, napi_float32_array, values, size); }

// An array of these numbers, without a copy where that would hold up the event loop and the runtime allows it. Errors as above.
inline napi_value handed_over(napi_env env, std::vector<float> values) {
  constexpr std::size_t quickly_copied = 1 << 20;
  if (values.size() <= quickly_copied) return copied(env, values.data(), values.size());
  auto owner = std::make_unique<std::vector<float>>(std::move(values));
  const auto release = [](napi_env, void*, void* hint) { delete static_cast<std::vector<float>*>(hint); };
  napi_value buffer = nullptr;
  if (napi_create_external_arraybuffer(env, owner->data(), owner->size() * sizeof(float), release, owner.get(), &buffer) != napi_ok)
    return copied(env, owner->data(), owner->size());
  void* data = nullptr;
  return new_array(env, napi_float32_array, buffer, owner.release()->size(), &data);
}

}  // namespace binding
}  // namespace bptt

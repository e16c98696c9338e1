#include "binding/new_array.h"

#include <string>

#include "binding/environment.h"
#include "support/error.h"

namespace bptt {
namespace binding {

namespace {

const char* constructor_name(napi_typedarray_type type) {
  switch (type) {
    case napi_uint8_array: return "Uint8Array";
    case napi_int32_array: return "Int32Array";
    case napi_float64_array: return "Float64Array";
    default: return "Float32Array";
  }
}

}  // namespace

napi_value new_array(napi_env env, napi_typedarray_type type, std::size_t size, void** data) {
  napi_value length = nullptr;
  if (napi_create_double(env, static_cast<double>(size), &length) != napi_ok) return nullptr;
  return new_array(env, type, length, size, data);
}

napi_value new_array(napi_env env, napi_typedarray_type type, napi_value from, std::size_t size, void** data) {
  *data = nullptr;
  napi_value realm = Environment::realm(env), constructor = nullptr, array = nullptr;
  if (realm == nullptr || napi_get_named_property(env, realm, constructor_name(type), &constructor) != napi_ok) return nullptr;
  const napi_status status = napi_new_instance(env, constructor, 1, &from, &array);
  if (status == napi_pending_exception) {
    napi_value exception = nullptr;
    if (napi_get_and_clear_last_exception(env, &exception) != napi_ok) return nullptr;
    throw Error(ErrorCode::memory, "out of memory: an array of " + std::to_string(size) + " numbers was asked for");
  }
  if (status != napi_ok) return nullptr;
  napi_typedarray_type found = type;
  std::size_t found_size = 0;
  if (napi_get_typedarray_info(env, array, &found, &found_size, data, nullptr, nullptr) != napi_ok || found != type || found_size != size)
    throw Error(ErrorCode::state, std::string("the ") + constructor_name(type) + " of this realm has been replaced by something that makes no such arrays");
  return array;
}

}  // namespace binding
}  // namespace bptt

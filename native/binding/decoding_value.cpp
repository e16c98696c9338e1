#include "binding/decoding_value.h"

#include <cstring>

#include "binding/arguments.h"

namespace bptt {
namespace binding {

namespace {

// A typed array under a name, of a copy.
template <class T>
void set(napi_env env, napi_value object, const char* name, napi_typedarray_type type, const std::vector<T>& values) {
  void* data = nullptr;
  napi_value buffer = nullptr, array = nullptr;
  if (napi_create_arraybuffer(env, values.size() * sizeof(T), &data, &buffer) != napi_ok) return;
  if (!values.empty()) std::memcpy(data, values.data(), values.size() * sizeof(T));
  napi_create_typedarray(env, type, values.size(), buffer, 0, &array);
  napi_set_named_property(env, object, name, array);
}

void set(napi_env env, napi_value object, const char* name, double value) {
  napi_value number = nullptr;
  if (napi_create_double(env, value, &number) == napi_ok) napi_set_named_property(env, object, name, number);
}

}  // namespace

DecodingOptions decoding_options(const Napi::Value& value) {
  const Napi::Object options = object(value, "options");
  DecodingOptions decoding;
  decoding.beam = integer(options.Get("beam"), "beam", 1);
  decoding.best = integer(options.Get("nBest"), "nBest", 1);
  const Napi::Value penalty = options.Get("lengthPenalty"), attention = options.Get("attention");
  if (given(penalty)) decoding.length_penalty = number(penalty, "lengthPenalty", -1e6, 1e6);
  if (given(attention)) decoding.attention = boolean(attention, "attention");
  const Napi::Value limits = options.Get("limits");
  if (given(limits)) {
    const Numbers<std::int32_t> steps = integers(limits, "limits");
    decoding.limits.assign(steps.begin(), steps.end());
  }
  return decoding;
}

napi_value decoding_value(napi_env env, const Decoding<float>& decoding) {
  napi_value object = nullptr;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  set(env, object, "counts", napi_int32_array, decoding.counts);
  set(env, object, "lengths", napi_int32_array, decoding.lengths);
  set(env, object, "symbols", napi_int32_array, decoding.symbols);
  set(env, object, "values", napi_float32_array, decoding.values);
  set(env, object, "scores", napi_float64_array, decoding.scores);
  set(env, object, "ended", napi_uint8_array, decoding.ended);
  set(env, object, "attention", napi_float32_array, decoding.attention);
  set(env, object, "loss", decoding.loss);
  set(env, object, "count", decoding.count);
  set(env, object, "impossible", decoding.impossible);
  return object;
}

}  // namespace binding
}  // namespace bptt

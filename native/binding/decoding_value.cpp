#include "binding/decoding_value.h"

#include "binding/arguments.h"
#include "binding/properties.h"

namespace bptt {
namespace binding {

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
  set(env, object, "infeasible", decoding.infeasible);
  return object;
}

}  // namespace binding
}  // namespace bptt

// What the addon exports: binding.d.ts, nothing more.
#include <napi.h>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/errors.h"
#include "binding/generator_object.h"
#include "binding/machine_limits.h"
#include "binding/network_object.h"
#include "binding/parameters_object.h"
#include "binding/processors.h"
#include "binding/recurrent_layer.h"
#include "binding/stop_object.h"
#include "binding/stream_object.h"
#include "binding/trainer_object.h"
#include "kernels/kernels.h"

namespace bptt {
namespace binding {
namespace {

Napi::Value system(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Napi::Array isas = Napi::Array::New(info.Env());
    for (const char* const* isa = usable_isas(); *isa != nullptr; ++isa) isas.Set(isas.Length(), *isa);
    Napi::Object system = Napi::Object::New(info.Env());
    system.Set("isa", current_kernels<float>().isa);
    system.Set("isas", isas);
    system.Set("threads", processors());
    return system;
  });
}

Napi::Value bfloat16(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Napi::Array names = Napi::Array::New(info.Env());
    for (const char* const* name = usable_bfloat16(); *name != nullptr; ++name) names.Set(names.Length(), *name);
    return names;
  });
}

Napi::Value use_realm(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Environment::use_realm(info.Env(), object(info[0], "realm"));
    return info.Env().Undefined();
  });
}

Napi::Object start(Napi::Env env, Napi::Object exports) {
  Environment::create(env);
  exports.Set("system", Napi::Function::New(env, system, "system"));
  exports.Set("bfloat16Products", Napi::Function::New(env, bfloat16, "bfloat16Products"));
  exports.Set("useRealm", Napi::Function::New(env, use_realm, "useRealm"));
  export_machine_limits(env, exports);
  export_recurrent_layer(env, exports);
  StopObject::define(env, exports);
  ParametersObject::define(env, exports);
  NetworkObject::define(env, exports);
  TrainerObject::define(env, exports);
  StreamObject::define(env, exports);
  GeneratorObject::define(env, exports);
  return exports;
}

}  // namespace
}  // namespace binding
}  // namespace bptt

static Napi::Object init(Napi::Env env, Napi::Object exports) { return bptt::binding::start(env, exports); }
NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)

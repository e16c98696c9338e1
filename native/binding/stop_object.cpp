#include "binding/stop_object.h"

#include "binding/arguments.h"

namespace bptt {
namespace binding {

namespace {

// Marks the objects that argument() may unwrap.
constexpr napi_type_tag stop_tag = {0x2f4c81d96ab05e37, 0xc36e0a9d71f2584b};

}  // namespace

void StopObject::define(Napi::Env env, Napi::Object exports) { exports.Set("Stop", DefineClass(env, "Stop", {InstanceMethod("request", &StopObject::request)})); }

StopObject::StopObject(const Napi::CallbackInfo& info) : ObjectWrap(info) { info.This().As<Napi::Object>().TypeTag(&stop_tag); }

std::shared_ptr<Stop> StopObject::argument(const Napi::Value& value) {
  if (!given(value)) return nullptr;
  const Napi::Object found = object(value, "stop");
  if (!found.CheckTypeTag(&stop_tag)) throw Error(ErrorCode::option, "stop: expected a Stop, found " + shown(value));
  return Unwrap(found)->stop_;
}

}  // namespace binding
}  // namespace bptt

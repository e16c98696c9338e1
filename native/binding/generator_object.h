// `Generator` of binding.d.ts.
#pragma once

#include <napi.h>

#include <memory>

#include "binding/external_memory.h"
#include "model/network/network_spec.h"

namespace bptt {
namespace binding {

class GeneratorJob;

class GeneratorObject : public Napi::ObjectWrap<GeneratorObject> {
 public:
  static void define(Napi::Env, Napi::Object exports);

  explicit GeneratorObject(const Napi::CallbackInfo&);

 private:
  Napi::Value next(const Napi::CallbackInfo&);
  void dispose(const Napi::CallbackInfo&);

  OutputKind output_ = OutputKind::classes;
  std::shared_ptr<GeneratorJob> job_;  // null once disposed of
  ExternalMemory memory_;
};

}  // namespace binding
}  // namespace bptt

// `Trainer` of binding.d.ts.
#pragma once

#include <napi.h>

#include <memory>

#include "binding/external_memory.h"
#include "model/network/batch.h"

namespace bptt {
namespace binding {

class TrainerJob;

class TrainerObject : public Napi::ObjectWrap<TrainerObject> {
 public:
  static void define(Napi::Env, Napi::Object exports);

  explicit TrainerObject(const Napi::CallbackInfo&);

 private:
  Napi::Value step(const Napi::CallbackInfo&);
  Napi::Value evaluate(const Napi::CallbackInfo&);
  Napi::Value decode(const Napi::CallbackInfo&);
  Napi::Value state(const Napi::CallbackInfo&);
  Napi::Value keep(const Napi::CallbackInfo&);
  Napi::Value finish(const Napi::CallbackInfo&);
  void dispose(const Napi::CallbackInfo&);
  // Throws ERR_DISPOSED.
  TrainerJob& job();
  Batch<float> batch(const Napi::Value&);
  template <class T, class... Arguments>
  Napi::Value queue(Napi::Env, Arguments&&...);

  std::shared_ptr<TrainerJob> job_;  // null once disposed of
  ExternalMemory memory_;
};

}  // namespace binding
}  // namespace bptt

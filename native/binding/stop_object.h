// `Stop` of binding.d.ts.
#pragma once

#include <napi.h>

#include <memory>

#include "support/stop.h"

namespace bptt {
namespace binding {

class StopObject : public Napi::ObjectWrap<StopObject> {
 public:
  static void define(Napi::Env, Napi::Object exports);
  // What an argument that may be a Stop stands for; null where there is none.
  static std::shared_ptr<Stop> argument(const Napi::Value&);

  explicit StopObject(const Napi::CallbackInfo&);

 private:
  void request(const Napi::CallbackInfo&) { stop_->request(); }

  const std::shared_ptr<Stop> stop_ = std::make_shared<Stop>();
};

}  // namespace binding
}  // namespace bptt

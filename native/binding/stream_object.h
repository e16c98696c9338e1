// `Stream` of binding.d.ts.
#pragma once

#include <napi.h>

#include <memory>

#include "binding/external_memory.h"
#include "binding/held_snapshot.h"
#include "model/inference/stream.h"

namespace bptt {
namespace binding {

class StreamObject : public Napi::ObjectWrap<StreamObject> {
 public:
  static void define(Napi::Env, Napi::Object exports);

  explicit StreamObject(const Napi::CallbackInfo&);

 private:
  void step(const Napi::CallbackInfo&);
  void reset(const Napi::CallbackInfo&);
  Napi::Value state(const Napi::CallbackInfo&);
  void set_state(const Napi::CallbackInfo&);
  void dispose(const Napi::CallbackInfo&);
  // Throws ERR_DISPOSED.
  Stream<float>& alive() const;
  std::size_t h_size() const;
  std::size_t c_size() const;

  std::shared_ptr<HeldSnapshot> held_;
  std::unique_ptr<Stream<float>> stream_;  // null once disposed of
  ExternalMemory memory_;
};

}  // namespace binding
}  // namespace bptt

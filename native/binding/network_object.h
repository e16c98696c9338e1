// `Network` of binding.d.ts.
#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "binding/environment.h"
#include "binding/external_memory.h"
#include "binding/held_snapshot.h"
#include "model/inference/evaluation.h"
#include "model/network.h"

namespace bptt {
namespace binding {

// A network until it is disposed of; shared with the trainer that will put its parameters there.
struct NetworkHandle {
  std::optional<Network<float>> network;

  // Throws ERR_DISPOSED.
  Network<float>& get();
  // The present snapshot, for an object that keeps it. On the JavaScript thread, as all of it. Throws ERR_DISPOSED.
  std::shared_ptr<HeldSnapshot> hold(napi_env);

 private:
  std::weak_ptr<HeldSnapshot> held_;
};

class NetworkObject : public Napi::ObjectWrap<NetworkObject> {
 public:
  static void define(Napi::Env, Napi::Object exports);
  // The handle of an argument that has to be a Network.
  static std::shared_ptr<NetworkHandle> argument(const Napi::Value&);

  explicit NetworkObject(const Napi::CallbackInfo&);

 private:
  Napi::Value parameter_names(const Napi::CallbackInfo&);
  Napi::Value parameter_shape(const Napi::CallbackInfo&);
  Napi::Value parameter(const Napi::CallbackInfo&);
  Napi::Value parameters(const Napi::CallbackInfo&);
  void set_parameter(const Napi::CallbackInfo&);
  Napi::Value evaluate(const Napi::CallbackInfo&);
  Napi::Value decode(const Napi::CallbackInfo&);
  template <class T, class... Options>
  Napi::Value serve(const Napi::CallbackInfo&, const Napi::Value& stop, Options&&...);
  void dispose(const Napi::CallbackInfo&);

  const std::shared_ptr<NetworkHandle> handle_ = std::make_shared<NetworkHandle>();
  ExternalMemory memory_;
};

// { output, loss, count, infeasible }; null where the environment no longer makes objects.
napi_value evaluation_value(napi_env, Evaluation<float>);

}  // namespace binding
}  // namespace bptt

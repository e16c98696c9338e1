// `Parameters` of binding.d.ts.
#pragma once

#include <napi.h>

#include <optional>
#include <vector>

#include "binding/external_memory.h"
#include "model/network.h"

namespace bptt {
namespace binding {

class ParametersObject : public Napi::ObjectWrap<ParametersObject> {
 public:
  static void define(Napi::Env, Napi::Object exports);
  // Takes the numbers out of an argument that has to be Parameters for a network of that arena. Throws ERR_SHAPE where they are for
  // another one, ERR_STATE where some have not been added or all were taken before.
  static Parameters<float> take(const Napi::Value&, const char* name, const ParameterArena&);

  explicit ParametersObject(const Napi::CallbackInfo&);

 private:
  void add(const Napi::CallbackInfo&);
  Parameters<float> taken(const char* name, const ParameterArena&);

  std::optional<ParameterArena> arena_;
  std::optional<Parameters<float>> parameters_;  // until they are taken
  std::vector<std::size_t> added_;               // numbers of each entry
  ExternalMemory memory_;
};

}  // namespace binding
}  // namespace bptt

// A snapshot that objects of JavaScript hold, such as streams. V8 is told of its memory once, however many of them there are.
#pragma once

#include <memory>

#include "binding/external_memory.h"
#include "model/network.h"

namespace bptt {
namespace binding {

class HeldSnapshot {
 public:
  HeldSnapshot(napi_env env, std::shared_ptr<const Snapshot<float>> snapshot) : snapshot_(std::move(snapshot)), memory_(env) { tell(); }

  const std::shared_ptr<const Snapshot<float>>& snapshot() const { return snapshot_; }
  // Anew, once it may have grown.
  void tell() { memory_.set(snapshot_->bytes()); }

 private:
  const std::shared_ptr<const Snapshot<float>> snapshot_;
  ExternalMemory memory_;
};

}  // namespace binding
}  // namespace bptt

// A snapshot that objects of JavaScript hold, such as streams. V8 is told of its memory once, however many of them there are.
#pragma once

#include <memory>

#include "binding/environment.h"
#include "binding/external_memory.h"
#include "model/network.h"

namespace bptt {
namespace binding {

class HeldSnapshot {
 public:
  HeldSnapshot(napi_env env, std::shared_ptr<const Snapshot<float>> snapshot) : environment_(Environment::of(env)), snapshot_(std::move(snapshot)), memory_(env) { tell(); }
  ~HeldSnapshot() {
    const std::size_t bytes = snapshot_->bytes();
    environment_->let_go(std::move(snapshot_), bytes);
  }
  HeldSnapshot(const HeldSnapshot&) = delete;
  HeldSnapshot& operator=(const HeldSnapshot&) = delete;

  const std::shared_ptr<const Snapshot<float>>& snapshot() const { return snapshot_; }
  // Anew, once it may have grown.
  void tell() { memory_.set(snapshot_->bytes()); }

 private:
  const std::shared_ptr<Environment> environment_;
  std::shared_ptr<const Snapshot<float>> snapshot_;
  ExternalMemory memory_;
};

}  // namespace binding
}  // namespace bptt

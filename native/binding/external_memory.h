// Tells V8 how much memory stands behind a JavaScript object, so that it collects the object in time.
#pragma once

#include <napi.h>

#include <cstdint>

namespace bptt {
namespace binding {

class ExternalMemory {
 public:
  explicit ExternalMemory(napi_env env) : env_(env) {}
  ~ExternalMemory() { set(0); }
  ExternalMemory(const ExternalMemory&) = delete;
  ExternalMemory& operator=(const ExternalMemory&) = delete;

  void set(std::size_t bytes) {
    std::int64_t total = 0;
    if (static_cast<std::int64_t>(bytes) != bytes_) napi_adjust_external_memory(env_, static_cast<std::int64_t>(bytes) - bytes_, &total);
    bytes_ = static_cast<std::int64_t>(bytes);
  }

 private:
  napi_env env_;
  std::int64_t bytes_ = 0;
};

}  // namespace binding
}  // namespace bptt

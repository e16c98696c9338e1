// The way back: tasks that are done return to the JavaScript thread of their environment and settle there.
#pragma once

#include <napi.h>

#include <memory>

#include "binding/task.h"

namespace bptt {
namespace binding {

class Completions : public std::enable_shared_from_this<Completions> {
 public:
  // The next three on the JavaScript thread.
  // Call once before the first begin(). Does not keep the process alive by itself.
  void open(napi_env);
  // One more promise is pending, or one less without a delivery. While there are any, the process stays alive.
  void begin();
  void end();
  // No more deliveries: all threads have been joined.
  void close();

  // From any thread, for each task after begin().
  void deliver(std::unique_ptr<Task>);

 private:
  static void arrive(napi_env, napi_value, void* context, void* data);

  napi_env env_ = nullptr;
  napi_threadsafe_function way_ = nullptr;
  int pending_ = 0;
};

}  // namespace binding
}  // namespace bptt

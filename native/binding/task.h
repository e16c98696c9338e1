// The work behind a promise: made on the JavaScript thread, carried out on a thread of ours, settled on the JavaScript
// thread again. Between those two nothing of JavaScript is touched. Always destroyed on the JavaScript thread.
#pragma once

#include <napi.h>

#include <memory>
#include <optional>

#include "binding/errors.h"
#include "model/pass.h"
#include "support/thread_pool.h"

namespace bptt {
namespace binding {

// What a working thread lends to its tasks.
struct Workbench {
  Workbench(int threads, bool background) : pool(threads, background) {}
  // Heeds the stop of the task under way.
  ThreadPool pool;
  Pass<float> pass;
};

class Task {
 public:
  // `stop`: one that others may request; null: only whoever stops the queue does.
  explicit Task(napi_env, std::shared_ptr<Stop> stop = nullptr);
  virtual ~Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // Valid until the call from JavaScript that made the task returns.
  Napi::Value promise() const { return Napi::Value(env_, promise_); }
  // On a thread of ours. What run() throws rejects the promise.
  void carry_out(Workbench&) noexcept;
  void fail(Failure failure) { failure_ = std::move(failure); }
  const std::shared_ptr<Stop>& stop() const { return stop_; }
  // On the JavaScript thread, once.
  virtual void settle() noexcept;

 protected:
  // Without a promise, for the parts of a larger task: they settle by themselves.
  explicit Task(std::shared_ptr<Stop> stop) : stop_(std::move(stop)) {}
  const std::optional<Failure>& failure() const { return failure_; }
  virtual void run(Workbench&) = 0;
  // What the promise resolves to. Errors thrown reject it.
  virtual napi_value result(napi_env) = 0;

 private:
  napi_env env_ = nullptr;
  napi_deferred deferred_ = nullptr;
  napi_value promise_ = nullptr;
  const std::shared_ptr<Stop> stop_;
  std::optional<Failure> failure_;
};

// undefined
napi_value nothing(napi_env);

}  // namespace binding
}  // namespace bptt

// What one JavaScript environment (the main thread, or a worker thread) has of this addon. Nothing is shared between
// environments, and loading the addon starts no thread.
#pragma once

#include <napi.h>

#include <memory>
#include <set>

#include "binding/completions.h"
#include "binding/work_queue.h"

namespace bptt {
namespace binding {

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  // Made when the addon is loaded into an environment.
  static void create(Napi::Env);
  static std::shared_ptr<Environment> of(Napi::Env);

  // For predictions: one thread a batch, as many at a time as there are processors.
  WorkQueue& serving();
  // A queue that has to be stopped before the environment ends. Its threads start with its first task.
  std::shared_ptr<WorkQueue> open_queue(const WorkQueue::Options&);
  // Lets go of what takes so many bytes: on a serving thread where freeing them would hold up the event loop, unless that is ending.
  void let_go(std::shared_ptr<const void>, std::size_t bytes);
  // Stops a queue without waiting for it; see WorkQueue::stop().
  std::vector<std::unique_ptr<Task>> close_queue(const std::shared_ptr<WorkQueue>&, std::shared_ptr<void> last);

  // The object whose properties are the constructors of arrays: the caller's realm where it said so, else the global object.
  // Held weakly, so that the addon does not keep a realm that is gone.
  static void use_realm(Napi::Env, const Napi::Object& constructors);
  static napi_value realm(Napi::Env);

 private:
  explicit Environment(napi_env);
  void shut_down();

  napi_env env_;
  bool ending_ = false;
  std::shared_ptr<Completions> completions_;
  std::shared_ptr<WorkQueue> serving_;
  std::set<std::shared_ptr<WorkQueue>> open_;  // and those whose threads have not ended
};

}  // namespace binding
}  // namespace bptt

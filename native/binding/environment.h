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

class Environment {
 public:
  // Made when the addon is loaded into an environment.
  static void create(Napi::Env);
  static std::shared_ptr<Environment> of(Napi::Env);

  // For predictions: one thread a batch, as many at a time as there are processors.
  WorkQueue& serving();
  // Queues that have to be stopped before the environment ends. The crew starts with its first task.
  std::unique_ptr<WorkQueue> open_queue(const WorkQueue::Crew&);
  void forget(WorkQueue*);

  // The object whose properties are the constructors of arrays: the caller's realm where it said so, else the global object.
  // Held weakly, so that the addon does not keep a realm that is gone.
  static void use_realm(Napi::Env, const Napi::Object& constructors);
  static napi_value realm(Napi::Env);

 private:
  explicit Environment(napi_env env) : env_(env) {}
  void shut_down();

  napi_env env_;
  std::shared_ptr<Completions> completions_;
  std::unique_ptr<WorkQueue> serving_;
  std::set<WorkQueue*> open_;
};

}  // namespace binding
}  // namespace bptt

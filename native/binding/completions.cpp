#include "binding/completions.h"

namespace bptt {
namespace binding {

void Completions::open(napi_env env) {
  env_ = env;
  napi_value name = nullptr;
  napi_create_string_utf8(env, "bptt", NAPI_AUTO_LENGTH, &name);
  // Tasks may still arrive (without an environment) while Node.js empties the queue: the function owns a share of this.
  auto* context = new std::shared_ptr<Completions>(shared_from_this());
  const auto forget = [](napi_env, void*, void* shared) { delete static_cast<std::shared_ptr<Completions>*>(shared); };
  if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, forget, context, arrive, &way_) != napi_ok) {
    delete context;
    throw Error(ErrorCode::state, "the way back to the event loop could not be opened");
  }
  napi_unref_threadsafe_function(env, way_);
}

void Completions::begin() {
  if (pending_++ == 0) napi_ref_threadsafe_function(env_, way_);
}

void Completions::end() {
  if (--pending_ == 0 && way_ != nullptr) napi_unref_threadsafe_function(env_, way_);
}

void Completions::close() {
  if (way_ == nullptr) return;
  napi_release_threadsafe_function(way_, napi_tsfn_abort);
  way_ = nullptr;
}

void Completions::deliver(std::unique_ptr<Task> task) {
  // The queue has no bound, so this does not wait. It fails only once the way is closed, and then nobody delivers.
  Task* const data = task.release();
  if (napi_call_threadsafe_function(way_, data, napi_tsfn_nonblocking) != napi_ok) delete data;
}

void Completions::arrive(napi_env env, napi_value, void* context, void* data) {
  const std::unique_ptr<Task> task(static_cast<Task*>(data));
  if (env == nullptr) return;  // the environment is gone, and the promise with it
  (*static_cast<std::shared_ptr<Completions>*>(context))->end();
  task->settle();
}

}  // namespace binding
}  // namespace bptt

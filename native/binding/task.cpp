#include "binding/task.h"

namespace bptt {
namespace binding {

Task::Task(napi_env env, std::shared_ptr<Stop> stop) : env_(env), stop_(stop != nullptr ? std::move(stop) : std::make_shared<Stop>()) {
  if (napi_create_promise(env, &deferred_, &promise_) != napi_ok)
    throw Error(ErrorCode::state, "a promise could not be made: is the environment shutting down?");
}

void Task::carry_out(Workbench& bench) noexcept {
  try {
    bench.pool.heed(*stop_);
    run(bench);
  } catch (...) {
    failure_ = describe(std::current_exception());
  }
}

// Plain Node-API calls, whose failures are of no interest: an environment that is shutting down settles nothing.
void Task::settle() noexcept {
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value value = nullptr;
  if (!failure_.has_value()) {
    try {
      value = result(env_);
    } catch (...) {
      failure_ = describe(std::current_exception());
    }
  }
  if (failure_.has_value()) {
    value = error_value(env_, *failure_);
    if (value != nullptr) napi_reject_deferred(env_, deferred_, value);
  } else if (value != nullptr) {
    napi_resolve_deferred(env_, deferred_, value);
  }
  napi_close_handle_scope(env_, scope);
}

napi_value nothing(napi_env env) {
  napi_value undefined = nullptr;
  napi_get_undefined(env, &undefined);
  return undefined;
}

}  // namespace binding
}  // namespace bptt

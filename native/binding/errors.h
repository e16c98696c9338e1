// Errors of the core on their way to JavaScript: an Error with a `code` such as "ERR_SHAPE".
#pragma once

#include <napi.h>

#include <exception>
#include <new>
#include <string>

#include "support/error.h"

namespace bptt {
namespace binding {

// An error as plain data, so that it can travel from one thread to another.
struct Failure {
  ErrorCode code;
  std::string message;
  int sequence = -1;  // of the batch, where it is one that fails; JavaScript sees it as a property
};

// What the exception says; anything that is neither a bptt::Error nor an exhausted memory becomes ERR_STATE. Where there is
// no memory for the message either, an ERR_MEMORY with a short one.
Failure describe(std::exception_ptr) noexcept;

// The error as a value, for a promise; null where the environment no longer makes any.
napi_value error_value(napi_env, const Failure&);
// The error to throw.
Napi::Error to_js(Napi::Env, const Failure&);

// Runs the body of a function called from JavaScript; what the core throws is thrown as a JavaScript error.
template <class Body>
auto guarded(Napi::Env env, Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw to_js(env, describe(std::current_exception()));
  }
}

}  // namespace binding
}  // namespace bptt

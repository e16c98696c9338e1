#include "binding/errors.h"

namespace bptt {
namespace binding {

Failure describe(std::exception_ptr exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return {error.code(), error.what()};
  } catch (const std::bad_alloc&) {
    return {ErrorCode::memory, "out of memory"};
  } catch (const std::exception& error) {
    return {ErrorCode::state, error.what()};
  } catch (...) {
    return {ErrorCode::state, "an unknown error"};
  }
}

Napi::Error to_js(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, name(failure.code)));
  return error;
}

}  // namespace binding
}  // namespace bptt

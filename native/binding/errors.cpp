#include "binding/errors.h"

#include <stdexcept>

#include "model/network/finite.h"

namespace bptt {
namespace binding {

namespace {

Failure described(std::exception_ptr exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const NotFinite& error) {
    return {error.code(), error.what(), error.sequence()};
  } catch (const Error& error) {
    return {error.code(), error.what()};
  } catch (const std::bad_alloc&) {
    return {ErrorCode::memory, "out of memory"};
  } catch (const std::length_error& error) {
    return {ErrorCode::memory, std::string("out of memory: ") + error.what()};
  } catch (const std::exception& error) {
    return {ErrorCode::state, error.what()};
  } catch (...) {
    return {ErrorCode::state, "an unknown error"};
  }
}

}  // namespace

Failure describe(std::exception_ptr exception) noexcept {
  try {
    return described(exception);
  } catch (...) {
    // Short enough to need no memory of its own.
    return {ErrorCode::memory, "out of memory"};
  }
}

napi_value error_value(napi_env env, const Failure& failure) {
  napi_value code = nullptr, message = nullptr, error = nullptr;
  napi_create_string_utf8(env, name(failure.code), NAPI_AUTO_LENGTH, &code);
  napi_create_string_utf8(env, failure.message.c_str(), failure.message.size(), &message);
  if (napi_create_error(env, code, message, &error) != napi_ok) return nullptr;
  napi_value sequence = nullptr;
  if (failure.sequence >= 0 && napi_create_int32(env, failure.sequence, &sequence) == napi_ok) napi_set_named_property(env, error, "sequence", sequence);
  return error;
}

Napi::Error to_js(Napi::Env env, const Failure& failure) { return Napi::Error(env, error_value(env, failure)); }

}  // namespace binding
}  // namespace bptt

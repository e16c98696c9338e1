// Typed errors of the core; the binding turns them into JavaScript errors with a `code`.
#pragma once

#include <stdexcept>
#include <string>

namespace bptt {

enum class ErrorCode { option, data, shape, state, format, version, busy, non_finite, disposed, memory, io, platform };

// The name JavaScript sees, such as "ERR_SHAPE".
const char* name(ErrorCode code);

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace bptt

#include "support/error.h"

namespace bptt {

const char* name(ErrorCode code) {
  switch (code) {
    case ErrorCode::option: return "ERR_OPTION";
    case ErrorCode::data: return "ERR_DATA";
    case ErrorCode::shape: return "ERR_SHAPE";
    case ErrorCode::state: return "ERR_STATE";
    case ErrorCode::format: return "ERR_FORMAT";
    case ErrorCode::version: return "ERR_VERSION";
    case ErrorCode::busy: return "ERR_BUSY";
    case ErrorCode::non_finite: return "ERR_NON_FINITE";
    case ErrorCode::disposed: return "ERR_DISPOSED";
    case ErrorCode::memory: return "ERR_MEMORY";
    case ErrorCode::io: return "ERR_IO";
    case ErrorCode::platform: return "ERR_PLATFORM";
  }
  return "ERR_STATE";
}

}  // namespace bptt

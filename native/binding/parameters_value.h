// Parameters on their way to JavaScript: arrays under their names.
#pragma once

#include <napi.h>

#include "model/parameters/parameter_arena.h"

namespace bptt {
namespace binding {

// Without a copy, which would hold up the event loop, where the runtime allows that; arrays may share a buffer. Throws ERR_MEMORY; null
// where the environment no longer makes objects.
napi_value parameters_value(napi_env, const ParameterArena&, Parameters<float>);

}  // namespace binding
}  // namespace bptt

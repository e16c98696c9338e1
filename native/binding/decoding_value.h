// `DecodingOptions` and `Decoding` of binding.d.ts.
#pragma once

#include <napi.h>

#include "model/network/decoding.h"

namespace bptt {
namespace binding {

// Reading runs code of the caller's where there are getters. What does not fit the network shows when it decodes.
DecodingOptions decoding_options(const Napi::Value&);

// Null where the environment no longer makes objects.
napi_value decoding_value(napi_env, const Decoding<float>&);

}  // namespace binding
}  // namespace bptt

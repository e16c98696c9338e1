// `RecurrentLayer` of binding.d.ts.
#pragma once

#include <napi.h>

namespace bptt {
namespace binding {

void export_recurrent_layer(Napi::Env, Napi::Object exports);

}  // namespace binding
}  // namespace bptt

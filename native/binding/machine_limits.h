// Defines `measurePeak` and `measureReadBandwidth`.
#pragma once

#include <napi.h>

namespace bptt {
namespace binding {

void export_machine_limits(Napi::Env, Napi::Object exports);

}  // namespace binding
}  // namespace bptt

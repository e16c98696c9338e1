// `NetworkOptions` and `TrainerOptions` of binding.d.ts.
#pragma once

#include <napi.h>

#include "model/network/network_spec.h"
#include "model/training/trainer.h"

namespace bptt {
namespace binding {

NetworkSpec network_options(const Napi::Value&);

// Without `threads`.
TrainerSpec trainer_options(const Napi::Object&, const NetworkSpec&);

}  // namespace binding
}  // namespace bptt

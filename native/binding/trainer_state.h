// `TrainerState` of binding.d.ts.
#pragma once

#include <napi.h>

#include "model/training/trainer.h"

namespace bptt {
namespace binding {

// Takes the parameters out of it. Throws ERR_SHAPE where they are not those of a network of that arena.
TrainerState<float> trainer_state_argument(const Napi::Value&, const ParameterArena&);

// Null where the environment no longer makes objects.
napi_value trainer_state_value(napi_env, const ParameterArena&, TrainerState<float>);

}  // namespace binding
}  // namespace bptt

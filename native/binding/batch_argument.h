// `Batch` of binding.d.ts.
#pragma once

#include <napi.h>

#include "model/network/batch.h"

namespace bptt {
namespace binding {

// A checked copy.
Batch<float> batch_argument(const Napi::Value&, const NetworkSpec&);

}  // namespace binding
}  // namespace bptt

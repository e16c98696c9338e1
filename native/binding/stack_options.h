// `StackOptions` of binding.d.ts.
#pragma once

#include <napi.h>

#include <cstdint>

#include "layer/stack.h"

namespace bptt {
namespace binding {

struct StackOptions {
  StackSpec spec;  // without `input` and the dropouts
  std::uint64_t seed = 0;
};

Cell cell_options(const Napi::Object&);
// Their `precision`.
Precision precision_option(const Napi::Object&);
StackOptions stack_options(const Napi::Object&);

}  // namespace binding
}  // namespace bptt

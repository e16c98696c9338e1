// Reads what JavaScript passes, and says what was expected and what came where it is not that.
// Numbers, strings and options that do not fit are ERR_OPTION, wrong arrays ERR_DATA, wrong lengths ERR_SHAPE.
// Every function throws bptt::Error, so it belongs inside guarded().
#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "support/error.h"

namespace bptt {
namespace binding {

// The numbers of a typed array. Valid until JavaScript runs again: it could detach the buffer.
template <class T>
struct Numbers {
  T* data = nullptr;
  std::size_t size = 0;
  const T* begin() const { return data; }
  const T* end() const { return data + size; }
};

// Neither undefined nor null.
bool given(const Napi::Value&);

// A value in a message: `1.5`, `"lstm"`, `undefined`, `Float64Array of 3`.
std::string shown(const Napi::Value&);

// A whole number in low … high.
int integer(const Napi::Value&, const char* name, int low, int high = INT32_MAX);
// A whole number in 0 … 2⁵³ − 1.
std::uint64_t seed(const Napi::Value&, const char* name);
// A finite number in low … high.
double number(const Napi::Value&, const char* name, double low, double high);
bool boolean(const Napi::Value&, const char* name);
std::string text(const Napi::Value&, const char* name);
Napi::Object object(const Napi::Value&, const char* name);

// One of the names given.
template <class E>
E choice(const Napi::Value& value, const char* name, std::initializer_list<std::pair<const char*, E>> choices) {
  std::string expected;
  if (value.IsString()) {
    const std::string found = value.As<Napi::String>().Utf8Value();
    for (const auto& entry : choices)
      if (found == entry.first) return entry.second;
  }
  for (const auto& entry : choices) expected += (expected.empty() ? "'" : ", '") + std::string(entry.first) + "'";
  throw Error(ErrorCode::option, std::string(name) + ": expected one of " + expected + ", found " + shown(value));
}

// Typed arrays on plain, attached buffers.
Numbers<float> floats(const Napi::Value&, const char* name);
Numbers<float> floats(const Napi::Value&, const char* name, std::size_t size);
Numbers<std::int32_t> integers(const Napi::Value&, const char* name);
Numbers<std::int32_t> integers(const Napi::Value&, const char* name, std::size_t size);
Numbers<double> doubles(const Napi::Value&, const char* name);
Numbers<std::uint8_t> bytes(const Napi::Value&, const char* name, std::size_t size);

}  // namespace binding
}  // namespace bptt

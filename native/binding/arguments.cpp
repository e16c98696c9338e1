#include "binding/arguments.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace bptt {
namespace binding {

namespace {

const char* array_name(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array: return "Int8Array";
    case napi_uint8_array: return "Uint8Array";
    case napi_uint8_clamped_array: return "Uint8ClampedArray";
    case napi_int16_array: return "Int16Array";
    case napi_uint16_array: return "Uint16Array";
    case napi_int32_array: return "Int32Array";
    case napi_uint32_array: return "Uint32Array";
    case napi_float32_array: return "Float32Array";
    case napi_float64_array: return "Float64Array";
    case napi_bigint64_array: return "BigInt64Array";
    case napi_biguint64_array: return "BigUint64Array";
    default: return "a typed array";
  }
}

// The shortest decimal that reads back as the same number.
std::string decimal(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char digits[32];
  for (int precision = 6; precision <= 17; ++precision) {
    std::snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (std::strtod(digits, nullptr) == value) break;
  }
  return digits;
}

[[noreturn]] void reject(ErrorCode code, const char* name, const std::string& expected, const Napi::Value& found) {
  throw Error(code, std::string(name) + ": expected " + expected + ", found " + shown(found));
}

template <class T>
Numbers<T> numbers(const Napi::Value& value, const char* name, napi_typedarray_type type) {
  if (!value.IsTypedArray()) reject(ErrorCode::data, name, array_name(type), value);
  napi_typedarray_type found_type;
  std::size_t length = 0, offset = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  if (napi_get_typedarray_info(value.Env(), value, &found_type, &length, &data, &buffer, &offset) != napi_ok || found_type != type)
    reject(ErrorCode::data, name, array_name(type), value);
  bool plain = false, detached = false;
  napi_is_arraybuffer(value.Env(), buffer, &plain);
  if (!plain)
    throw Error(ErrorCode::data, std::string(name) + ": expected an array on an ArrayBuffer, found one on shared memory, which could change while it is read");
  // Only one without numbers can be: a step of a stream takes no longer than the calls it makes.
  if (length == 0) napi_is_detached_arraybuffer(value.Env(), buffer, &detached);
  if (detached) throw Error(ErrorCode::data, std::string(name) + ": its buffer is detached (was it transferred to another thread?)");
  return {static_cast<T*>(data), data == nullptr ? 0 : length};
}

template <class T>
Numbers<T> sized(Numbers<T> found, const char* name, std::size_t size) {
  if (found.size != size)
    throw Error(ErrorCode::shape, std::string(name) + ": expected " + std::to_string(size) + " numbers, found " + std::to_string(found.size));
  return found;
}

}  // namespace

bool given(const Napi::Value& value) { return !value.IsEmpty() && !value.IsUndefined() && !value.IsNull(); }

std::string shown(const Napi::Value& value) {
  if (value.IsEmpty() || value.IsUndefined()) return "undefined";
  if (value.IsNull()) return "null";
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value() ? "true" : "false";
  if (value.IsNumber()) return decimal(value.As<Napi::Number>().DoubleValue());
  if (value.IsString()) {
    std::string text = value.As<Napi::String>().Utf8Value();
    if (text.size() > 40) text = text.substr(0, 40) + "…";
    return "'" + text + "'";
  }
  if (value.IsTypedArray()) {
    const Napi::TypedArray array = value.As<Napi::TypedArray>();
    return std::string(array_name(array.TypedArrayType())) + " of " + std::to_string(array.ElementLength());
  }
  if (value.IsArray()) return "an array";
  if (value.IsFunction()) return "a function";
  if (value.IsObject()) return "an object";
  return "a value of another type";
}

int integer(const Napi::Value& value, const char* name, int low, int high) {
  const double found = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (!(found >= low && found <= high) || found != std::floor(found))
    reject(ErrorCode::option, name, "a whole number in " + std::to_string(low) + " … " + std::to_string(high), value);
  return static_cast<int>(found);
}

std::uint64_t seed(const Napi::Value& value, const char* name) {
  const double found = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (!(found >= 0 && found <= 9007199254740991.0) || found != std::floor(found))
    reject(ErrorCode::option, name, "a whole number in 0 … 9007199254740991", value);
  return static_cast<std::uint64_t>(found);
}

double number(const Napi::Value& value, const char* name, double low, double high) {
  const double found = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (!(found >= low && found <= high) || !std::isfinite(found))
    reject(ErrorCode::option, name, "a number in " + decimal(low) + " … " + decimal(high), value);
  return found;
}

bool boolean(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) reject(ErrorCode::option, name, "true or false", value);
  return value.As<Napi::Boolean>().Value();
}

std::string text(const Napi::Value& value, const char* name) {
  if (!value.IsString()) reject(ErrorCode::option, name, "a string", value);
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object object(const Napi::Value& value, const char* name) {
  if (!value.IsObject() || value.IsFunction()) reject(ErrorCode::option, name, "an object", value);
  return value.As<Napi::Object>();
}

Numbers<float> floats(const Napi::Value& value, const char* name) { return numbers<float>(value, name, napi_float32_array); }
Numbers<float> floats(const Napi::Value& value, const char* name, std::size_t size) { return sized(floats(value, name), name, size); }

Numbers<std::int32_t> integers(const Napi::Value& value, const char* name) {
  return numbers<std::int32_t>(value, name, napi_int32_array);
}
Numbers<std::int32_t> integers(const Napi::Value& value, const char* name, std::size_t size) {
  return sized(integers(value, name), name, size);
}

Numbers<double> doubles(const Napi::Value& value, const char* name) { return numbers<double>(value, name, napi_float64_array); }

Numbers<std::uint8_t> bytes(const Napi::Value& value, const char* name, std::size_t size) {
  return sized(numbers<std::uint8_t>(value, name, napi_uint8_array), name, size);
}

}  // namespace binding
}  // namespace bptt

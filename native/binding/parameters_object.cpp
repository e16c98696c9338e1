#include "binding/parameters_object.h"

#include <algorithm>

#include "binding/arguments.h"
#include "binding/errors.h"
#include "binding/network_options.h"

namespace bptt {
namespace binding {

namespace {

// Marks the objects that take() may unwrap.
constexpr napi_type_tag parameters_tag = {0x1d7e0a94c35b4f68, 0x8c42b90fd6a17e35};

// What lies between two parameters is zero.
void clear_gaps(Parameters<float>& parameters, const ParameterArena& arena) {
  std::size_t end = 0;
  const auto clear = [&](std::size_t begin) { std::fill(parameters.dense.data() + end, parameters.dense.data() + begin, 0.0f); };
  for (const ParameterEntry& entry : arena.entries()) {
    if (!entry.dense()) continue;
    clear(entry.offset);
    end = entry.offset + entry.size();
  }
  clear(arena.dense_size());
}

}  // namespace

void ParametersObject::define(Napi::Env env, Napi::Object exports) {
  exports.Set("Parameters", DefineClass(env, "Parameters", {InstanceMethod("add", &ParametersObject::add)}));
}

ParametersObject::ParametersObject(const Napi::CallbackInfo& info) : ObjectWrap(info), memory_(info.Env()) {
  guarded(info.Env(), [&] {
    arena_.emplace(network_options(info[0]));
    parameters_ = Parameters<float>::unset(*arena_);
    clear_gaps(*parameters_, *arena_);
    added_.resize(arena_->entries().size());
    memory_.set(arena_->size() * sizeof(float));
    info.This().As<Napi::Object>().TypeTag(&parameters_tag);
  });
}

void ParametersObject::add(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    const ParameterEntry& entry = arena_->find(text(info[0], "name"));
    const Numbers<float> values = floats(info[1], entry.name.c_str());
    if (!parameters_.has_value()) throw Error(ErrorCode::state, "the parameters have been taken into a network or a trainer");
    std::size_t& added = added_[&entry - arena_->entries().data()];
    if (values.size > entry.size() - added)
      throw Error(ErrorCode::shape, entry.name + ": expected at most " + std::to_string(entry.size() - added) + " further numbers, found " + std::to_string(values.size));
    std::copy_n(values.data, values.size, parameters_->values(entry) + added);
    added += values.size;
  });
}

Parameters<float> ParametersObject::take(const Napi::Value& value, const char* name, const ParameterArena& arena) {
  const Napi::Object found = object(value, name);
  if (!found.CheckTypeTag(&parameters_tag)) throw Error(ErrorCode::option, std::string(name) + ": expected Parameters, found " + shown(value));
  return Unwrap(found)->taken(name, arena);
}

Parameters<float> ParametersObject::taken(const char* name, const ParameterArena& arena) {
  if (!parameters_.has_value()) throw Error(ErrorCode::state, std::string(name) + ": expected parameters that have not been taken before");
  parameters_->check(arena, name);
  for (std::size_t i = 0; i < added_.size(); ++i) {
    const ParameterEntry& entry = arena_->entries()[i];
    if (added_[i] < entry.size())
      throw Error(ErrorCode::state, std::string(name) + "." + entry.name + ": expected " + std::to_string(entry.size()) + " numbers to have been added, found " + std::to_string(added_[i]));
  }
  Parameters<float> parameters = std::move(*parameters_);
  parameters_.reset();
  memory_.set(0);
  return parameters;
}

}  // namespace binding
}  // namespace bptt

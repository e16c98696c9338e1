#include "binding/network_object.h"

#include "binding/arguments.h"
#include "binding/batch_argument.h"
#include "binding/decoding_value.h"
#include "binding/network_options.h"
#include "binding/parameters_object.h"
#include "binding/parameters_value.h"
#include "binding/properties.h"
#include "binding/stop_object.h"
#include "model/inference/decode.h"

namespace bptt {
namespace binding {

namespace {

// Marks the objects that argument() may unwrap.
constexpr napi_type_tag network_tag = {0x6b9d3f7a51c84e02, 0x9a1f0c6e2d7b4358};

class EvaluateTask : public Task {
 public:
  EvaluateTask(napi_env env, std::shared_ptr<Stop> stop, std::shared_ptr<const Snapshot<float>> snapshot, Batch<float> batch)
      : Task(env, std::move(stop)), snapshot_(std::move(snapshot)), batch_(std::move(batch)) {}

 private:
  void run(Workbench& bench) override {
    // Freed here, where it may take its time.
    const std::shared_ptr<const Snapshot<float>> snapshot = std::move(snapshot_);
    evaluation_ = bptt::evaluate(bench.pass, snapshot->weights(bench.pool), batch_, bench.pool);
  }
  napi_value result(napi_env env) override { return evaluation_value(env, std::move(evaluation_)); }

  std::shared_ptr<const Snapshot<float>> snapshot_;
  Batch<float> batch_;
  Evaluation<float> evaluation_;
};

class DecodeTask : public Task {
 public:
  DecodeTask(napi_env env, std::shared_ptr<Stop> stop, std::shared_ptr<const Snapshot<float>> snapshot, Batch<float> batch, DecodingOptions options)
      : Task(env, std::move(stop)), snapshot_(std::move(snapshot)), batch_(std::move(batch)), options_(std::move(options)) {}

 private:
  void run(Workbench& bench) override {
    const std::shared_ptr<const Snapshot<float>> snapshot = std::move(snapshot_);
    decoding_ = bptt::decode(bench.pass, snapshot->weights(bench.pool), batch_, options_, bench.pool);
  }
  napi_value result(napi_env env) override { return decoding_value(env, decoding_); }

  std::shared_ptr<const Snapshot<float>> snapshot_;
  Batch<float> batch_;
  DecodingOptions options_;
  Decoding<float> decoding_;
};

class ParametersTask : public Task {
 public:
  ParametersTask(napi_env env, std::shared_ptr<const Snapshot<float>> snapshot) : Task(env), architecture_(snapshot->shared_architecture()), snapshot_(std::move(snapshot)) {}

 private:
  void run(Workbench& bench) override {
    const std::shared_ptr<const Snapshot<float>> snapshot = std::move(snapshot_);
    parameters_ = snapshot->parameters(bench.pool.stop());
  }
  napi_value result(napi_env env) override { return parameters_value(env, architecture_->arena, std::move(parameters_)); }

  const std::shared_ptr<const Architecture> architecture_;
  std::shared_ptr<const Snapshot<float>> snapshot_;
  Parameters<float> parameters_;
};

}  // namespace

napi_value evaluation_value(napi_env env, Evaluation<float> evaluation) {
  napi_value loss = nullptr, count = nullptr, infeasible = nullptr, object = nullptr;
  const napi_value output = handed_over(env, std::move(evaluation.output));
  if (output == nullptr) return nullptr;
  napi_create_double(env, evaluation.loss, &loss);
  napi_create_int32(env, evaluation.count, &count);
  napi_create_int32(env, evaluation.infeasible, &infeasible);
  napi_create_object(env, &object);
  napi_set_named_property(env, object, "output", output);
  napi_set_named_property(env, object, "loss", loss);
  napi_set_named_property(env, object, "count", count);
  napi_set_named_property(env, object, "infeasible", infeasible);
  if (evaluation.has_path) set(env, object, "path", napi_int32_array, evaluation.path);
  if (!evaluation.final.h.empty()) {
    napi_value states = nullptr;
    napi_create_object(env, &states);
    set(env, states, "h", napi_float32_array, evaluation.final.h);
    if (!evaluation.final.c.empty()) set(env, states, "c", napi_float32_array, evaluation.final.c);
    napi_set_named_property(env, object, "final", states);
  }
  return object;
}

Network<float>& NetworkHandle::get() {
  if (!network.has_value()) throw Error(ErrorCode::disposed, "the network has been disposed of");
  return *network;
}

std::shared_ptr<HeldSnapshot> NetworkHandle::hold(napi_env env) {
  std::shared_ptr<const Snapshot<float>> snapshot = get().snapshot();
  std::shared_ptr<HeldSnapshot> held = held_.lock();
  if (held == nullptr || held->snapshot() != snapshot) held_ = held = std::make_shared<HeldSnapshot>(env, std::move(snapshot));
  return held;
}

namespace {

Napi::Array shape_of(Napi::Env env, const ParameterEntry& entry) {
  Napi::Array shape = Napi::Array::New(env);
  shape.Set(0u, entry.rows);
  if (entry.columns > 0) shape.Set(1u, entry.columns);
  return shape;
}

// Without a network, whose size nobody has checked yet.
Napi::Value parameter_shapes(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const ParameterArena arena(network_options(info[0]));
    Napi::Array shapes = Napi::Array::New(info.Env(), arena.entries().size());
    for (std::uint32_t i = 0; i < arena.entries().size(); ++i) {
      const ParameterEntry& entry = arena.entries()[i];
      Napi::Array named = Napi::Array::New(info.Env(), 2);
      named.Set(0u, entry.name);
      named.Set(1u, shape_of(info.Env(), entry));
      shapes.Set(i, named);
    }
    return shapes;
  });
}

}  // namespace

void NetworkObject::define(Napi::Env env, Napi::Object exports) {
  exports.Set("parameterShapes", Napi::Function::New(env, parameter_shapes, "parameterShapes"));
  exports.Set("Network", DefineClass(env, "Network",
                                     {InstanceMethod("parameterNames", &NetworkObject::parameter_names),
                                      InstanceMethod("parameterShape", &NetworkObject::parameter_shape),
                                      InstanceMethod("parameter", &NetworkObject::parameter),
                                      InstanceMethod("parameters", &NetworkObject::parameters),
                                      InstanceMethod("setParameter", &NetworkObject::set_parameter),
                                      InstanceMethod("evaluate", &NetworkObject::evaluate),
                                      InstanceMethod("decode", &NetworkObject::decode),
                                      InstanceMethod("dispose", &NetworkObject::dispose)}));
}

std::shared_ptr<NetworkHandle> NetworkObject::argument(const Napi::Value& value) {
  const Napi::Object found = object(value, "network");
  if (!found.CheckTypeTag(&network_tag)) throw Error(ErrorCode::option, "network: expected a Network, found " + shown(value));
  return Unwrap(found)->handle_;
}

NetworkObject::NetworkObject(const Napi::CallbackInfo& info) : ObjectWrap(info), memory_(info.Env()) {
  guarded(info.Env(), [&] {
    const NetworkSpec spec = network_options(info[0]);
    if (given(info[1])) handle_->network.emplace(spec, ParametersObject::take(info[1], "parameters", ParameterArena(spec)));
    else handle_->network.emplace(spec);
    // Once plain, once packed.
    memory_.set(2 * handle_->network->bytes());
    info.This().As<Napi::Object>().TypeTag(&network_tag);
  });
}

Napi::Value NetworkObject::parameter_names(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Napi::Array names = Napi::Array::New(info.Env());
    for (const ParameterEntry& entry : handle_->get().arena().entries()) names.Set(names.Length(), entry.name);
    return names;
  });
}

Napi::Value NetworkObject::parameter_shape(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const ParameterEntry& entry = handle_->get().arena().find(text(info[0], "name"));
    return shape_of(info.Env(), entry);
  });
}

Napi::Value NetworkObject::parameter(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Network<float>& network = handle_->get();
    const ParameterEntry& entry = network.arena().find(text(info[0], "name"));
    return {info.Env(), copied(info.Env(), network.parameter(entry), entry.size())};
  });
}

Napi::Value NetworkObject::parameters(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    auto task = std::make_unique<ParametersTask>(info.Env(), handle_->get().snapshot());
    const Napi::Value promise = task->promise();
    Environment::of(info.Env())->serving().add(std::move(task));
    return promise;
  });
}

void NetworkObject::set_parameter(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    Network<float>& network = handle_->get();
    const ParameterEntry& entry = network.arena().find(text(info[0], "name"));
    network.set_parameter(entry, floats(info[1], entry.name.c_str(), entry.size()).data);
  });
}

template <class T, class... Options>
Napi::Value NetworkObject::serve(const Napi::CallbackInfo& info, const Napi::Value& stop, Options&&... options) {
  std::shared_ptr<Stop> requested = StopObject::argument(stop);
  // The getters of the batch may run code of the caller's, which could dispose of the network: the sizes are kept from
  // before, the network is looked up again after.
  const std::shared_ptr<const Architecture> architecture = handle_->get().architecture();
  Batch<float> batch = batch_argument(info[0], architecture->spec);
  auto task = std::make_unique<T>(info.Env(), std::move(requested), handle_->get().snapshot(), std::move(batch), std::forward<Options>(options)...);
  const Napi::Value promise = task->promise();
  Environment::of(info.Env())->serving().add(std::move(task));
  return promise;
}

Napi::Value NetworkObject::evaluate(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return serve<EvaluateTask>(info, info[1]); });
}

Napi::Value NetworkObject::decode(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return serve<DecodeTask>(info, info[2], decoding_options(info[1])); });
}

void NetworkObject::dispose(const Napi::CallbackInfo& info) {
  if (!handle_->network.has_value()) return;
  Environment::of(info.Env())->let_go(handle_->network->snapshot(), 2 * handle_->network->bytes());
  handle_->network.reset();
  memory_.set(0);
}

}  // namespace binding
}  // namespace bptt

#include "binding/recurrent_layer.h"

#include <memory>

#include "binding/arguments.h"
#include "binding/errors.h"
#include "binding/external_memory.h"
#include "binding/new_array.h"
#include "binding/stack_options.h"
#include "layer/bare_layer.h"

namespace bptt {
namespace binding {

namespace {

class RecurrentLayer : public Napi::ObjectWrap<RecurrentLayer> {
 public:
  explicit RecurrentLayer(const Napi::CallbackInfo& info) : ObjectWrap(info), memory_(info.Env()) {
    guarded(info.Env(), [&] {
      const Napi::Object options = object(info[0], "options");
      StackOptions read = stack_options(options);
      read.spec.input = integer(options.Get("input"), "input", 1, 1 << 20);
      read.spec.precision = precision_option(options);
      read.spec.cell.check("", read.spec.hidden);
      layer_ = std::make_unique<BareLayer<float>>(read.spec, read.seed, integer(options.Get("threads"), "threads", 1, 1024));
      memory_.set(layer_->bytes());
    });
  }

  void forward(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] {
      BareLayer<float>& layer = alive();
      const StackSpec& spec = layer.spec();
      const int steps = integer(info[1], "steps", 0), batch = integer(info[2], "batch", 0);
      const std::size_t rows = checked_product({static_cast<std::size_t>(steps), static_cast<std::size_t>(batch)});
      if (rows > INT32_MAX) throw Error(ErrorCode::shape, "steps · batch: expected at most 2147483647, found " + std::to_string(rows));
      const std::size_t h_size = state_size(batch, spec.state()), c_size = state_size(batch, spec.memory());
      const Numbers<float> x = floats(info[0], "x", checked_product({rows, static_cast<std::size_t>(spec.input)}));
      const Numbers<std::int32_t> lengths = given(info[3]) ? integers(info[3], "lengths", batch) : Numbers<std::int32_t>{};
      const Numbers<float> h0 = optional(info[4], "h0", h_size), c0 = memory(info[5], "c0", c_size, true);
      const bool training = boolean(info[6], "training");
      const Numbers<float> output = floats(info[7], "output", checked_product({rows, static_cast<std::size_t>(spec.output())}));
      const Numbers<float> h = floats(info[8], "h", h_size), c = memory(info[9], "c", c_size, false);
      layer.forward(steps, batch, lengths.data, x.data, {h0.data, c0.data}, training, output.data, {h.data, c.data});
    });
  }

  void backward(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] {
      BareLayer<float>& layer = alive();
      if (!layer.ready_for_backward()) throw Error(ErrorCode::state, "backward: expected a forward with training: true before it, and no parameter set since");
      const StackSpec& spec = layer.spec();
      const std::size_t rows = static_cast<std::size_t>(layer.steps()) * layer.batch(), h_size = state_size(layer.batch(), spec.state()), c_size = state_size(layer.batch(), spec.memory());
      const Numbers<float> d_output = floats(info[0], "dOutput", rows * spec.output());
      const Numbers<float> dh = optional(info[1], "dh", h_size), dc = memory(info[2], "dc", c_size, true);
      const Numbers<float> d_input = floats(info[3], "dInput", rows * spec.input);
      const Numbers<float> dh0 = floats(info[4], "dh0", h_size), dc0 = memory(info[5], "dc0", c_size, false);
      layer.backward(d_output.data, {dh.data, dc.data}, d_input.data, {dh0.data, dc0.data});
    });
  }

  Napi::Value parameter_names(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      Napi::Array names = Napi::Array::New(info.Env());
      for (const StackParameter& parameter : alive().parameters()) names.Set(names.Length(), parameter.name);
      return names;
    });
  }

  Napi::Value parameter_shape(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      const std::size_t index = named(info[0]);
      const StackParameter& parameter = layer_->parameters()[index];
      Napi::Array shape = Napi::Array::New(info.Env());
      shape.Set(0u, parameter.rows);
      if (parameter.columns > 0) shape.Set(1u, parameter.columns);
      return shape;
    });
  }

  Napi::Value parameter(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      const std::size_t index = named(info[0]);
      return {info.Env(), copied(info.Env(), layer_->values(index), layer_->size(index))};
    });
  }

  void set_parameter(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] {
      const std::size_t index = named(info[0]);
      layer_->set(index, floats(info[1], layer_->parameters()[index].name.c_str(), layer_->size(index)).data);
    });
  }

  void dispose(const Napi::CallbackInfo&) {
    layer_.reset();
    memory_.set(0);
  }

  Napi::Value gradient(const Napi::CallbackInfo& info) {
    return guarded(info.Env(), [&]() -> Napi::Value {
      const std::size_t index = named(info[0]);
      return {info.Env(), copied(info.Env(), layer_->gradient(index), layer_->size(index))};
    });
  }

 private:
  // Of h or c, of which a sequence has `each` numbers in a layer and direction.
  std::size_t state_size(int batch, int each) const {
    const StackSpec& spec = layer_->spec();
    return checked_product({static_cast<std::size_t>(spec.layers), static_cast<std::size_t>(spec.directions()), static_cast<std::size_t>(batch),
                            static_cast<std::size_t>(each)});
  }
  BareLayer<float>& alive() const {
    if (layer_ == nullptr) throw Error(ErrorCode::disposed, "the layer has been disposed of");
    return *layer_;
  }
  std::size_t named(const Napi::Value& name) const { return alive().find(text(name, "parameter name")); }
  static Numbers<float> optional(const Napi::Value& value, const char* name, std::size_t size) {
    return given(value) ? floats(value, name, size) : Numbers<float>{};
  }
  // The cell state: only an LSTM has one.
  Numbers<float> memory(const Napi::Value& value, const char* name, std::size_t size, bool may_lack) const {
    if (!layer_->spec().cell.has_memory()) {
      if (given(value)) throw Error(ErrorCode::state, std::string(name) + ": expected undefined, since only an lstm has a cell state, found " + shown(value));
      return {};
    }
    return may_lack ? optional(value, name, size) : floats(value, name, size);
  }

  std::unique_ptr<BareLayer<float>> layer_;
  ExternalMemory memory_;
};

}  // namespace

void export_recurrent_layer(Napi::Env env, Napi::Object exports) {
  using Layer = RecurrentLayer;
  exports.Set("RecurrentLayer", Layer::DefineClass(env, "RecurrentLayer",
                                                   {Layer::InstanceMethod("forward", &Layer::forward),
                                                    Layer::InstanceMethod("backward", &Layer::backward),
                                                    Layer::InstanceMethod("parameterNames", &Layer::parameter_names),
                                                    Layer::InstanceMethod("parameterShape", &Layer::parameter_shape),
                                                    Layer::InstanceMethod("parameter", &Layer::parameter),
                                                    Layer::InstanceMethod("setParameter", &Layer::set_parameter),
                                                    Layer::InstanceMethod("gradient", &Layer::gradient),
                                                    Layer::InstanceMethod("dispose", &Layer::dispose)}));
}

}  // namespace binding
}  // namespace bptt

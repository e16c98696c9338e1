#include "binding/stream_object.h"

#include "binding/arguments.h"
#include "binding/errors.h"
#include "binding/network_object.h"
#include "binding/new_array.h"

namespace bptt {
namespace binding {

void StreamObject::define(Napi::Env env, Napi::Object exports) {
  exports.Set("Stream", DefineClass(env, "Stream",
                                    {InstanceMethod("step", &StreamObject::step),
                                     InstanceMethod("reset", &StreamObject::reset),
                                     InstanceMethod("state", &StreamObject::state),
                                     InstanceMethod("setState", &StreamObject::set_state),
                                     InstanceMethod("dispose", &StreamObject::dispose)}));
}

StreamObject::StreamObject(const Napi::CallbackInfo& info) : ObjectWrap(info), memory_(info.Env()) {
  guarded(info.Env(), [&] {
    const std::shared_ptr<NetworkHandle> network = NetworkObject::argument(info[0]);
    std::vector<float> context;
    if (given(info[1])) {
      const Numbers<float> numbers = floats(info[1], "context");
      context.assign(numbers.begin(), numbers.end());
    }
    held_ = network->hold(info.Env());
    stream_ = std::make_unique<Stream<float>>(held_->snapshot(), context);
    held_->tell();
    memory_.set(stream_->bytes());
  });
}

std::size_t StreamObject::h_size() const { return static_cast<std::size_t>(stream_->spec().layers) * stream_->spec().state(); }

std::size_t StreamObject::c_size() const { return static_cast<std::size_t>(stream_->spec().layers) * stream_->spec().memory(); }

Stream<float>& StreamObject::alive() const {
  if (stream_ == nullptr) throw Error(ErrorCode::disposed, "the stream has been disposed of");
  return *stream_;
}

void StreamObject::step(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    Stream<float>& stream = alive();
    const Numbers<float> out = floats(info[1], "out", stream.spec().outputs);
    if (stream.spec().input.kind == InputKind::features) {
      const Numbers<float> x = floats(info[0], "x");
      stream.step(x.data, x.size, out.data);
    } else {
      const Numbers<std::int32_t> x = integers(info[0], "x");
      stream.step(x.data, x.size, out.data);
    }
  });
}

void StreamObject::reset(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] { alive().reset(); });
}

void StreamObject::dispose(const Napi::CallbackInfo&) {
  stream_.reset();
  held_.reset();
  memory_.set(0);
}

Napi::Value StreamObject::state(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const bool memory = alive().spec().cell.has_memory();
    void *h = nullptr, *c = nullptr;
    Napi::Object state = Napi::Object::New(info.Env());
    state.Set("h", new_array(info.Env(), napi_float32_array, h_size(), &h));
    if (memory) state.Set("c", new_array(info.Env(), napi_float32_array, c_size(), &c));
    if (h != nullptr) stream_->state(static_cast<float*>(h), static_cast<float*>(c));
    return state;
  });
}

void StreamObject::set_state(const Napi::CallbackInfo& info) {
  guarded(info.Env(), [&] {
    if (!alive().spec().cell.has_memory() && given(info[1]))
      throw Error(ErrorCode::state, "c: expected undefined, since only an lstm has a cell state, found " + shown(info[1]));
    const Numbers<float> h = floats(info[0], "h", h_size());
    stream_->set_state(h.data, given(info[1]) ? floats(info[1], "c", c_size()).data : nullptr);
  });
}

}  // namespace binding
}  // namespace bptt

#include "binding/machine_limits.h"

#include <memory>

#include "binding/arguments.h"
#include "binding/environment.h"
#include "binding/errors.h"
#include "binding/stack_options.h"
#include "layer/machine_limits.h"

namespace bptt {
namespace binding {

namespace {

struct Measurement {
  int threads;
  double seconds;
};

Measurement measurement(const Napi::Object& options) {
  return {integer(options.Get("threads"), "threads", 1, 1024), number(options.Get("seconds"), "seconds", 0.001, 60)};
}

// Of an array of each thread, and of all of them.
constexpr int least_bytes = 1 << 10, most_bytes = 1 << 30;
constexpr std::int64_t most_bytes_together = std::int64_t(1) << 33;

int array_bytes(const Napi::Object& options, int threads) {
  const int bytes = integer(options.Get("bytes"), "bytes", least_bytes, most_bytes);
  if (std::int64_t(bytes) * threads > most_bytes_together)
    throw Error(ErrorCode::option, "bytes: expected at most " + std::to_string(most_bytes_together / threads) + " for each of " + std::to_string(threads) +
                                       " threads, found " + std::to_string(bytes));
  return bytes;
}

// Resolves to what `measure` comes to, in 10⁹. The threads are for this measurement alone.
template <class Measure>
class MeasureTask : public Task {
 public:
  MeasureTask(napi_env env, int threads, Measure measure) : Task(env), threads_(threads), measure_(measure) {}

 private:
  void run(Workbench& bench) override {
    ThreadPool pool(threads_);
    rate_ = measure_(pool, bench.pool.stop());
  }
  napi_value result(napi_env env) override {
    napi_value value = nullptr;
    napi_create_double(env, rate_ / 1e9, &value);
    return value;
  }

  const int threads_;
  const Measure measure_;
  double rate_ = 0;
};

template <class Measure>
Napi::Value promise_of(Napi::Env env, int threads, const Measure& measure) {
  auto task = std::make_unique<MeasureTask<Measure>>(env, threads, measure);
  const Napi::Value promise = task->promise();
  Environment::of(env)->serving().add(std::move(task));
  return promise;
}

Napi::Value peak(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const Napi::Object options = object(info[0], "options");
    const auto [threads, seconds] = measurement(options);
    const Precision precision = precision_option(options);
    current_products<float>(precision);  // where the environment names none that can be used, it is said here
    return promise_of(info.Env(), threads, [precision, seconds = seconds](ThreadPool& pool, const Stop& stop) {
      return measure_peak<float>(pool, precision, seconds, stop);
    });
  });
}

Napi::Value read_bandwidth(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const Napi::Object options = object(info[0], "options");
    const auto [threads, seconds] = measurement(options);
    const int bytes = array_bytes(options, threads);
    return promise_of(info.Env(), threads, [bytes, seconds = seconds](ThreadPool& pool, const Stop& stop) {
      return measure_read_bandwidth<float>(pool, static_cast<std::size_t>(bytes), seconds, stop);
    });
  });
}

}  // namespace

void export_machine_limits(Napi::Env env, Napi::Object exports) {
  exports.Set("measurePeak", Napi::Function::New(env, peak, "measurePeak"));
  exports.Set("measureReadBandwidth", Napi::Function::New(env, read_bandwidth, "measureReadBandwidth"));
}

}  // namespace binding
}  // namespace bptt

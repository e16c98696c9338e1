#include "binding/generator_object.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "binding/arguments.h"
#include "binding/batch_argument.h"
#include "binding/environment.h"
#include "binding/network_object.h"
#include "binding/processors.h"
#include "binding/properties.h"
#include "model/inference/generator.h"
#include "model/network/finite.h"

namespace bptt {
namespace binding {

// Sequences that are generated together by one thread; made with the first chunk, on that thread.
class GeneratorPart {
 public:
  // `first`: the first of its sequences, as the whole batch counts them.
  GeneratorPart(std::shared_ptr<const Snapshot<float>> snapshot, int first, Batch<float> prompts, GeneratorSpec options)
      : snapshot_(std::move(snapshot)), first_(first), prompts_(std::move(prompts)), options_(std::move(options)) {}

  Generated<float> next(int steps, ThreadPool& pool) {
    if (!generator_.has_value()) generator_.emplace(std::move(snapshot_), std::move(prompts_), std::move(options_), pool);
    try {
      return generator_->next(steps, pool);
    } catch (const NotFinite& error) {
      throw NotFinite(first_ + error.sequence(), error.step());
    }
  }

 private:
  std::shared_ptr<const Snapshot<float>> snapshot_;
  int first_;
  Batch<float> prompts_;
  GeneratorSpec options_;
  std::optional<Generator<float>> generator_;
};

// The generator without its JavaScript object. Each task holds a share of it.
class GeneratorJob {
  // Before the parts, so that it is the last that keeps the parameters.
  const std::shared_ptr<HeldSnapshot> held_;

 public:
  // Neighbours make the products worth their while; more sequences than this go to further threads.
  static constexpr std::size_t sequences_a_part = 16;

  GeneratorJob(std::shared_ptr<HeldSnapshot> held, const Batch<float>& prompts, const GeneratorSpec& options) : held_(std::move(held)) {
    const std::shared_ptr<const Snapshot<float>>& snapshot = held_->snapshot();
    const NetworkSpec& spec = snapshot->architecture().spec;
    const std::size_t sequences = prompts.lengths.size();
    const std::size_t count = std::max<std::size_t>(1, std::min<std::size_t>(processors(), sequences / sequences_a_part));
    for (std::size_t part = 0; part < count; ++part) {
      const std::size_t begin = sequences * part / count, end = sequences * (part + 1) / count;
      GeneratorSpec own = options;
      own.seeds.assign(options.seeds.begin() + begin, options.seeds.begin() + end);
      parts.emplace_back(snapshot, static_cast<int>(begin), prompts.inputs(spec, begin, end), std::move(own));
    }
  }

  std::vector<GeneratorPart> parts;  // the sequences in order
  const std::shared_ptr<Stop> stop = std::make_shared<Stop>();
  // The next two on the JavaScript thread alone.
  bool busy = false;
  bool failed = false;
};

namespace {

// A chunk of all parts: the promise, settled by the last part of it that is done. Never queued itself.
class ChunkTask : public Task {
 public:
  ChunkTask(napi_env env, std::shared_ptr<GeneratorJob> job, OutputKind output)
      : Task(env), chunks(job->parts.size()), job_(std::move(job)), output_(output), left_(chunks.size()) {
    job_->busy = true;
  }

  // On the JavaScript thread.
  void part_is_done(const std::optional<Failure>& failure) {
    if (failure.has_value() && !job_->failed) {
      fail(*failure);
      job_->failed = true;
    }
    if (--left_ > 0) return;
    job_->busy = false;
    settle();
  }

  std::vector<Generated<float>> chunks;

 private:
  void run(Workbench&) override {}
  napi_value result(napi_env env) override {
    Generated<float> all;
    for (const Generated<float>& chunk : chunks) all.append(chunk);
    napi_value object = nullptr;
    if (napi_create_object(env, &object) != napi_ok) return nullptr;
    set(env, object, "lengths", napi_int32_array, all.lengths);
    if (output_ == OutputKind::classes) set(env, object, "symbols", napi_int32_array, all.symbols);
    if (output_ == OutputKind::values) set(env, object, "values", napi_float32_array, all.values);
    if (output_ == OutputKind::multihot) {
      set(env, object, "activeCounts", napi_int32_array, all.active_counts);
      set(env, object, "active", napi_int32_array, all.active);
    }
    set(env, object, "probabilities", napi_float32_array, all.probabilities);
    set(env, object, "ended", napi_uint8_array, all.ended);
    return object;
  }

  const std::shared_ptr<GeneratorJob> job_;
  const OutputKind output_;
  std::size_t left_;
};

class PartTask : public Task {
 public:
  PartTask(std::shared_ptr<ChunkTask> chunk, std::shared_ptr<GeneratorJob> job, std::size_t part, int steps)
      : Task(job->stop), chunk_(std::move(chunk)), job_(std::move(job)), part_(part), steps_(steps) {}

  void settle() noexcept override { chunk_->part_is_done(failure()); }

 private:
  void run(Workbench& bench) override {
    try {
      chunk_->chunks[part_] = job_->parts[part_].next(steps_, bench.pool);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::disposed) throw;
      throw Error(ErrorCode::disposed, "the generator has been disposed of");
    }
  }
  napi_value result(napi_env) override { return nullptr; }

  const std::shared_ptr<ChunkTask> chunk_;
  const std::shared_ptr<GeneratorJob> job_;
  const std::size_t part_;
  const int steps_;
};

constexpr double largest_double = 1e300;

GeneratorSpec generator_options(const Napi::Value& value) {
  const Napi::Object options = object(value, "options");
  GeneratorSpec spec;
  spec.sampling.temperature = number(options.Get("temperature"), "temperature", 0, largest_double);
  spec.sampling.top_k = integer(options.Get("topK"), "topK", 0);
  spec.sampling.top_p = number(options.Get("topP"), "topP", 0, 1);
  // Copied at once: reading the next option may run code of the caller's.
  const Numbers<double> seeds = doubles(options.Get("seeds"), "seeds");
  for (std::size_t b = 0; b < seeds.size; ++b) {
    const double found = seeds.data[b];
    if (!(found >= 0 && found <= 9007199254740991.0) || found != std::floor(found))
      throw Error(ErrorCode::option, "seeds[" + std::to_string(b) + "]: expected a whole number in 0 … 9007199254740991, found " + std::to_string(found));
    spec.seeds.push_back(static_cast<std::uint64_t>(found));
  }
  const Numbers<std::int32_t> banned = integers(options.Get("banned"), "banned");
  spec.sampling.banned.assign(banned.begin(), banned.end());
  spec.endless = boolean(options.Get("endless"), "endless");
  return spec;
}

// States before and after a step, x, z and y of each sequence.
std::size_t generator_bytes(const NetworkSpec& spec, std::size_t sequences) {
  const std::size_t states = 2 * static_cast<std::size_t>(spec.layers) * (spec.state() + spec.memory());
  return sequences * (states + spec.input.width() + 2 * static_cast<std::size_t>(spec.outputs)) * sizeof(float);
}

}  // namespace

void GeneratorObject::define(Napi::Env env, Napi::Object exports) {
  exports.Set("Generator", DefineClass(env, "Generator", {InstanceMethod("next", &GeneratorObject::next), InstanceMethod("dispose", &GeneratorObject::dispose)}));
}

GeneratorObject::GeneratorObject(const Napi::CallbackInfo& info) : ObjectWrap(info), memory_(info.Env()) {
  guarded(info.Env(), [&] {
    const std::shared_ptr<NetworkHandle> handle = NetworkObject::argument(info[0]);
    // Held: reading prompts and options may run code of the caller's, which could dispose of the network.
    const std::shared_ptr<const Architecture> architecture = handle->get().architecture();
    const NetworkSpec& spec = architecture->spec;
    const Batch<float> prompts = batch_argument(info[1], spec);
    const GeneratorSpec options = generator_options(info[2]);
    options.check(spec, prompts);
    job_ = std::make_shared<GeneratorJob>(handle->hold(info.Env()), prompts, options);
    output_ = spec.output;
    memory_.set(generator_bytes(spec, prompts.lengths.size()));
  });
}

Napi::Value GeneratorObject::next(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const int steps = integer(info[0], "steps", 1);
    if (job_ == nullptr) throw Error(ErrorCode::disposed, "the generator has been disposed of");
    if (job_->busy) throw Error(ErrorCode::busy, "the generator has not finished its last chunk: await it before the next one");
    if (job_->failed) throw Error(ErrorCode::state, "the generator has failed and cannot go on");
    auto chunk = std::make_shared<ChunkTask>(info.Env(), job_, output_);
    const Napi::Value promise = chunk->promise();
    for (std::size_t part = 0; part < job_->parts.size(); ++part) {
      try {
        Environment::of(info.Env())->serving().add(std::make_unique<PartTask>(chunk, job_, part, steps));
      } catch (...) {
        // Other parts may be under way: the promise tells, once they are done.
        chunk->part_is_done(describe(std::current_exception()));
      }
    }
    return promise;
  });
}

void GeneratorObject::dispose(const Napi::CallbackInfo&) {
  if (job_ != nullptr) job_->stop->request();
  job_.reset();
  memory_.set(0);
}

}  // namespace binding
}  // namespace bptt

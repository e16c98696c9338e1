#include "binding/trainer_object.h"

#include <limits>
#include <optional>

#include "binding/arguments.h"
#include "binding/batch_argument.h"
#include "binding/decoding_value.h"
#include "binding/environment.h"
#include "binding/network_object.h"
#include "binding/network_options.h"
#include "binding/stop_object.h"
#include "binding/trainer_state.h"
#include "model/training/trainer.h"

namespace bptt {
namespace binding {

// What is trained. Belongs to the training thread, which makes the trainer with the first task and lets go of it, so that large
// parameters are neither copied nor freed on the event loop.
class TrainedNetwork {
 public:
  TrainedNetwork(std::shared_ptr<const Snapshot<float>> start, const TrainerSpec& spec, std::optional<TrainerState<float>> state)
      : start_(std::move(start)), spec_(spec), state_(std::move(state)) {}

  Trainer<float>& trainer(const Stop& stop) {
    if (!trainer_.has_value()) {
      start_->parameters(stop);
      if (state_.has_value()) trainer_.emplace(start_->shared_architecture(), spec_, std::move(*state_));
      else trainer_.emplace(start_, spec_);
      state_.reset();
      start_.reset();
    }
    return *trainer_;
  }

 private:
  std::shared_ptr<const Snapshot<float>> start_;
  const TrainerSpec spec_;
  std::optional<TrainerState<float>> state_;  // to go on from
  std::optional<Trainer<float>> trainer_;
};

// The training of one network and the thread it runs on. Each task holds a share of it, so it lives until the last
// promise is settled, even where JavaScript has let go of the Trainer.
class TrainerJob {
 public:
  TrainerJob(napi_env env, std::shared_ptr<NetworkHandle> target, const TrainerSpec& spec, std::optional<TrainerState<float>> state, int threads,
             bool background)
      : target(std::move(target)),
        environment_(Environment::of(env)),
        architecture_(this->target->get().snapshot()->shared_architecture()),
        trained_(std::make_shared<TrainedNetwork>(this->target->get().snapshot(), spec, std::move(state))),
        queue_(environment_->open_queue({1, threads, background})) {}
  ~TrainerJob() { close(); }

  const Architecture& architecture() const { return *architecture_; }
  const NetworkSpec& network() const { return architecture_->spec; }
  const std::shared_ptr<TrainedNetwork>& trained() const { return trained_; }
  WorkQueue& queue() { return *queue_; }
  // Waits for nothing; returns what had not begun.
  std::vector<std::unique_ptr<Task>> close() { return environment_->close_queue(queue_, std::move(trained_)); }

  // Where finish() puts the parameters. On the JavaScript thread.
  const std::shared_ptr<NetworkHandle> target;

 private:
  const std::shared_ptr<Environment> environment_;
  const std::shared_ptr<const Architecture> architecture_;
  std::shared_ptr<TrainedNetwork> trained_;  // null once closed
  // Made last: the environment knows it from here on.
  const std::shared_ptr<WorkQueue> queue_;
};

namespace {

class TrainerTask : public Task {
 public:
  TrainerTask(napi_env env, std::shared_ptr<TrainerJob> job, std::shared_ptr<Stop> stop = nullptr)
      : Task(env, std::move(stop)), job_(std::move(job)), trained_(job_->trained()) {}

 protected:
  TrainerJob& job() { return *job_; }
  virtual void run(Trainer<float>&, ThreadPool&) = 0;

 private:
  void run(Workbench& bench) final {
    const std::shared_ptr<TrainedNetwork> trained = std::move(trained_);
    run(trained->trainer(bench.pool.stop()), bench.pool);
  }

  std::shared_ptr<TrainerJob> job_;
  std::shared_ptr<TrainedNetwork> trained_;
};

class StepTask : public TrainerTask {
 public:
  StepTask(napi_env env, std::shared_ptr<TrainerJob> job, std::shared_ptr<Stop> stop, Batch<float> batch, double learning_rate)
      : TrainerTask(env, std::move(job), std::move(stop)), batch_(std::move(batch)), learning_rate_(learning_rate) {}

 private:
  void run(Trainer<float>& trainer, ThreadPool& pool) override { result_ = trainer.step(batch_, learning_rate_, pool); }
  napi_value result(napi_env env) override {
    napi_value loss = nullptr, count = nullptr, norm = nullptr, infeasible = nullptr, object = nullptr;
    napi_create_double(env, result_.loss, &loss);
    napi_create_int32(env, result_.count, &count);
    napi_create_double(env, result_.gradient_norm, &norm);
    napi_create_int32(env, result_.infeasible, &infeasible);
    if (napi_create_object(env, &object) != napi_ok) return nullptr;
    napi_set_named_property(env, object, "loss", loss);
    napi_set_named_property(env, object, "count", count);
    napi_set_named_property(env, object, "gradientNorm", norm);
    napi_set_named_property(env, object, "infeasible", infeasible);
    return object;
  }

  Batch<float> batch_;
  double learning_rate_;
  StepResult result_;
};

class EvaluateTask : public TrainerTask {
 public:
  EvaluateTask(napi_env env, std::shared_ptr<TrainerJob> job, std::shared_ptr<Stop> stop, Batch<float> batch)
      : TrainerTask(env, std::move(job), std::move(stop)), batch_(std::move(batch)) {}

 private:
  void run(Trainer<float>& trainer, ThreadPool& pool) override { evaluation_ = trainer.evaluate(batch_, pool); }
  napi_value result(napi_env env) override { return evaluation_value(env, std::move(evaluation_)); }

  Batch<float> batch_;
  Evaluation<float> evaluation_;
};

class DecodeTask : public TrainerTask {
 public:
  DecodeTask(napi_env env, std::shared_ptr<TrainerJob> job, std::shared_ptr<Stop> stop, Batch<float> batch, DecodingOptions options)
      : TrainerTask(env, std::move(job), std::move(stop)), batch_(std::move(batch)), options_(std::move(options)) {}

 private:
  void run(Trainer<float>& trainer, ThreadPool& pool) override { decoding_ = trainer.decode(batch_, options_, pool); }
  napi_value result(napi_env env) override { return decoding_value(env, decoding_); }

  Batch<float> batch_;
  DecodingOptions options_;
  Decoding<float> decoding_;
};

class StateTask : public TrainerTask {
 public:
  using TrainerTask::TrainerTask;

 private:
  void run(Trainer<float>& trainer, ThreadPool&) override { state_ = trainer.state(); }
  napi_value result(napi_env env) override { return trainer_state_value(env, job().architecture().arena, std::move(state_)); }

  TrainerState<float> state_;
};

class KeepTask : public TrainerTask {
 public:
  using TrainerTask::TrainerTask;

 private:
  void run(Trainer<float>& trainer, ThreadPool&) override { trainer.keep(); }
  napi_value result(napi_env env) override { return nothing(env); }
};

class FinishTask : public TrainerTask {
 public:
  using TrainerTask::TrainerTask;

 private:
  void run(Trainer<float>& trainer, ThreadPool&) override { snapshot_ = trainer.result(); }
  napi_value result(napi_env env) override {
    Network<float>& network = job().target->get();
    Environment::of(env)->let_go(network.replace(std::move(snapshot_)), 2 * network.bytes());
    return nothing(env);
  }

  std::shared_ptr<const Snapshot<float>> snapshot_;
};

// Parameters, gradient and moments; weights packed for both ways.
std::size_t trainer_bytes(std::size_t parameters, const OptimizerSpec& optimizer) {
  return parameters * (4 + (optimizer.has_first() ? 1 : 0) + (optimizer.has_second() ? 1 : 0));
}

}  // namespace

void TrainerObject::define(Napi::Env env, Napi::Object exports) {
  exports.Set("Trainer", DefineClass(env, "Trainer",
                                     {InstanceMethod("step", &TrainerObject::step),
                                      InstanceMethod("evaluate", &TrainerObject::evaluate),
                                     InstanceMethod("decode", &TrainerObject::decode),
                                      InstanceMethod("state", &TrainerObject::state),
                                      InstanceMethod("keep", &TrainerObject::keep),
                                      InstanceMethod("finish", &TrainerObject::finish),
                                      InstanceMethod("dispose", &TrainerObject::dispose)}));
}

TrainerObject::TrainerObject(const Napi::CallbackInfo& info) : ObjectWrap(info), memory_(info.Env()) {
  guarded(info.Env(), [&] {
    const std::shared_ptr<NetworkHandle> handle = NetworkObject::argument(info[0]);
    const Napi::Object options = object(info[1], "options");
    // Reading the options may run code of the caller's, which could dispose of the network.
    const std::shared_ptr<const Architecture> architecture = handle->get().snapshot()->shared_architecture();
    const TrainerSpec spec = trainer_options(options, architecture->spec);
    const int threads = integer(options.Get("threads"), "threads", 1, 1024);
    const Napi::Value in_background = options.Get("background");
    const bool background = given(in_background) && boolean(in_background, "background");
    std::optional<TrainerState<float>> state;
    if (given(info[2])) state = trainer_state_argument(info[2], architecture->arena);
    job_ = std::make_shared<TrainerJob>(info.Env(), handle, spec, std::move(state), threads, background);
    memory_.set(trainer_bytes(handle->get().bytes(), spec.optimizer));
  });
}

TrainerJob& TrainerObject::job() {
  if (job_ == nullptr) throw Error(ErrorCode::disposed, "the trainer has been disposed of");
  return *job_;
}

// Reading it may run code of the caller's, which could dispose of the trainer.
Batch<float> TrainerObject::batch(const Napi::Value& value) {
  const std::shared_ptr<TrainerJob> reading = job_;
  return batch_argument(value, job().network());
}

template <class T, class... Arguments>
Napi::Value TrainerObject::queue(Napi::Env env, Arguments&&... arguments) {
  job();
  auto task = std::make_unique<T>(env, job_, std::forward<Arguments>(arguments)...);
  const Napi::Value promise = task->promise();
  job_->queue().add(std::move(task));
  return promise;
}

Napi::Value TrainerObject::step(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const double learning_rate = number(info[1], "learningRate", 0, std::numeric_limits<double>::max());
    const std::shared_ptr<Stop> stop = StopObject::argument(info[2]);
    Batch<float> batch = this->batch(info[0]);
    if (!batch.has_targets) throw Error(ErrorCode::data, "batch: expected targets to train on, found none");
    return queue<StepTask>(info.Env(), stop, std::move(batch), learning_rate);
  });
}

Napi::Value TrainerObject::evaluate(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const std::shared_ptr<Stop> stop = StopObject::argument(info[1]);
    return queue<EvaluateTask>(info.Env(), stop, batch(info[0]));
  });
}

Napi::Value TrainerObject::decode(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const DecodingOptions options = decoding_options(info[1]);
    const std::shared_ptr<Stop> stop = StopObject::argument(info[2]);
    return queue<DecodeTask>(info.Env(), stop, batch(info[0]), options);
  });
}

Napi::Value TrainerObject::state(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return queue<StateTask>(info.Env()); });
}

Napi::Value TrainerObject::keep(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return queue<KeepTask>(info.Env()); });
}

Napi::Value TrainerObject::finish(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] { return queue<FinishTask>(info.Env()); });
}

void TrainerObject::dispose(const Napi::CallbackInfo&) {
  if (job_ == nullptr) return;
  const std::shared_ptr<TrainerJob> job = std::move(job_);
  job_.reset();
  for (const std::unique_ptr<Task>& task : job->close()) {
    task->fail({ErrorCode::disposed, "the trainer has been disposed of"});
    task->settle();
  }
  memory_.set(0);
}

}  // namespace binding
}  // namespace bptt

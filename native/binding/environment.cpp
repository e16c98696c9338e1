#include "binding/environment.h"

#include "binding/processors.h"

namespace bptt {
namespace binding {

namespace {

// The environment itself may be held by a task that ends later; a reference to an object must not outlive the JavaScript.
struct InstanceData {
  std::shared_ptr<Environment> environment;
  Napi::ObjectReference realm;
};

// Frees something.
class Release : public Task {
 public:
  explicit Release(std::shared_ptr<const void> last) : Task(std::make_shared<Stop>()), last_(std::move(last)) {}
  void settle() noexcept override {}

 private:
  void run(Workbench&) override { last_.reset(); }
  napi_value result(napi_env) override { return nullptr; }

  std::shared_ptr<const void> last_;
};

// Which take a few hundred microseconds.
constexpr std::size_t quickly_freed = 4 << 20;

}  // namespace

Environment::Environment(napi_env env) : env_(env) {
  // Objects that are finalized behind this must open no queue.
  napi_add_env_cleanup_hook(env, [](void* self) { static_cast<Environment*>(self)->ending_ = true; }, this);
}

void Environment::create(Napi::Env env) {
  env.SetInstanceData(new InstanceData{std::shared_ptr<Environment>(new Environment(env)), {}});
}

std::shared_ptr<Environment> Environment::of(Napi::Env env) { return env.GetInstanceData<InstanceData>()->environment; }

void Environment::use_realm(Napi::Env env, const Napi::Object& constructors) {
  env.GetInstanceData<InstanceData>()->realm = Napi::Weak(constructors);
}

napi_value Environment::realm(Napi::Env env) {
  const Napi::ObjectReference& realm = env.GetInstanceData<InstanceData>()->realm;
  napi_value object = nullptr;
  if (!realm.IsEmpty() && napi_get_reference_value(env, realm, &object) == napi_ok && object != nullptr) return object;
  return napi_get_global(env, &object) == napi_ok ? object : nullptr;
}

std::shared_ptr<WorkQueue> Environment::open_queue(const WorkQueue::Options& options) {
  if (completions_ == nullptr) {
    auto completions = std::make_shared<Completions>();
    completions->open(env_);
    completions_ = std::move(completions);
    // Hooks run last in, first out: ours stops the threads before Node.js takes down the way back, which was opened first.
    napi_add_env_cleanup_hook(env_, [](void* self) { static_cast<Environment*>(self)->shut_down(); }, this);
  }
  auto queue = std::make_shared<WorkQueue>(options, completions_);
  open_.insert(queue);
  return queue;
}

WorkQueue& Environment::serving() {
  if (serving_ == nullptr) serving_ = open_queue({processors(), 1, false});
  return *serving_;
}

void Environment::let_go(std::shared_ptr<const void> last, std::size_t bytes) {
  if (ending_ || bytes <= quickly_freed) return;
  try {
    serving().add(std::make_unique<Release>(std::move(last)));
  } catch (const Error&) {
    // There are no threads any more.
  }
}

std::vector<std::unique_ptr<Task>> Environment::close_queue(const std::shared_ptr<WorkQueue>& queue, std::shared_ptr<void> last) {
  const auto ended = [environment = shared_from_this(), queue] {
    queue->join();
    environment->open_.erase(queue);
  };
  return queue->stop(ended, std::move(last));
}

void Environment::shut_down() {
  // The promises of dropped tasks end with the environment. All are told to stop before any is waited for.
  for (const std::shared_ptr<WorkQueue>& queue : open_) queue->stop();
  for (const std::shared_ptr<WorkQueue>& queue : open_) queue->join();
  open_.clear();
  completions_->close();
}

}  // namespace binding
}  // namespace bptt

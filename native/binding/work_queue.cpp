#include "binding/work_queue.h"

#include <algorithm>
#include <iterator>

namespace bptt {
namespace binding {

// What the last thread sends back.
class WorkQueue::Farewell : public Task {
 public:
  explicit Farewell(std::function<void()> ended) : Task(std::make_shared<Stop>()), ended_(std::move(ended)) {}
  void settle() noexcept override { ended_(); }

 private:
  void run(Workbench&) override {}
  napi_value result(napi_env) override { return nullptr; }

  const std::function<void()> ended_;
};

WorkQueue::WorkQueue(const Options& options, std::shared_ptr<Completions> completions) : options_(options), completions_(std::move(completions)) {}

WorkQueue::~WorkQueue() {
  stop();
  join();
}

void WorkQueue::add(std::unique_ptr<Task> task) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_) throw Error(ErrorCode::disposed, "the threads for this work have been stopped");
  // One more thread only where all are busy: one prediction at a time needs one thread.
  if (static_cast<int>(waiting_.size()) >= idle_ && static_cast<int>(threads_.size()) < options_.threads) {
    try {
      threads_.emplace_back([this] { work(); });
      ++working_;
    } catch (const std::system_error& error) {
      if (threads_.empty()) throw Error(ErrorCode::memory, std::string("a thread could not be started: ") + error.what());
    }
  }
  waiting_.push_back(std::move(task));
  completions_->begin();
  lock.unlock();
  wake_.notify_one();
}

std::vector<std::unique_ptr<Task>> WorkQueue::stop(std::function<void()> ended, std::shared_ptr<void> last) {
  std::vector<std::unique_ptr<Task>> dropped;
  bool idle = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return dropped;
    closed_ = true;
    dropped.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
    waiting_.clear();
    for (const std::shared_ptr<Stop>& running : running_) running->request();
    idle = working_ == 0;
    if (!idle) last_ = std::move(last);
    if (!idle && ended != nullptr) {
      farewell_ = std::make_unique<Farewell>(ended);
      completions_->begin();
    }
  }
  wake_.notify_all();
  for (std::size_t i = 0; i < dropped.size(); ++i) completions_->end();
  if (idle && ended != nullptr) ended();
  return dropped;
}

void WorkQueue::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkQueue::work() {
  if (options_.background) run_in_background();
  std::unique_ptr<Workbench> bench;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) break;
    std::unique_ptr<Task> task = std::move(waiting_.front());
    waiting_.pop_front();
    running_.push_back(task->stop());
    lock.unlock();
    try {
      if (bench == nullptr) bench = std::make_unique<Workbench>(options_.threads_each, options_.background);
      task->carry_out(*bench);
    } catch (...) {
      task->fail(describe(std::current_exception()));
    }
    lock.lock();
    running_.erase(std::find(running_.begin(), running_.end(), task->stop()));
    lock.unlock();
    completions_->deliver(std::move(task));
    lock.lock();
  }
  lock.unlock();
  bench.reset();
  leave();
}

void WorkQueue::leave() {
  std::shared_ptr<void> last;
  std::unique_ptr<Task> farewell;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (--working_ > 0) return;
    last = std::move(last_);
    farewell = std::move(farewell_);
  }
  last.reset();
  if (farewell != nullptr) completions_->deliver(std::move(farewell));
}

}  // namespace binding
}  // namespace bptt

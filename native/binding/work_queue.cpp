#include "binding/work_queue.h"

#include <iterator>

namespace bptt {
namespace binding {

WorkQueue::WorkQueue(const Crew& crew, std::shared_ptr<Completions> completions) : crew_(crew), completions_(std::move(completions)) {}

WorkQueue::~WorkQueue() { close(); }

void WorkQueue::add(std::unique_ptr<Task> task) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (closed_) throw Error(ErrorCode::disposed, "the threads for this work have been stopped");
  // One more thread only where all are busy: one prediction at a time needs one thread.
  if (static_cast<int>(waiting_.size()) >= idle_ && static_cast<int>(threads_.size()) < crew_.threads) {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      if (threads_.empty()) throw Error(ErrorCode::memory, std::string("a thread could not be started: ") + error.what());
    }
  }
  waiting_.push_back(std::move(task));
  completions_->begin();
  lock.unlock();
  wake_.notify_one();
}

std::vector<std::unique_ptr<Task>> WorkQueue::close() {
  std::vector<std::unique_ptr<Task>> dropped;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    dropped.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
    waiting_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (std::size_t i = 0; i < dropped.size(); ++i) completions_->end();
  return dropped;
}

void WorkQueue::work() {
  if (crew_.background) run_in_background();
  std::unique_ptr<Workbench> bench;
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    std::unique_ptr<Task> task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      if (bench == nullptr) bench = std::make_unique<Workbench>(crew_.threads_each, crew_.background, closed_);
      task->carry_out(*bench);
    } catch (...) {
      task->fail(describe(std::current_exception()));
    }
    completions_->deliver(std::move(task));
    lock.lock();
  }
}

}  // namespace binding
}  // namespace bptt

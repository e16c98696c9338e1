// Threads of our own that carry out tasks in order. Not libuv's pool: a few long tasks there would hold up the file
// system and name look-ups of the whole process.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "binding/completions.h"
#include "binding/task.h"

namespace bptt {
namespace binding {

class WorkQueue {
 public:
  struct Options {
    int threads;           // that take tasks
    int threads_each;      // that work on one task
    bool background;       // at a lower priority than the event loop's
  };
  WorkQueue(const Options&, std::shared_ptr<Completions> completions);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // All calls on the JavaScript thread.

  // Threads start with the first task.
  void add(std::unique_ptr<Task>);
  // Takes no more tasks, has those that run stop, and returns those that have not begun. Waits for nothing: `ended` is called once all
  // threads have ended (with none, at once; not at all where the environment ends before), and join() then takes no time. The threads
  // let go of `last`, so that nobody else has to free large memory.
  std::vector<std::unique_ptr<Task>> stop(std::function<void()> ended = nullptr, std::shared_ptr<void> last = nullptr);
  // After stop(): waits for the threads to end.
  void join();

 private:
  class Farewell;
  void work();
  void leave();

  const Options options_;
  const std::shared_ptr<Completions> completions_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Task>> waiting_;
  std::vector<std::shared_ptr<Stop>> running_;
  int idle_ = 0;
  bool closed_ = false;
  std::unique_ptr<Task> farewell_;  // delivered by the last thread
  std::shared_ptr<void> last_;
  int working_ = 0;  // threads that have not left
  std::vector<std::thread> threads_;
};

}  // namespace binding
}  // namespace bptt

// Threads of our own that carry out tasks in order. Not libuv's pool: a few long tasks there would hold up the file
// system and name look-ups of the whole process.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
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
  struct Crew {
    int threads;           // that take tasks
    int threads_each;      // that work on one task
    bool background;       // at a lower priority than the event loop's
  };
  WorkQueue(const Crew&, std::shared_ptr<Completions>);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // On the JavaScript thread, as the next one. Threads start with the first task.
  void add(std::unique_ptr<Task>);
  // Drops the tasks that have not begun and returns them, waits for the running ones, joins the threads.
  // On the JavaScript thread. Further calls do nothing.
  std::vector<std::unique_ptr<Task>> close();

 private:
  void work();

  const Crew crew_;
  const std::shared_ptr<Completions> completions_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Task>> waiting_;
  int idle_ = 0;
  std::atomic<bool> closed_{false};
  std::vector<std::thread> threads_;
};

}  // namespace binding
}  // namespace bptt

// Persistent threads that work as one team. A waiting thread spins for a bounded time, then parks:
// waking a parked thread costs tens of microseconds, a whole step of a small network takes a few hundred.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "support/stop.h"

namespace bptt {

class ThreadPool {
 public:
  // `threads` counts the caller of team(), crew() and run(). `background`: the workers ask the system for a lower
  // priority, so that a server's event loop goes first. Throws ERR_MEMORY where the system cannot start them.
  explicit ThreadPool(int threads, bool background = false);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // What the work under way is to look at; nobody's request at first. Between two rounds, on the thread that calls them.
  void heed(const Stop& stop) { stop_ = &stop; }
  const Stop& stop() const { return *stop_; }

  // Calls body(member) for member 0 … members−1, each on a thread of its own, at the same time (so members may wait
  // for each other); member 0 is the caller. members ≤ threads(). The first exception thrown is thrown again here.
  template <class Body>
  void team(int members, Body&& body) {
    start(members, true, &call_body<Body>, const_cast<void*>(static_cast<const void*>(&body)));
  }

  // The same for members that do not wait for each other and share the work as they come: whoever has not begun when the
  // caller is done is not waited for, so that a thread that has been displaced holds nobody up.
  template <class Body>
  void crew(int members, Body&& body) {
    start(members, false, &call_body<Body>, const_cast<void*>(static_cast<const void*>(&body)));
  }

  // Calls body(task) for task 0 … tasks−1, in any order, on all threads; one after the other here where all of it is
  // not `worthwhile`: waking others takes longer than a few microseconds of work. Looks at stop() before each task.
  template <class Body>
  void run(int tasks, Body&& body, bool worthwhile = true) {
    run_by_members(tasks, worthwhile ? threads() : 1, [&](int task, int) { body(task); });
  }

  // The same on at most so many threads, with body(task, member): tasks under way at the same time have different members,
  // 0 … most − 1.
  template <class Body>
  void run_by_members(int tasks, int most, Body&& body) {
    const int members = tasks < most ? tasks : most;
    if (members <= 1) {
      for (int task = 0; task < tasks; ++task) {
        stop_->check();
        body(task, 0);
      }
      return;
    }
    std::atomic<int> next{0};
    crew(members, [&](int member) {
      for (int task = next.fetch_add(1); task < tasks; task = next.fetch_add(1)) {
        stop_->check();
        body(task, member);
      }
    });
  }

  // Waits until all `members` of a team have arrived as often. Each group of members has a barrier of its own. Members that
  // wait for each other have to leave together: whether they stop is seen by the last one that arrives, for all of them.
  class Barrier {
   public:
    Barrier(int members, const Stop& stop) : members_(members), stop_(stop) {}
    // Throws as Stop::check(), in all members or in none.
    void wait();

   private:
    const int members_;
    const Stop& stop_;
    bool stopped_ = false;
    std::atomic<int> arrived_{0};
    std::atomic<std::uint32_t> round_{0};
  };

 private:
  using Call = void (*)(void*, int);
  template <class Body>
  static void call_body(void* context, int member) {
    (*static_cast<std::remove_reference_t<Body>*>(context))(member);
  }
  void start(int members, bool team, Call call, void* context);
  void work(int worker, bool background);
  int place_of(int worker, std::uint64_t& round);
  void carry_out(int member);
  void join();

  std::vector<std::thread> workers_;
  const Stop* stop_ = &Stop::never();
  std::mutex mutex_;
  std::condition_variable wake_;
  // Workers look for a change. The upper half counts the rounds. The lower one says who takes part: in a team `team_flag` and
  // the members; in a crew the members that nobody is yet, 0 once the caller is done.
  std::atomic<std::uint64_t> round_{0};
  std::atomic<int> done_{0};  // workers that have taken part
  std::atomic<bool> ending_{false};
  int parked_ = 0;
  Call call_ = nullptr;
  void* context_ = nullptr;
  std::exception_ptr failure_;
};

// While it lives, the work of a pool is not stopped: a part of it without the rest would be worse than none.
class Unstoppable {
 public:
  explicit Unstoppable(ThreadPool& pool) : pool_(pool), stop_(pool.stop()) { pool.heed(Stop::never()); }
  ~Unstoppable() { pool_.heed(stop_); }
  Unstoppable(const Unstoppable&) = delete;
  Unstoppable& operator=(const Unstoppable&) = delete;

 private:
  ThreadPool& pool_;
  const Stop& stop_;
};

// Lowers the calling thread's priority where the system can do so for one thread.
void run_in_background();

}  // namespace bptt

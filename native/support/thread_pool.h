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
  // not `worthwhile`: waking others takes longer than a few microseconds of work.
  template <class Body>
  void run(int tasks, Body&& body, bool worthwhile = true) {
    const int members = !worthwhile ? 1 : tasks < threads() ? tasks : threads();
    if (members <= 1) {
      for (int task = 0; task < tasks; ++task) body(task);
      return;
    }
    std::atomic<int> next{0};
    crew(members, [&](int) {
      for (int task = next.fetch_add(1); task < tasks; task = next.fetch_add(1)) body(task);
    });
  }

  // Waits until all `members` of a team have arrived as often. Each group of members has a barrier of its own.
  class Barrier {
   public:
    explicit Barrier(int members) : members_(members) {}
    void wait();

   private:
    const int members_;
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
  std::mutex mutex_;
  std::condition_variable wake_;
  // Workers look for a change. The upper half counts the rounds. The lower one says who takes part: in a team `team_flag` and
  // the members; in a crew the members that nobody is yet, 0 once the caller is done.
  std::atomic<std::uint64_t> round_{0};
  std::atomic<int> done_{0};  // workers that have taken part
  std::atomic<bool> stop_{false};
  int parked_ = 0;
  Call call_ = nullptr;
  void* context_ = nullptr;
  std::exception_ptr failure_;
};

// Lowers the calling thread's priority where the system can do so for one thread.
void run_in_background();

}  // namespace bptt

#include "support/thread_pool.h"

#include <string>

#include "support/error.h"

#if defined(__linux__)
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__APPLE__)
#include <pthread.h>
#include <pthread/qos.h>
#elif defined(_WIN32)
#define NOMINMAX
#include <windows.h>
#endif

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace bptt {

namespace {

// About 30 µs of looking before a worker parks, and before a barrier starts to give way.
constexpr int spins = 1000;

constexpr std::uint64_t one_round = std::uint64_t(1) << 32, places = one_round - 1, team_flag = std::uint64_t(1) << 31;

inline void pause() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

void run_in_background() {
#if defined(__linux__)
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 10);
#elif defined(__APPLE__)
  pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
#elif defined(_WIN32)
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_BELOW_NORMAL);
#endif
}

ThreadPool::ThreadPool(int threads, bool background) {
  try {
    for (int member = 1; member < threads; ++member) workers_.emplace_back([this, member, background] { work(member, background); });
  } catch (...) {
    // What was started must have ended before the members it waits on go.
    const std::string started = std::to_string(workers_.size() + 1);
    join();
    throw Error(ErrorCode::memory, "threads: expected that the system can start " + std::to_string(threads) + ", it stopped at " + started);
  }
}

ThreadPool::~ThreadPool() { join(); }

void ThreadPool::join() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
    round_.fetch_add(one_round);
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::start(int members, bool team, Call call, void* context) {
  if (members <= 1) {
    call(context, 0);
    return;
  }
  call_ = call;
  context_ = context;
  failure_ = nullptr;
  done_.store(0, std::memory_order_relaxed);
  const std::uint64_t round = (round_.load(std::memory_order_relaxed) & ~places) + one_round;
  int others = members - 1;
  bool anyone_parked;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    round_.store(round | (team ? team_flag | members : others), std::memory_order_release);
    anyone_parked = parked_ > 0;
  }
  if (anyone_parked) wake_.notify_all();
  carry_out(0);
  if (!team) others -= static_cast<int>(round_.fetch_and(~places, std::memory_order_acq_rel) & places);
  for (int i = 0; done_.load(std::memory_order_acquire) < others; ++i) {
    if (i < spins) pause();
    else std::this_thread::yield();
  }
  if (failure_) std::rethrow_exception(failure_);
}

void ThreadPool::carry_out(int member) {
  try {
    call_(context_, member);
  } catch (...) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
}

// Which member of the round under way a worker is, 0 if none. The caller does not end a round, and begins none, before every
// worker that has a place is done.
int ThreadPool::place_of(int worker, std::uint64_t& round) {
  for (;;) {
    if (round & team_flag) return worker < static_cast<int>(round & (team_flag - 1)) ? worker : 0;
    const int left = static_cast<int>(round & places);
    if (left == 0 || round_.compare_exchange_weak(round, round - 1, std::memory_order_acq_rel, std::memory_order_acquire)) return left;
  }
}

void ThreadPool::work(int worker, bool background) {
  if (background) run_in_background();
  std::uint64_t seen = 0;
  const auto unseen = [&] { return round_.load(std::memory_order_acquire) / one_round != seen; };
  for (;;) {
    for (int i = 0; i < spins && !unseen(); ++i) pause();
    if (!unseen()) {
      std::unique_lock<std::mutex> lock(mutex_);
      ++parked_;
      wake_.wait(lock, unseen);
      --parked_;
    }
    std::uint64_t round = round_.load(std::memory_order_acquire);
    if (ending_) return;
    const int member = place_of(worker, round);
    seen = round / one_round;
    if (member == 0) continue;
    carry_out(member);
    done_.fetch_add(1, std::memory_order_release);
  }
}

void ThreadPool::Barrier::wait() {
  const std::uint32_t round = round_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == members_) {
    arrived_.store(0, std::memory_order_relaxed);
    stopped_ = stop_.requested();
    round_.store(round + 1, std::memory_order_release);
  } else {
    for (int i = 0; round_.load(std::memory_order_acquire) == round; ++i) {
      if (i < spins) pause();
      else std::this_thread::yield();
    }
  }
  // Nobody writes it before all have arrived again.
  if (stopped_) stop_.check();
}

}  // namespace bptt

// Whatever is asked of a pool, teams and crews in turns, is done once and done when the call returns, with more threads than
// processors too, where members come late.
#include <atomic>
#include <stdexcept>
#include <vector>

#include "check.h"
#include "support/thread_pool.h"

namespace bptt {
namespace test {
namespace {

BPTT_TEST("threads do each member's or each task's work once, in teams and crews of any size in turns") {
  constexpr int rounds = 3000;
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    // Not atomic: what a member writes must be there when the call returns.
    std::vector<int> of_member(threads), of_task(2 * threads);
    for (int round = 0; round < rounds; ++round) {
      const int members = 1 + round % threads, tasks = 1 + round % (2 * threads);
      std::fill(of_member.begin(), of_member.end(), 0);
      std::fill(of_task.begin(), of_task.end(), 0);
      std::atomic<int> arrived{0};
      pool.team(members, [&](int member) {
        ++of_member[member];
        // All of a team are there at the same time.
        for (++arrived; arrived < members;) std::this_thread::yield();
      });
      pool.run(tasks, [&](int task) { ++of_task[task]; });
      for (int i = 0; i < threads; ++i) CHECK_WITH(of_member[i] == (i < members), threads << " threads, round " << round << ", member " << i << " of " << members << ": " << of_member[i]);
      for (int i = 0; i < 2 * threads; ++i) CHECK_WITH(of_task[i] == (i < tasks), threads << " threads, round " << round << ", task " << i << " of " << tasks << ": " << of_task[i]);
    }
  }
}

BPTT_TEST("threads in a crew have places of their own, and the caller has the first") {
  ThreadPool pool(8);
  for (int round = 0; round < 1000; ++round) {
    const int members = 2 + round % 7;
    std::atomic<int> taken[8] = {};
    std::atomic<int> left{50};
    pool.crew(members, [&](int member) {
      CHECK(member >= 0 && member < members);
      ++taken[member];
      while (left.fetch_sub(1) > 0) std::this_thread::yield();
    });
    CHECK(taken[0] == 1);
    for (const std::atomic<int>& times : taken) CHECK(times <= 1);
  }
}

BPTT_TEST("what one of the threads throws is thrown by the call, and the next one goes well") {
  ThreadPool pool(3);
  for (int thrower = 0; thrower < 3; ++thrower) {
    bool thrown = false;
    try {
      pool.team(3, [&](int member) {
        if (member == thrower) throw std::runtime_error("no");
      });
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
    std::atomic<int> done{0};
    pool.run(10, [&](int) { ++done; });
    CHECK(done == 10);
  }
}

}  // namespace
}  // namespace test
}  // namespace bptt

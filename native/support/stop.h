// A request that work end before it is done: made by one thread, looked at by those that do the work. Whatever may take long
// looks at each of its steps, so that no more than a few milliseconds pass between two looks.
#pragma once

#include <atomic>

#include "support/error.h"

namespace bptt {

class Stop {
 public:
  Stop() = default;
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  // For good, from any thread.
  void request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const {
#ifdef BPTT_COUNTED_LOOKS
    if (++looks_ == last_look) requested_.store(true, std::memory_order_relaxed);
#endif
    return requested_.load(std::memory_order_relaxed);
  }
  // Throws ERR_DISPOSED once it is requested.
  void check() const {
    if (requested()) throw Error(ErrorCode::disposed, "the work was stopped before it was done");
  }

  // One that nobody requests.
  static const Stop& never() {
    static const Stop stop;
    return stop;
  }

#ifdef BPTT_COUNTED_LOOKS
  // In tests: how often it was looked at, and the look that finds it requested (0: none does).
  long looks() const { return looks_; }
  long last_look = 0;
#endif

 private:
#ifdef BPTT_COUNTED_LOOKS
  mutable std::atomic<long> looks_{0};
#endif
  mutable std::atomic<bool> requested_{false};
};

}  // namespace bptt

// Splits a range over the threads of a pool where there is enough to do.
#pragma once

#include <algorithm>
#include <cstddef>

#include "support/thread_pool.h"

namespace bptt {

// Operations that are worth a part of their own: a few microseconds of work, against one or two to hand it over.
constexpr double smallest_part = 30000;

// Those after which a thread looks whether it is to stop: some 10 ms.
constexpr double largest_part = 1e8;

// How many threads work of `cost` operations in all is worth.
inline int threads_for(const ThreadPool& pool, double cost) {
  return std::max(1, static_cast<int>(std::min<double>(pool.threads(), cost / smallest_part)));
}

// In how many parts it goes: as many for each of these threads, one unless there is a lot to do.
inline int parts_for(const ThreadPool& pool, double cost) {
  const int threads = threads_for(pool, cost);
  return threads * (1 + static_cast<int>(std::min(1e5, cost / (threads * largest_part))));
}

// Calls body(worker, begin, end) for parts that cover 0 … size; each begins at a multiple of `grain`. What is computed must not
// depend on where the parts begin. Workers of parts that are done at the same time are different, 0 … threads−1.
template <class Body>
void in_parts(ThreadPool& pool, int parts, std::size_t size, std::size_t grain, Body&& body) {
  if (size == 0) return;
  const std::size_t grains = (size + grain - 1) / grain;
  parts = static_cast<int>(std::min<std::size_t>(parts, grains));
  pool.run_by_members(parts, pool.threads(), [&](int part, int worker) {
    const std::size_t begin = grains * part / parts * grain;
    const std::size_t end = std::min(size, grains * (part + 1) / parts * grain);
    body(worker, begin, end);
  });
}

// Calls body(begin, end) for ranges that cover 0 … size; `cost` operations each.
template <class Body>
void parallel(ThreadPool& pool, std::size_t size, double cost, Body&& body) {
  in_parts(pool, parts_for(pool, cost * static_cast<double>(size)), size, 1,
           [&](int, std::size_t begin, std::size_t end) { body(begin, end); });
}

// Calls body(item, worker) for item 0 … items−1, in any order, on as many threads as work of `cost` operations in all is
// worth. Workers that run at the same time are different, 0 … threads−1.
template <class Body>
void each_by_workers(ThreadPool& pool, int items, double cost, Body&& body) {
  pool.run_by_members(items, threads_for(pool, cost), body);
}

}  // namespace bptt

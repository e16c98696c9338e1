#include "scarce_memory.h"

#include <atomic>
#include <cstdlib>

namespace {

std::atomic<long> ration{-1};

void* allocate(std::size_t size) noexcept {
  long left = ration.load(std::memory_order_relaxed);
  while (left >= 0) {
    if (left == 0) return nullptr;
    if (ration.compare_exchange_weak(left, left - 1, std::memory_order_relaxed)) break;
  }
  return std::malloc(size > 0 ? size : 1);
}

}  // namespace

void bptt::test::ration_allocations(long allowed) { ration = allowed; }

// In place of the library's, for the whole program.
void* operator new(std::size_t size) {
  void* memory = allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

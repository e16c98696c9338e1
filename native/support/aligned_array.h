// A growable array of numbers on a cache line boundary. Growing does not keep the contents:
// these are work areas that are sized once a batch and filled by whoever asked for them.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include "support/checked.h"

namespace bptt {

template <class S>
class AlignedArray {
 public:
  static constexpr std::size_t alignment = 64;

  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) { resize(size); }
  AlignedArray(AlignedArray&& other) noexcept { swap(other); }
  AlignedArray& operator=(AlignedArray&& other) noexcept {
    swap(other);
    return *this;
  }
  AlignedArray(const AlignedArray& other) {
    resize(other.size_);
    if (size_ > 0) std::memcpy(data_, other.data_, size_ * sizeof(S));
  }
  AlignedArray& operator=(const AlignedArray& other) {
    if (this != &other) {
      resize(other.size_);
      if (size_ > 0) std::memcpy(data_, other.data_, size_ * sizeof(S));
    }
    return *this;
  }
  ~AlignedArray() { release(raw_); }

  // Contents are undefined after a resize that grows the capacity.
  void resize(std::size_t size) {
    if (size > capacity_) {
      const std::size_t bytes = checked_product({size, sizeof(S)}) + alignment;
      void* raw = ::operator new(bytes, std::nothrow);
      if (raw == nullptr) throw Error(ErrorCode::memory, "out of memory: " + std::to_string(bytes) + " bytes asked for");
      release(raw_);
      raw_ = raw;
      const std::size_t address = reinterpret_cast<std::size_t>(raw);
      data_ = reinterpret_cast<S*>((address + alignment - 1) / alignment * alignment);
      capacity_ = size;
    }
    size_ = size;
  }
  void zero() {
    if (size_ > 0) std::memset(static_cast<void*>(data_), 0, size_ * sizeof(S));
  }

  S* data() { return data_; }
  const S* data() const { return data_; }
  std::size_t size() const { return size_; }
  S& operator[](std::size_t i) { return data_[i]; }
  const S& operator[](std::size_t i) const { return data_[i]; }
  S* begin() { return data_; }
  S* end() { return data_ + size_; }
  const S* begin() const { return data_; }
  const S* end() const { return data_ + size_; }

 private:
  static void release(void* raw) { ::operator delete(raw); }
  void swap(AlignedArray& other) noexcept {
    std::swap(raw_, other.raw_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  void* raw_ = nullptr;
  S* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace bptt

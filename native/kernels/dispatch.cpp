// Which instruction set to use: the best that processor, operating system and binary share, or the one asked for.
#include <cstdlib>
#include <cstring>
#include <string>

#include "kernels/kernels.h"
#include "support/error.h"

#if defined(__x86_64__) || defined(_M_X64)
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif

#ifdef BPTT_HAS_AVX512
#define BPTT_AVX512(use) use(avx512)
#else
#define BPTT_AVX512(use)
#endif
#ifdef BPTT_HAS_AVX2
#define BPTT_AVX2(use) use(avx2)
#else
#define BPTT_AVX2(use)
#endif
#ifdef BPTT_HAS_SSE4
#define BPTT_SSE4(use) use(sse4)
#else
#define BPTT_SSE4(use)
#endif
#ifdef BPTT_HAS_NEON
#define BPTT_NEON(use) use(neon)
#else
#define BPTT_NEON(use)
#endif

// use(set) for each set of this binary, best first.
#define BPTT_FOR_EACH_SET(use) BPTT_AVX512(use) BPTT_AVX2(use) BPTT_SSE4(use) BPTT_NEON(use)

namespace bptt {

namespace kernels {
#define BPTT_DECLARE(set)                   \
  namespace set {                           \
  const Kernels<float>* table(float);       \
  const Kernels<double>* table(double);     \
  }
BPTT_FOR_EACH_SET(BPTT_DECLARE)
#undef BPTT_DECLARE
}  // namespace kernels

namespace {

#if defined(__x86_64__) || defined(_M_X64)

struct Registers {
  unsigned a, b, c, d;
};

Registers cpuid(unsigned leaf) {
  Registers r{};
#if defined(_MSC_VER)
  int out[4];
  __cpuidex(out, static_cast<int>(leaf), 0);
  r = {static_cast<unsigned>(out[0]), static_cast<unsigned>(out[1]), static_cast<unsigned>(out[2]), static_cast<unsigned>(out[3])};
#else
  __cpuid_count(leaf, 0, r.a, r.b, r.c, r.d);
#endif
  return r;
}

// Register states that the operating system saves (XCR0).
unsigned saved_states() {
  if ((cpuid(1).c >> 27 & 1) == 0) return 0;
#if defined(_MSC_VER)
  return static_cast<unsigned>(_xgetbv(0));
#else
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
#endif
}

bool has(unsigned word, std::initializer_list<int> bits) {
  for (int bit : bits)
    if ((word >> bit & 1) == 0) return false;
  return true;
}

// Intel's processors do two multiply-adds of 512 bits at a time: there the instructions around them count, on Zen 4, which does one,
// they do not (docs/decisions/0022-wide-tiles.md).
bool by_intel() {
  const Registers r = cpuid(0);
  return r.b == 0x756e6547 && r.d == 0x49656e69 && r.c == 0x6c65746e;  // GenuineIntel
}

bool runs_sse4() { return has(cpuid(1).c, {0, 9, 19, 20, 23}); }  // SSE3, SSSE3, SSE4.1, SSE4.2, POPCNT

[[maybe_unused]] bool runs_avx2() {
  if (!runs_sse4() || cpuid(0).a < 7 || (saved_states() & 0x6) != 0x6) return false;
  // FMA, AVX, F16C; BMI1, AVX2, BMI2; LZCNT
  return has(cpuid(1).c, {12, 28, 29}) && has(cpuid(7).b, {3, 5, 8}) && has(cpuid(0x80000001u).c, {5});
}

[[maybe_unused]] bool runs_avx512() { return runs_avx2() && (saved_states() & 0xe6) == 0xe6 && has(cpuid(7).b, {16, 17, 30, 31}); }  // F, DQ, BW, VL

#else

bool by_intel() { return false; }
bool runs_neon() { return true; }

#endif

constexpr int most_sets = 4;

struct Sets {
  const char* names[most_sets] = {};
  int count = 0;

  Sets() {
#define BPTT_ADD(set) \
  if (runs_##set()) names[count++] = #set;
    BPTT_FOR_EACH_SET(BPTT_ADD)
#undef BPTT_ADD
  }
};

const Sets& sets() {
  static const Sets found;
  return found;
}

template <class S>
const Kernels<S>& choose() {
  const char* wanted = std::getenv("BPTT_ISA");
  std::string usable;
  for (int i = 0; i < sets().count; ++i) {
    if (wanted == nullptr || *wanted == '\0' || std::strcmp(wanted, sets().names[i]) == 0) return *kernels_for<S>(sets().names[i]);
    usable += (i > 0 ? ", " : "") + std::string(sets().names[i]);
  }
  if (usable.empty()) throw Error(ErrorCode::platform, "this processor lacks SSE4.2, which is the least that bptt needs");
  throw Error(ErrorCode::platform, "BPTT_ISA: expected one of " + usable + ", found \"" + wanted + "\"");
}

}  // namespace

TileShape best_tiles() {
  static const TileShape best = by_intel() ? TileShape::wide : TileShape::tall;
  return best;
}

const char* const* usable_isas() { return sets().names; }

template <class S>
const Kernels<S>* kernels_for(const char* isa) {
  for (int i = 0; i < sets().count; ++i) {
    if (std::strcmp(isa, sets().names[i]) != 0) continue;
#define BPTT_RETURN(set) \
  if (std::strcmp(isa, #set) == 0) return kernels::set::table(S());
    BPTT_FOR_EACH_SET(BPTT_RETURN)
#undef BPTT_RETURN
  }
  return nullptr;
}

template <class S>
const Kernels<S>& current_kernels() {
  static const Kernels<S>& chosen = []() -> const Kernels<S>& {
    const Kernels<S>& kernels = choose<S>();
    kernels.use_tiles(best_tiles());
    return kernels;
  }();
  return chosen;
}

template <class S>
const Products<S>& current_products(Precision precision) {
  if (precision != Precision::float32) throw Error(ErrorCode::platform, "there are no products in bfloat16 here");
  return *current_kernels<S>().products;
}

template const Kernels<float>* kernels_for<float>(const char*);
template const Products<float>& current_products<float>(Precision);
template const Kernels<float>& current_kernels<float>();
#ifdef BPTT_WITH_DOUBLE
template const Kernels<double>* kernels_for<double>(const char*);
template const Products<double>& current_products<double>(Precision);
template const Kernels<double>& current_kernels<double>();
#endif

}  // namespace bptt

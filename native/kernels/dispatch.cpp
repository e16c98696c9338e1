// Which instruction set to use: the best that processor, operating system and binary share, or the one asked for.
#include <cstdlib>
#include <cstring>
#include <string>

#ifdef BPTT_HAS_AMX
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

#ifdef BPTT_HAS_AMX
#define BPTT_AMX(use) use(amx)
#else
#define BPTT_AMX(use)
#endif
#ifdef BPTT_HAS_AVX512BF16
#define BPTT_AVX512BF16(use) use(avx512bf16)
#else
#define BPTT_AVX512BF16(use)
#endif
#ifdef BPTT_WITH_PLAIN_PRODUCTS
#define BPTT_PLAIN(use) use(plain_tiles) use(plain_dots)
#else
#define BPTT_PLAIN(use)
#endif

// use(set) for each set of this binary, best first.
#define BPTT_FOR_EACH_SET(use) BPTT_AVX512(use) BPTT_AVX2(use) BPTT_SSE4(use) BPTT_NEON(use)

// use(name) for what else has products in bfloat16: extensions of AVX-512, best first, and what tests have for any processor.
#define BPTT_FOR_EACH_EXTENSION(use) BPTT_AMX(use) BPTT_AVX512BF16(use)

namespace bptt {

namespace kernels {
#define BPTT_DECLARE(set)                   \
  namespace set {                           \
  const Kernels<float>* table(float);       \
  const Kernels<double>* table(double);     \
  }
BPTT_FOR_EACH_SET(BPTT_DECLARE)
#undef BPTT_DECLARE
#define BPTT_DECLARE(name)                   \
  namespace name {                           \
  const Products<float>* bfloat16_table();   \
  }
BPTT_FOR_EACH_SET(BPTT_DECLARE)
BPTT_FOR_EACH_EXTENSION(BPTT_DECLARE)
BPTT_PLAIN(BPTT_DECLARE)
#undef BPTT_DECLARE
}  // namespace kernels

namespace {

#if defined(__x86_64__) || defined(_M_X64)

struct Registers {
  unsigned a, b, c, d;
};

Registers cpuid(unsigned leaf, unsigned subleaf = 0) {
  Registers r{};
#if defined(_MSC_VER)
  int out[4];
  __cpuidex(out, static_cast<int>(leaf), static_cast<int>(subleaf));
  r = {static_cast<unsigned>(out[0]), static_cast<unsigned>(out[1]), static_cast<unsigned>(out[2]), static_cast<unsigned>(out[3])};
#else
  __cpuid_count(leaf, subleaf, r.a, r.b, r.c, r.d);
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

[[maybe_unused]] bool runs_avx512bf16() { return runs_avx512() && cpuid(7).a >= 1 && has(cpuid(7, 1).a, {5}); }

#ifdef BPTT_HAS_AMX
// Linux gives the registers of the matrix unit to a process that asks for them, before their first use and once for all of its threads.
bool runs_amx() {
  constexpr long ask = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  static const bool granted = runs_avx512bf16() && (saved_states() & 0x60000) == 0x60000 && has(cpuid(7).d, {22, 24}) &&  // AMX-BF16, AMX-TILE
                              syscall(SYS_arch_prctl, ask, tile_data) == 0;
  return granted;
}
#endif

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

// Those of the instruction set in use.
struct Bfloat16 {
  const char* names[6] = {};
  int count = 0;

  Bfloat16() {
    const char* const isa = current_kernels<float>().isa;
#define BPTT_ADD(extension) \
  if (std::strcmp(isa, "avx512") == 0 && runs_##extension()) names[count++] = #extension;
    BPTT_FOR_EACH_EXTENSION(BPTT_ADD)
#undef BPTT_ADD
    names[count++] = isa;
    // Intel's vdpbf16ps is slower than two multiply-adds with widened weights (docs/decisions/0026-products-in-bfloat16.md).
    if (by_intel() && count > 1 && std::strcmp(names[count - 2], "avx512bf16") == 0) {
      names[count - 1] = names[count - 2];
      names[count - 2] = isa;
    }
    // Packets of the set in use must fit into their rows.
#define BPTT_ADD(name) \
  if (kernels::name::bfloat16_table()->lanes % current_kernels<float>().lanes == 0) names[count++] = #name;
    BPTT_PLAIN(BPTT_ADD)
#undef BPTT_ADD
  }
};

// The one of `names` that the variable names, or the first.
const char* chosen(const char* variable, const char* const* names) {
  const char* const wanted = std::getenv(variable);
  if (wanted == nullptr || *wanted == '\0') return names[0];
  std::string usable;
  for (int i = 0; names[i] != nullptr; ++i) {
    if (std::strcmp(wanted, names[i]) == 0) return names[i];
    usable += (i > 0 ? ", " : "") + std::string(names[i]);
  }
  throw Error(ErrorCode::platform, std::string(variable) + ": expected one of " + usable + ", found \"" + wanted + "\"");
}

template <class S>
const Kernels<S>& choose() {
  if (sets().count == 0) throw Error(ErrorCode::platform, "this processor lacks SSE4.2, which is the least that bptt needs");
  return *kernels_for<S>(chosen("BPTT_ISA", sets().names));
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

const char* const* usable_bfloat16() {
  static const Bfloat16 usable;
  return usable.names;
}

const Products<float>* bfloat16_products(const char* name) {
#define BPTT_RETURN(set) \
  if (std::strcmp(name, #set) == 0) return runs_##set() ? kernels::set::bfloat16_table() : nullptr;
  BPTT_FOR_EACH_SET(BPTT_RETURN)
  BPTT_FOR_EACH_EXTENSION(BPTT_RETURN)
#undef BPTT_RETURN
#define BPTT_RETURN(name_) \
  if (std::strcmp(name, #name_) == 0) return kernels::name_::bfloat16_table();
  BPTT_PLAIN(BPTT_RETURN)
#undef BPTT_RETURN
  return nullptr;
}

template <>
const Products<float>& current_products<float>(Precision precision) {
  if (precision == Precision::float32) return *current_kernels<float>().products;
  static const Products<float>& best = *bfloat16_products(chosen("BPTT_BFLOAT16", usable_bfloat16()));
  return best;
}

#ifdef BPTT_WITH_DOUBLE
template <>
const Products<double>& current_products<double>(Precision) {
  return *current_kernels<double>().products;
}
#endif

template const Kernels<float>* kernels_for<float>(const char*);
template const Kernels<float>& current_kernels<float>();
#ifdef BPTT_WITH_DOUBLE
template const Kernels<double>* kernels_for<double>(const char*);
template const Kernels<double>& current_kernels<double>();
#endif

}  // namespace bptt

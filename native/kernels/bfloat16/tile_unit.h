// The operations of the matrix unit that the kernels use, with the exact semantics of Intel's manual, and a stand-in in plain C++
// for processors without it. Eight tiles of up to 16 rows of 64 bytes; the number of a tile is known when the code is compiled.
//
//   shape    tiles 0 … 5 get so many rows, 6 and 7 (weights) 16; all become 0
//   shape_in_use   that another TileUnit of this thread has got
//   load     rows of 64 bytes, so many bytes apart; 0: the same row for all
//   dots     C[m, n] += Σ_k A[m, k] · B[k, n] over 32 depth rows in 16 pairs: the products of even and odd depth rows are summed up apart,
//            each by fused multiply-adds in the order of k, both sums are added, and that to C. Denormal numbers count as 0 and become
//            0 at each of these steps, rounding is to nearest, ties to even, whatever the processor is set to.
//   release  gives the unit back: nothing has to be saved of it any longer when the process is interrupted
#pragma once

#include "kernels/bfloat16/dot.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

#if defined(BPTT_PLAIN_TILES)

class TileUnit {
 public:
  void shape(int rows) {
    std::memset(tiles_, 0, sizeof tiles_);
    rows_ = rows;
  }
  void shape_in_use(int rows) { rows_ = rows; }
  void release() {}
  template <int t>
  void zero() { std::memset(tiles_[t], 0, sizeof tiles_[t]); }
  template <int t>
  void load(const void* from, Index bytes) {
    for (int row = 0; row < rows<t>(); ++row) std::memcpy(tiles_[t][row], static_cast<const char*>(from) + row * bytes, row_bytes);
  }
  template <int t>
  void store(void* to, Index bytes) const {
    for (int row = 0; row < rows<t>(); ++row) std::memcpy(static_cast<char*>(to) + row * bytes, tiles_[t][row], row_bytes);
  }
  template <int c, int a, int b>
  void dots() {
    for (int m = 0; m < rows_; ++m)
      for (int n = 0; n < 16; ++n) {
        float even = 0, odd = 0;
        for (int k = 0; k < 16; ++k) {
          even = flushed_multiply_add(lower(tiles_[a][m][k]), lower(tiles_[b][k][n]), even);
          odd = flushed_multiply_add(upper(tiles_[a][m][k]), upper(tiles_[b][k][n]), odd);
        }
        tiles_[c][m][n] = bits_of(flushed(flushed(from_bits(tiles_[c][m][n])) + flushed(even + odd)));
      }
  }

 private:
  static constexpr int row_bytes = 64;
  template <int t>
  int rows() const { return t < 6 ? rows_ : 16; }

  Word tiles_[8][16][16];
  int rows_ = 16;
};

#else

// In assembler: GCC's intrinsics take no number that a template is given, and do not say that memory is read.
class TileUnit {
 public:
  void shape(int rows) {
    alignas(64) unsigned char description[64] = {1};  // palette 1
    for (int t = 0; t < 8; ++t) {
      description[16 + 2 * t] = 64;  // bytes of a row
      description[48 + t] = static_cast<unsigned char>(t < 6 ? rows : 16);
    }
    __asm__ volatile("ldtilecfg %0" : : "m"(description) : "memory");
  }
  void shape_in_use(int) {}
  void release() { __asm__ volatile("tilerelease" : : : "memory"); }
  template <int t>
  EIGEN_STRONG_INLINE void zero() { __asm__ volatile("tilezero %%tmm%c0" : : "i"(t)); }
  template <int t>
  EIGEN_STRONG_INLINE void load(const void* from, Index bytes) {
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(bytes), "i"(t) : "memory");
  }
  template <int t>
  EIGEN_STRONG_INLINE void store(void* to, Index bytes) const {
    __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(bytes), "i"(t) : "memory");
  }
  template <int c, int a, int b>
  EIGEN_STRONG_INLINE void dots() { __asm__ volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(c), "i"(a), "i"(b)); }
};

#endif

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

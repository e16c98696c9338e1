// Blocks of 32-bit words turned by whole packets. They pass through packets of floats, which changes none of their bits.
#pragma once

#include "kernels/bfloat16/rounding.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace bfloat16 {

// to[i·ld_to + j] = from[j·ld_from + i] for i, j < lanes. Loads and stores lie anywhere.
static EIGEN_STRONG_INLINE void turn(const float* from, Index ld_from, float* to, Index ld_to) {
  Eigen::internal::PacketBlock<Packet, lanes> block;
  for (int j = 0; j < lanes; ++j) block.packet[j] = load(from + j * ld_from);
  Eigen::internal::ptranspose(block);
  for (int i = 0; i < lanes; ++i) store(to + i * ld_to, block.packet[i]);
}

}  // namespace bfloat16
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

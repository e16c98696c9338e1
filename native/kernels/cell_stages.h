// Which cell and stage a step means.
#pragma once

#include "kernels/cell_gru.h"
#include "kernels/cell_lstm.h"
#include "kernels/cell_mingru.h"
#include "kernels/cell_rnn.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {
namespace {

template <class Cell>
constexpr int slots_of = sizeof(Cell::sources) / sizeof(SlotSource);

// Whether all slots take the same inputs.
template <class Cell>
constexpr bool same_inputs() {
  for (const SlotSource& source : Cell::sources)
    if (source.x != Cell::sources[0].x || source.h != Cell::sources[0].h) return false;
  return true;
}

// Whether the products and the pointwise part are one kernel: not where something comes between.
template <class Cell>
constexpr bool is_fused = true;
template <bool peepholes>
constexpr bool is_fused<LstmMemory<peepholes>> = false;
template <>
constexpr bool is_fused<LstmOutput> = false;

// body(Cell()) for the cell and stage of a step, forward or back.
template <class Step, class Body>
EIGEN_STRONG_INLINE void of_stage(const Step& step, const Body& body) {
  switch (step.stage) {
    case Stage::rnn:
      switch (step.activation) {
        case Activation::tanh: return body(Rnn<Activation::tanh>());
        case Activation::relu: return body(Rnn<Activation::relu>());
        case Activation::sigmoid: return body(Rnn<Activation::sigmoid>());
        case Activation::identity: return body(Rnn<Activation::identity>());
      }
      return;
    case Stage::lstm: return step.peepholes == nullptr ? body(Lstm<false>()) : body(Lstm<true>());
    case Stage::gru_after: return body(GruAfter());
    case Stage::gru_before_gates: return body(GruBeforeGates());
    case Stage::gru_before_candidate: return body(GruBeforeCandidate());
    case Stage::mingru: return body(MinGru());
    case Stage::lstm_memory: return step.peepholes == nullptr ? body(LstmMemory<false>()) : body(LstmMemory<true>());
    case Stage::lstm_output: return body(LstmOutput());
  }
}

}  // namespace
}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

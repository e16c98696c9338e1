// Which slots of sums the stages of the cells have, in the order of the panels.
#pragma once

#include "kernels/packet.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

constexpr int most_slots = 4;

// Which inputs a slot of sums takes: x and h, x alone, h alone.
struct SlotSource {
  bool x, h;
};

template <Stage stage>
struct Slots;
template <>
struct Slots<Stage::rnn> {
  static constexpr int count = 1;
  static constexpr SlotSource source[] = {{true, true}};
};
template <>
struct Slots<Stage::lstm> {
  static constexpr int count = 4;
  static constexpr SlotSource source[] = {{true, true}, {true, true}, {true, true}, {true, true}};
};
template <>
struct Slots<Stage::gru_after> {
  static constexpr int count = 4;
  static constexpr SlotSource source[] = {{true, true}, {true, true}, {true, false}, {false, true}};
};
template <>
struct Slots<Stage::gru_before_gates> {
  static constexpr int count = 2;
  static constexpr SlotSource source[] = {{true, true}, {true, true}};
};
template <>
struct Slots<Stage::gru_before_candidate> {
  static constexpr int count = 1;
  static constexpr SlotSource source[] = {{true, true}};
};
constexpr SlotSource Slots<Stage::rnn>::source[];
constexpr SlotSource Slots<Stage::lstm>::source[];
constexpr SlotSource Slots<Stage::gru_after>::source[];
constexpr SlotSource Slots<Stage::gru_before_gates>::source[];
constexpr SlotSource Slots<Stage::gru_before_candidate>::source[];

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

// What a stack of recurrent layers is: its sizes, and the names, shapes and initial values of its parameters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layer/cell.h"
#include "support/stop.h"

namespace bptt {

struct StackSpec {
  Cell cell;
  int input = 0;
  int hidden = 0;
  int layers = 1;
  bool bidirectional = false;
  double dropout_between = 0;    // on the output of each layer but the last
  double dropout_recurrent = 0;  // on h⟨t−1⟩ where it enters the product, one mask a sequence (Gal and Ghahramani 2016)
  Precision precision = Precision::float32;  // of all products

  int directions() const { return bidirectional ? 2 : 1; }
  // Numbers of h of a layer and direction: P where there is a projection, else H.
  int state() const { return cell.state(hidden); }
  // Numbers of c.
  int memory() const { return cell.memory(hidden); }
  int output() const { return state() * directions(); }
  int layer_input(int layer) const { return layer == 0 ? input : output(); }
  int gates() const { return cell.gates(); }
  // Of a direction of a layer: the multiply-adds of a step of one sequence.
  double weights(int layer) const;
};

// Names, shapes and initial values of a stack's parameters, in the order they have in the arena: for each layer and direction those
// of its cell, in the order of their roles; suffixes _l0, _l1, … and _reverse, and behind them _bias of a norm's bias.
struct StackParameter {
  std::string name;
  int rows, columns;  // columns 0: a vector
  ParameterRole role;
  int layer, direction;
};
std::vector<StackParameter> stack_parameters(const StackSpec&);

// Initial values: weight_hh a random rotation for each gate (its first P columns where there is a projection), weight_ih Glorot uniform for
// each gate, weight_hr too, gains of layer norm 1, peepholes 0, biases 0 but the LSTM's forget gate (cell.forget_bias). `stream` numbers the parameter within its model. For
// wide layers that takes seconds, which end where it is told to stop.
template <class S>
void initialise(const StackSpec&, const StackParameter&, std::uint64_t seed, std::uint64_t stream, const Stop&, S* values);

}  // namespace bptt

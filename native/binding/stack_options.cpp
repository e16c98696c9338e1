#include "binding/stack_options.h"

#include "binding/arguments.h"

namespace bptt {
namespace binding {

Cell cell_options(const Napi::Object& options) {
  Cell cell;
  cell.kind = choice<CellKind>(options.Get("cell"), "cell", {{"rnn", CellKind::rnn}, {"gru", CellKind::gru}, {"lstm", CellKind::lstm}, {"mingru", CellKind::mingru}});
  cell.activation = choice<Activation>(options.Get("activation"), "activation",
                                       {{"tanh", Activation::tanh},
                                        {"relu", Activation::relu},
                                        {"sigmoid", Activation::sigmoid},
                                        {"identity", Activation::identity}});
  cell.reset_after = boolean(options.Get("resetAfter"), "resetAfter");
  cell.forget_bias = number(options.Get("forgetBias"), "forgetBias", -1e6, 1e6);
  cell.peepholes = boolean(options.Get("peepholes"), "peepholes");
  cell.projection = integer(options.Get("projection"), "projection", 0, 1 << 20);
  cell.layer_norm = boolean(options.Get("layerNorm"), "layerNorm");
  return cell;
}

Precision precision_option(const Napi::Object& options) {
  return choice<Precision>(options.Get("precision"), "precision", {{"float32", Precision::float32}, {"bfloat16", Precision::bfloat16}});
}

StackOptions stack_options(const Napi::Object& options) {
  StackOptions read;
  StackSpec& spec = read.spec;
  spec.cell = cell_options(options);
  spec.hidden = integer(options.Get("hidden"), "hidden", 1, 1 << 20);
  spec.layers = integer(options.Get("layers"), "layers", 1, 1 << 10);
  spec.bidirectional = boolean(options.Get("bidirectional"), "bidirectional");
  read.seed = seed(options.Get("seed"), "seed");
  return read;
}

}  // namespace binding
}  // namespace bptt

// Layer normalisation of rows of slots, and its gradient (docs/equations.md). The sums run over lanes by sixteen, each in order, and
// then over the sixteen, so that they do not depend on the instruction set's packets.
#include <cmath>

#include "kernels/declarations.h"
#include "kernels/packet.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

constexpr int sixteen = 16, parts = sixteen / lanes;
constexpr Scalar epsilon = Scalar(1e-5);

// A sum over the numbers of a row.
struct RowSum {
  Packet sums[parts];

  RowSum() {
    for (Packet& sum : sums) sum = broadcast(Scalar(0));
  }
  void add_product(int unit, const Packet& a, const Packet& b) {
    Packet& sum = sums[unit / lanes % parts];
    sum = multiply_add(a, b, sum);
  }
  Scalar total() const {
    alignas(64) Scalar values[sixteen];
    for (int part = 0; part < parts; ++part) store(values + part * lanes, sums[part]);
    Scalar sum = 0;
    for (Scalar value : values) sum += value;
    return sum;
  }
};

// x, with zeros in the units that do not exist.
Packet existing(const Packet& x, int unit, int hidden) {
  if (unit + lanes <= hidden) return x;
  alignas(64) Scalar values[lanes];
  store(values, x);
  return load_part(values, hidden - unit);
}

// body(slot, unit) for the packets of a row.
template <class Body>
void each_packet(int slots, int hidden, const Body& body) {
  for (int slot = 0; slot < slots; ++slot)
    for (int unit = 0; unit < hidden; unit += lanes) body(slot, unit);
}

}  // namespace

void normalise(const Normalise<Scalar>& n) {
  const Scalar count = Scalar(n.slots) * n.hidden;
  const Packet one = broadcast(Scalar(1));
  for (int row = 0; row < n.rows; ++row) {
    Scalar* const x = n.x + row * n.ld_x;
    const auto at = [&](int slot, int unit) { return slot * n.slot_distance + unit; };
    RowSum sum, squares;
    each_packet(n.slots, n.hidden, [&](int slot, int unit) { sum.add_product(unit, existing(load(x + at(slot, unit)), unit, n.hidden), one); });
    const Packet mean = broadcast(sum.total() / count);
    each_packet(n.slots, n.hidden, [&](int slot, int unit) {
      const Packet centred = existing(subtract(load(x + at(slot, unit)), mean), unit, n.hidden);
      store(x + at(slot, unit), centred);
      squares.add_product(unit, centred, centred);
    });
    const Scalar scale = Scalar(1) / std::sqrt(squares.total() / count + epsilon);
    n.scales[row * n.ld_scales] = scale;
    const Packet scales = broadcast(scale);
    Scalar* const y = n.y + row * n.ld_y;
    each_packet(n.slots, n.hidden, [&](int slot, int unit) {
      const Packet normal = multiply(load(x + at(slot, unit)), scales);
      store(x + at(slot, unit), normal);
      const Packet value = multiply_add(normal, load(n.gain + at(slot, unit)), load(n.bias + at(slot, unit)));
      Scalar* const to = y + at(slot, unit);
      store(to, n.accumulate ? add(load(to), value) : value);
    });
  }
}

void normalise_gradient(const NormaliseGradient<Scalar>& n) {
  const Scalar count = Scalar(n.slots) * n.hidden;
  const Packet one = broadcast(Scalar(1));
  for (int row = 0; row < n.rows; ++row) {
    const Scalar* const d = n.d + row * n.ld_d;
    const Scalar* const x = n.x + row * n.ld_x;
    Scalar* const d_x = n.d_x + row * n.ld_d_x;
    const auto at = [&](int slot, int unit) { return slot * n.slot_distance + unit; };
    const auto gained = [&](int slot, int unit) { return existing(multiply(load(d + at(slot, unit)), load(n.gain + at(slot, unit))), unit, n.hidden); };
    RowSum sum, along;
    each_packet(n.slots, n.hidden, [&](int slot, int unit) {
      const Packet g = gained(slot, unit);
      sum.add_product(unit, g, one);
      along.add_product(unit, g, load(x + at(slot, unit)));
    });
    const Packet mean = broadcast(sum.total() / count), slope = broadcast(along.total() / count), scales = broadcast(n.scales[row * n.ld_scales]);
    each_packet(n.slots, n.hidden, [&](int slot, int unit) {
      const Packet rest = subtract_product(subtract(gained(slot, unit), mean), slope, load(x + at(slot, unit)));
      const Packet value = existing(multiply(rest, scales), unit, n.hidden);
      Scalar* const to = d_x + at(slot, unit);
      store(to, n.accumulate ? add(load(to), value) : value);
    });
  }
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

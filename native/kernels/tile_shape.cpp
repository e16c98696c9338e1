// Which tiles are in use. 32 registers hold 24 sums: twelve rows by a panel of two packets, or six rows by two panels. For 24
// multiply-adds the tall tile broadcasts twelve numbers and loads two packets, the wide one broadcasts six and loads four: four
// instructions less, for twice the weights from the caches (docs/decisions/0022-wide-tiles.md).
#include "kernels/declarations.h"
#include "kernels/tile.h"

namespace bptt {
namespace kernels {
namespace BPTT_ISA {

namespace {

int height = tile_rows;

}  // namespace

int tile_height(Scalar) { return height; }

void use_tiles(TileShape shape, Scalar) {
  if (tile_rows > fetching_height) height = shape == TileShape::wide ? tile_rows / 2 : tile_rows;
}

}  // namespace BPTT_ISA
}  // namespace kernels
}  // namespace bptt

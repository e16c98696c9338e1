// How the time loop of a layer is shared among threads. Rows (sequences) need nothing of each other, so slices of rows
// run without waiting; slices of units wait for each other once a step, but each thread then reads only its part of the
// weights, which pays as soon as they no longer fit its cache. A layer without a product in its chain is cut by units alone. No choice changes a bit of the result.
#pragma once

#include <vector>

#include "layer/sequence_layout.h"
#include "layer/stack_spec.h"

namespace bptt {

struct Range {
  int begin, end;
};

struct Partition {
  int directions = 1;       // directions worked on side by side
  std::vector<Range> rows;  // slices of sequences
  std::vector<Range> units; // slices of units; more than one: a barrier a step

  int members() const { return directions * static_cast<int>(rows.size() * units.size()); }
};

// Whether `work` multiply-adds in all are worth the help of other threads.
bool worth_sharing(double work);
// Multiply-adds, some 20 ms, after which a thread should look up: larger pieces of work are cut.
constexpr double longest_piece = 1e9;

// `panel`: slices of units are cut at its multiples. `bytes`: of one number.
Partition partition(const StackSpec&, int layer, const SequenceLayout&, int threads, int panel, int bytes);

}  // namespace bptt

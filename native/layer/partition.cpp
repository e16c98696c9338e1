#include "layer/partition.h"

#include <algorithm>
#include <cstdint>

#include "kernels/kernels.h"

namespace bptt {

namespace {

// Below this many multiply-adds a slice is done before another thread has woken up (about 10 µs).
constexpr double least_work = 4e5;
// With units shared, a step has to be worth the waiting at its end (about 1 µs).
constexpr double least_step = 1e5;

// Slices of nearly equal work: rows are sorted by length, so that the first ones are worth more.
std::vector<Range> slices_of_rows(const SequenceLayout& layout, int count) {
  std::vector<Range> slices;
  std::int64_t done = 0;
  int begin = 0;
  for (int slice = 0; slice < count; ++slice) {
    const std::int64_t goal = static_cast<std::int64_t>(layout.rows()) * (slice + 1) / count;
    int end = begin;
    while (end < layout.batch() && (slice == count - 1 || done + layout.length(end) / 2 < goal)) done += layout.length(end++);
    slices.push_back({begin, end});
    begin = end;
  }
  return slices;
}

std::vector<Range> slices_of_units(int hidden, int count, int panel) {
  const int panels = (hidden + panel - 1) / panel;
  std::vector<Range> slices;
  for (int slice = 0; slice < count; ++slice)
    slices.push_back({panels * slice / count * panel, std::min(hidden, panels * (slice + 1) / count * panel)});
  return slices;
}

}  // namespace

bool worth_sharing(double work) { return work >= least_work; }

Partition partition(const StackSpec& spec, int layer, const SequenceLayout& layout, int threads, int panel, int bytes) {
  const double weights = spec.weights(layer);
  const double work = weights * layout.rows();
  Partition p;
  if (spec.bidirectional && threads >= 2 && work >= least_work) {
    p.directions = 2;
    threads /= 2;
  }
  const int panels = (spec.hidden + panel - 1) / panel;
  int rows = 1, units = 1;
  // Layer norm looks at all units of a row at each step.
  const bool fits = spec.cell.layer_norm || weights * bytes <= own_cache;
  const double step = layout.steps() > 0 ? work / layout.steps() : 0;
  if (threads > 1 && !spec.cell.traits().feeds_back) {
    // All rows at once, whose products are done together; nobody waits.
    units = work >= least_work ? std::min(threads, panels) : 1;
  } else if (threads > 1 && !fits && step >= least_step * threads) {
    units = std::min(threads, panels);
  } else if (threads > 1) {
    const int most = std::max(1, std::min(threads, layout.batch()));
    rows = static_cast<int>(std::min<double>(most, std::max(1.0, work / least_work)));
  }
  p.rows = slices_of_rows(layout, rows);
  p.units = slices_of_units(spec.hidden, units, panel);
  return p;
}

}  // namespace bptt

// Which labels of a chain may follow each other where they are tags of chunks (B-city, I-city, O): a few numbers for each
// label say it, where a table would take one for every two of them.
#pragma once

#include <cstdint>
#include <vector>

namespace bptt {

// Label O is the boundary, before and behind a sequence; it belongs to no chunk.
struct ChunkRules {
  // What a label does with a chunk of its type. One that goes on stands behind an open chunk of its type and nowhere else.
  enum Place : std::uint8_t { goes_on = 1, leaves_open = 2 };

  std::vector<std::int32_t> types;   // [O]
  std::vector<std::uint8_t> places;  // [O] of Place, together
  bool breaks_off = false;           // whether a chunk that is open may be left without an end

  bool allows(int from, int to) const {
    const int labels = static_cast<int>(types.size());
    const bool open = from < labels && (places[from] & leaves_open) != 0;
    if (to < labels && (places[to] & goes_on) != 0) return open && types[from] == types[to];
    return breaks_off || !open;
  }
};

}  // namespace bptt

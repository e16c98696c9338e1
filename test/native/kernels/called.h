// Which entries of which tables have been called: called(table.entry)(…). The tables are the only ones of their sets, so an entry's address tells
// both; every_kernel.cpp looks what is missing.
#pragma once

#include <set>

namespace bptt {
namespace test {

inline std::set<const void*>& entries_called() {
  static std::set<const void*> entries;
  return entries;
}

template <class Function>
const Function& called(const Function& entry) {
  entries_called().insert(&entry);
  return entry;
}

}  // namespace test
}  // namespace bptt

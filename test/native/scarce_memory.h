// Memory that runs out: after so many allocations of this program all further ones fail, until there is plenty again.
#pragma once

#include <new>
#include <string>

#include "check.h"
#include "support/error.h"

namespace bptt {
namespace test {

// `allowed` allocations still succeed, of all threads together; negative: all.
void ration_allocations(long allowed);

// Calls attempt(object) with an object of make() that is allowed no allocation, then with another one that is allowed one, and so on until
// one is enough for all of it. After each failure, which must be one of memory, recovered(object) sees whether the object is of use still.
template <class Make, class Attempt, class Recovered>
void survives_scarcity(const std::string& name, const Make& make, const Attempt& attempt, const Recovered& recovered) {
  for (long allowed = 0;; ++allowed) {
    auto object = make();
    bool exhausted = false;
    ration_allocations(allowed);
    try {
      attempt(object);
      ration_allocations(-1);
      CHECK_WITH(allowed > 0, name << " allocates nothing");
      return;
    } catch (const std::bad_alloc&) {
      ration_allocations(-1);
      exhausted = true;
    } catch (const Error& error) {
      ration_allocations(-1);
      exhausted = error.code() == ErrorCode::memory;
    }
    CHECK_WITH(exhausted, name << " with " << allowed << " allocations");
    recovered(object);
  }
}

}  // namespace test
}  // namespace bptt

// How many processors this process may use.
#pragma once

namespace bptt {
namespace binding {

// Those it may be scheduled on, and on Linux no more than the quota of its control group (a container's limit) comes to.
int processors();

}  // namespace binding
}  // namespace bptt

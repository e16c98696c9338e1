// What the machine can do at best with the instruction set in use, on several threads at once: the measure of how well
// the layers use it.
#pragma once

#include <cstddef>

#include "kernels/kernels.h"
#include "support/thread_pool.h"

namespace bptt {

// Multiply-adds of this precision in registers for about so many seconds → floating-point operations a second, of all threads of the
// pool. Ends early where `stop` is requested.
template <class S>
double measure_peak(ThreadPool&, Precision, double seconds, const Stop& stop);

// Each thread reads an array of its own of so many bytes (rounded down to whole units of 1 KiB, of which there is at least one),
// again and again → bytes a second, of all threads.
template <class S>
double measure_read_bandwidth(ThreadPool&, std::size_t bytes, double seconds, const Stop& stop);

}  // namespace bptt

#include "binding/processors.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

namespace bptt {
namespace binding {

namespace {

#if defined(__linux__)
// Processors' worth of time in each period, or 0 where there is no limit.
double quota() {
  long long time = 0, period = 0;
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    const int found = std::fscanf(file, "%lld %lld", &time, &period);  // "max 100000" without a limit
    std::fclose(file);
    return found == 2 && time > 0 && period > 0 ? static_cast<double>(time) / static_cast<double>(period) : 0;
  }
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "r")) {
    const int found = std::fscanf(file, "%lld", &time);
    std::fclose(file);
    if (found != 1 || time <= 0) return 0;
    if ((file = std::fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "r"))) {
      const int found_period = std::fscanf(file, "%lld", &period);
      std::fclose(file);
      if (found_period == 1 && period > 0) return static_cast<double>(time) / static_cast<double>(period);
    }
  }
  return 0;
}
#else
double quota() { return 0; }
#endif

}  // namespace

int processors() {
  static const int count = [] {
    int usable = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    if (const double limit = quota(); limit > 0) usable = std::min(usable, std::max(1, static_cast<int>(std::ceil(limit))));
    return usable;
  }();
  return count;
}

}  // namespace binding
}  // namespace bptt

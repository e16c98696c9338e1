// Runs every test: a line `ok TEST` or `not ok TEST: why` for each, where TEST is its file, below this folder, and its name; then the
// slowest ones. Arguments choose among them: those that contain one of the arguments, and none of those that stand behind a `-`:
// `layer/` is those of a room, `-layer/` all others.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "check.h"

namespace {

constexpr std::size_t shown = 20;

bool chosen(const std::string& name, char** begin, char** end) {
  const auto excluded = [](const char* argument) { return argument[0] == '-'; };
  const auto named = [&](const char* argument) { return name.find(argument + (excluded(argument) ? 1 : 0)) != std::string::npos; };
  char** const parts = std::partition(begin, end, excluded);
  return std::none_of(begin, parts, named) && (parts == end || std::any_of(parts, end, named));
}

// Of a file below test/native, so that names do not depend on where the sources lie.
std::string place(std::string file) {
  std::replace(file.begin(), file.end(), '\\', '/');
  const std::string folder = "test/native/";
  const std::size_t at = file.rfind(folder);
  return at == std::string::npos ? file : file.substr(at + folder.size());
}

struct Timed {
  std::string name;
  double seconds;
};

void print_slowest(std::vector<Timed> all) {
  if (all.size() < 2) return;
  std::sort(all.begin(), all.end(), [](const Timed& a, const Timed& b) { return a.seconds > b.seconds; });
  std::printf("\nSlowest of %zu tests (seconds):\n", all.size());
  for (std::size_t i = 0; i < std::min(shown, all.size()); ++i) std::printf("%7.1f  %s\n", all[i].seconds, all[i].name.c_str());
}

}  // namespace

int main(int count, char** arguments) {
  using Clock = std::chrono::steady_clock;
  int failed = 0;
  std::vector<Timed> timed;
  std::vector<bptt::test::Test> all = bptt::test::tests();
  std::stable_partition(all.begin(), all.end(), [](const bptt::test::Test& test) { return !test.last; });
  for (const bptt::test::Test& test : all) {
    if (test.last && count > 1) continue;
    const std::string name = place(test.file) + ": " + test.name;
    if (!chosen(name, arguments + 1, arguments + count)) continue;
    const Clock::time_point begin = Clock::now();
    try {
      test.run();
      std::printf("ok %s\n", name.c_str());
    } catch (const std::exception& error) {
      ++failed;
      std::printf("not ok %s: %s\n", name.c_str(), error.what());
    }
    std::fflush(stdout);
    timed.push_back({name, std::chrono::duration<double>(Clock::now() - begin).count()});
  }
  print_slowest(std::move(timed));
  return failed == 0 ? 0 : 1;
}

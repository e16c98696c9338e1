// Runs every test: a line `ok NAME` or `not ok NAME: why` for each. Arguments choose among them: those whose names contain one of
// the arguments, and none of those that stand behind a `-`.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>

#include "check.h"

namespace {

bool chosen(const char* name, char** begin, char** end) {
  const auto excluded = [](const char* argument) { return argument[0] == '-'; };
  const auto named = [&](const char* argument) { return std::strstr(name, argument + (excluded(argument) ? 1 : 0)) != nullptr; };
  char** const parts = std::partition(begin, end, excluded);
  return std::none_of(begin, parts, named) && (parts == end || std::any_of(parts, end, named));
}

}  // namespace

int main(int count, char** arguments) {
  int failed = 0;
  for (const bptt::test::Test& test : bptt::test::tests()) {
    if (!chosen(test.name, arguments + 1, arguments + count)) continue;
    try {
      test.run();
      std::printf("ok %s\n", test.name);
    } catch (const std::exception& error) {
      ++failed;
      std::printf("not ok %s: %s\n", test.name, error.what());
    }
    std::fflush(stdout);
  }
  return failed == 0 ? 0 : 1;
}

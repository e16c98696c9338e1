// Runs every test, or those whose names contain one of the arguments: a line `ok NAME` or `not ok NAME: why` for each.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>

#include "check.h"

int main(int count, char** arguments) {
  int failed = 0;
  for (const bptt::test::Test& test : bptt::test::tests()) {
    const auto named = [&](const char* part) { return std::strstr(test.name, part) != nullptr; };
    if (count > 1 && std::none_of(arguments + 1, arguments + count, named)) continue;
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

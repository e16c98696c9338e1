// Runs every test, or those whose names contain the first argument: a line `ok NAME` or `not ok NAME: why` for each.
#include <cstdio>
#include <cstring>
#include <exception>

#include "check.h"

int main(int count, char** arguments) {
  int failed = 0;
  for (const bptt::test::Test& test : bptt::test::tests()) {
    if (count > 1 && std::strstr(test.name, arguments[1]) == nullptr) continue;
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

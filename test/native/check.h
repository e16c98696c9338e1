// Tests of the core: BPTT_TEST("what holds") { … CHECK(condition) … }. main.cpp runs them all.
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/error.h"

namespace bptt {
namespace test {

struct Test {
  const char* file;
  const char* name;
  void (*run)();
  bool last;  // of a run of all tests, and of no other
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

struct Registration {
  Registration(const char* file, const char* name, void (*run)(), bool last) { tests().push_back({file, name, run, last}); }
};

struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// fail() << "what" << value; throws at the end of the statement.
#define BPTT_JOIN_(a, b) a##b
#define BPTT_JOIN(a, b) BPTT_JOIN_(a, b)
#define BPTT_TEST_(name, last)                                                                                            \
  static void BPTT_JOIN(test_at_, __LINE__)();                                                                             \
  static const ::bptt::test::Registration BPTT_JOIN(registration_, __LINE__)(__FILE__, name, BPTT_JOIN(test_at_, __LINE__), last); \
  static void BPTT_JOIN(test_at_, __LINE__)()
#define BPTT_TEST(name) BPTT_TEST_(name, false)
// What looks back at all others.
#define BPTT_LAST_TEST(name) BPTT_TEST_(name, true)

#define CHECK(condition) CHECK_WITH(condition, "")
// `details` is streamed behind the message: CHECK_WITH(a == b, "case " << name << ": " << a << " and " << b)
#define CHECK_WITH(condition, details)                                                          \
  do {                                                                                          \
    if (!(condition)) {                                                                         \
      std::ostringstream message;                                                               \
      message << __FILE__ << ":" << __LINE__ << ": " << #condition << " " << details;           \
      throw ::bptt::test::Failed(message.str());                                                \
    }                                                                                           \
  } while (false)

// The code of the error that `body` throws.
template <class Body>
ErrorCode refusal(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.code();
  }
  throw Failed("nothing was thrown");
}

}  // namespace test
}  // namespace bptt

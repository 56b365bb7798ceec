// The rate limit of log lines.
#include "sluice/status/log_limiter.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::status;

namespace {
constexpr instant start{};
constexpr instant after(int seconds) {
  return start + std::chrono::seconds{seconds};
}
}  // namespace

TEST_CASE("equal log lines are shown once a period, with a count of the others") {
  log_limiter limiter{milliseconds{10'000}};
  CHECK(limiter.admit("a", after(0)) == 0U);
  CHECK_FALSE(limiter.admit("a", after(1)));
  CHECK_FALSE(limiter.admit("a", after(9)));
  CHECK(limiter.admit("a", after(10)) == 2U);
  CHECK_FALSE(limiter.admit("a", after(11)));
  CHECK(limiter.admit("a", after(40)) == 1U);
  CHECK(limiter.admit("a", after(50)) == 0U);
}

TEST_CASE("different log lines do not suppress each other") {
  log_limiter limiter{milliseconds{10'000}};
  CHECK(limiter.admit("a", after(0)));
  CHECK(limiter.admit("b", after(0)));
  CHECK_FALSE(limiter.admit("a", after(1)));
}

TEST_CASE("the limiter forgets the key used longest ago when it is full") {
  log_limiter limiter{milliseconds{10'000}, 2};
  CHECK(limiter.admit("a", after(0)));
  CHECK(limiter.admit("b", after(0)));
  CHECK_FALSE(limiter.admit("a", after(1)));
  CHECK(limiter.admit("c", after(1)));
  CHECK_FALSE(limiter.admit("a", after(2)));
  CHECK(limiter.admit("b", after(2)) == 0U);
}

// One process per state directory.
#include <unistd.h>

#include <string>

#include "builders.hpp"
#include "sluice/journal/lock.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

TEST_CASE("a second lock of the same state directory is refused and names the holder") {
  const test::directory d;
  const auto first = state_lock::acquire(d.path() / "state");
  REQUIRE(first.has_value());
  const auto second = state_lock::acquire(d.path() / "state");
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == errc::busy);
  CHECK_THAT(second.error().text, ContainsSubstring("pid " + std::to_string(::getpid())));
}

TEST_CASE("a lock that was moved is held until its last owner goes") {
  const test::directory d;
  {
    auto first = state_lock::acquire(d.path()).value();
    const auto owner = std::move(first);
    CHECK_FALSE(state_lock::acquire(d.path()).has_value());
  }
  CHECK(state_lock::acquire(d.path()).has_value());
}

TEST_CASE("a state directory that cannot be made is an error with its name") {
  const auto refused = state_lock::acquire("/dev/null/state");
  REQUIRE_FALSE(refused.has_value());
  CHECK_THAT(refused.error().text, ContainsSubstring("/dev/null/state"));
}

}  // namespace
}  // namespace sluice::journal

// The settings of intake and flattens: defaults that hold, faults that are named.
#include "sluice/planning/settings.hpp"
#include "support/catch.hpp"

using namespace sluice;

TEST_CASE("the intake's default settings are valid") {
  CHECK(intake_settings{}.validate().empty());
}

TEST_CASE("all faults of the intake's settings are named at once") {
  intake_settings s;
  s.default_ttl = s.max_ttl + milliseconds{1};
  s.max_age = milliseconds{0};
  s.max_clock_lead = milliseconds{-1};
  s.entry_queue_max = 0;
  s.plans_per_request_max = 1'001;
  const auto faults = s.validate();
  REQUIRE(faults.size() == 5);
  CHECK(faults[0].key == "default_ttl");
  CHECK(faults[1].key == "max_age");
  CHECK(faults[2].key == "max_clock_lead");
  CHECK(faults[3].key == "entry_queue_max");
  CHECK(faults[4].key == "plans_per_request_max");
}

TEST_CASE("the flatten's default settings are valid, and all faults are named at once") {
  CHECK(flatten_settings{}.validate().empty());
  flatten_settings s;
  s.give_up_after = milliseconds{9'999};
  s.retry_after = milliseconds{99};
  s.plan_ttl = milliseconds{999};
  const auto faults = s.validate();
  REQUIRE(faults.size() == 3);
  CHECK(faults[0].key == "give_up_after");
  CHECK(faults[1].key == "retry_after");
  CHECK(faults[2].key == "plan_ttl");
}

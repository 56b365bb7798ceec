// Orders whose intent became durable only after their permit had run out.
#include "harness.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("an exit that only its intent's commit made late is sent on a truth of since then") {
  auto task = a_task();
  task.deadline = at_ms(10'000);
  driver d{task};
  d.run_to(2'500);
  d.truth_as_of = at_ms(2'400);
  d.start();
  CHECK_FALSE(d.did<send_order>());
  REQUIRE(d.did<want_truth>());
  CHECK(d.did<want_truth>()->newer_than == at_ms(2'500));
  SECTION("it comes") {
    d.run_to(2'700);
    CHECK(d.times<send_order>() == 0);
    d.truth_as_of = at_ms(2'600);
    d.run_to(2'900);
    CHECK(d.times<send_order>() == 1);
    CHECK(d.machine.sends() == 1);
  }
  SECTION("it shows another position") {
    d.truth_as_of = at_ms(2'600);
    ++d.version;
    d.run_to(2'900);
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->cause == finish_cause::position_moved);
  }
  SECTION("trading was halted") {
    d.truth_as_of = at_ms(2'600);
    d.permitted = false;
    d.run_to(2'900);
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->cause == finish_cause::not_permitted);
  }
  SECTION("it is asked for once a second until it comes") {
    d.run_to(3'400);
    CHECK(d.times<want_truth>() == 0);
    d.run_to(3'600);
    CHECK(d.times<want_truth>() == 1);
    CHECK(d.did<want_truth>()->newer_than == at_ms(2'500));
  }
  SECTION("none comes before the plan's deadline") {
    d.run_to(10'000);
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->cause == finish_cause::too_late);
    CHECK(d.machine.sends() == 0);
  }
}

TEST_CASE("an entry that its intent's commit made late is not sent") {
  auto task = a_task();
  task.deadline = at_ms(10'000);
  task.request.reduce_only = false;
  driver d{task};
  d.run_to(2'500);
  d.start();
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->cause == finish_cause::too_late);
}

// What an order does after the machine stood still together with its steady clock.
#include "harness.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("after a standstill an exit of a part is sent on a newer truth only, within its permit") {
  auto task = a_task();
  task.deadline = at_ms(10'000);
  task.leaves_part = true;
  driver d{task};
  d.run_to(500);
  d.stood_still = at_ms(400);
  d.truth_as_of = at_ms(400);  // As young as can be, by a clock that did not see the pause.
  d.start();
  REQUIRE(d.did<want_truth>());
  CHECK(d.did<want_truth>()->newer_than == at_ms(400));
  d.run_to(1'000);
  CHECK(d.times<send_order>() == 0);
  SECTION("there is one in time") {
    d.truth_as_of = at_ms(401);
    d.run_to(1'200);
    CHECK(d.times<send_order>() == 1);
  }
  SECTION("there is none in time: it holds up nobody for longer") {
    d.run_to(2'200);
    CHECK(d.times<send_order>() == 0);
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->cause == finish_cause::too_late);
  }
}

TEST_CASE("after a standstill what closes all is sent at once") {
  driver d;
  d.stood_still = at_ms(0);
  d.truth_as_of = at_ms(-10);
  d.start();
  CHECK(d.times<send_order>() == 1);
}

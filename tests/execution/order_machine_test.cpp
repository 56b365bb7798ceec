// The order machine where the exchange answers: fills, refusals, resends, late and doubled reports.
#include "sluice/execution/order_machine.hpp"

#include "harness.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("a durable intent is sent and a filled result with its fill finishes the order") {
  driver d;
  d.start();
  REQUIRE(d.did<send_order>());
  CHECK(d.did<send_order>()->request.id == a_task().request.id);
  CHECK(d.machine.state() == order_state::sent);

  d.ms = 300;
  d.outcome(order_done{a_report(order_status::filled, 2)});
  CHECK(d.machine.state() == order_state::filled);
  CHECK(d.did<report_change>()->what.executed == quantity::whole(2));
  CHECK(d.did<report_change>()->what.venue_id == 4'242);
  CHECK_FALSE(d.did<order_finished>());

  d.trade(a_trade(1, 2));
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->state == order_state::filled);
  CHECK(d.did<order_finished>()->cause == finish_cause::venue);
  CHECK(d.did<order_finished>()->executed == quantity::whole(2));
  CHECK(d.did<order_settled>()->fills_complete);
  CHECK(d.machine.finished());
}

TEST_CASE("fills first and the result last come to the same end") {
  driver d;
  d.start();
  d.trade(a_trade(1, 1));
  CHECK(d.machine.state() == order_state::partially_filled);
  d.trade(a_trade(1, 1));
  CHECK(d.actions.empty());
  d.trade(a_trade(2, 1));
  CHECK(d.machine.state() == order_state::filled);
  CHECK(d.did<order_finished>());
  d.outcome(order_done{a_report(order_status::filled, 2)});
  CHECK(d.actions.empty());
}

TEST_CASE("nothing is sent past the expiry, nor when the truth has moved") {
  driver late;
  late.ms = 2'000;
  late.start();
  CHECK_FALSE(late.did<send_order>());
  REQUIRE(late.did<order_finished>());
  CHECK(late.did<order_finished>()->cause == finish_cause::too_late);
  CHECK(late.did<order_finished>()->state == order_state::rejected);

  driver moved;
  moved.version = 10;
  moved.start();
  CHECK_FALSE(moved.did<send_order>());
  REQUIRE(moved.did<order_finished>());
  CHECK(moved.did<order_finished>()->cause == finish_cause::position_moved);
  CHECK_THAT(moved.did<order_finished>()->detail,
             ContainsSubstring("version 10 when sent, 9 when permitted"));
}

TEST_CASE("an intent is carried out once, however often it is told durable") {
  driver d;
  d.start();
  d.start();
  CHECK(d.actions.empty());
  CHECK(d.machine.sends() == 1);
}

TEST_CASE("a definite refusal ends the order with the venue's words") {
  driver d;
  d.start();
  d.outcome(a_refusal(-2022, false));
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->state == order_state::rejected);
  CHECK(d.did<order_finished>()->cause == finish_cause::refused);
  CHECK(d.did<order_finished>()->venue_code == -2022);
  CHECK(d.did<order_finished>()->detail == "-2022 no");
  CHECK(d.machine.sends() == 1);
}

TEST_CASE("a passing refusal is sent again after 200, 400 and 800 ms with the same id") {
  auto task = a_task();
  task.expires = at_ms(60'000);
  driver d{task};
  d.start();
  std::int64_t expected = 0;
  for (const std::int64_t pause : {200, 400, 800}) {
    d.outcome(a_refusal(-1008, true));
    CHECK(d.machine.state() == order_state::intended);
    expected += pause;
    d.run_to(expected - 1);
    CHECK_FALSE(d.did<send_order>());
    d.run_to(expected);
    REQUIRE(d.times<send_order>() == 1);
    CHECK(d.did<send_order>()->request.id == task.request.id);
  }
  d.outcome(a_refusal(-1008, true));
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->venue_code == -1008);
  CHECK(d.machine.sends() == 4);
}

TEST_CASE("an entry refused for its timestamp is sent again on a newer truth only") {
  auto task = a_task();
  task.request.reduce_only = false;
  driver d{task};
  d.start();
  auto refused = a_refusal(-1021, true);
  refused.cure = refusal_cure::reread_position;
  d.truth_as_of = d.now();  // As old as the refusal, by a clock that may have stood still.
  d.outcome(refused);
  REQUIRE(d.did<want_truth>());
  CHECK(d.did<want_truth>()->newer_than == d.now());
  d.run_to(1'000);
  CHECK(d.times<send_order>() == 0);
  SECTION("there is one in time") {
    d.truth_as_of = at_ms(900);
    d.run_to(1'200);
    CHECK(d.times<send_order>() == 1);
    CHECK(d.machine.sends() == 2);
  }
  SECTION("it shows another position") {
    d.truth_as_of = at_ms(900);
    ++d.version;
    d.run_to(1'200);
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->cause == finish_cause::position_moved);
  }
  SECTION("there is none in time") {
    d.run_to(3'000);
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->cause == finish_cause::too_late);
  }
}

TEST_CASE("an exit refused for its timestamp is its plan's to judge again") {
  driver d;
  d.start();
  auto refused = a_refusal(-1021, true);
  refused.cure = refusal_cure::reread_position;
  d.outcome(refused);
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->cause == finish_cause::refused);
  CHECK(d.did<order_finished>()->cure == refusal_cure::reread_position);
  CHECK(d.machine.sends() == 1);
}

TEST_CASE("no resend is planned past the expiry or before the venue listens again") {
  driver d;  // Expires at 2 s.
  d.start();
  auto refusal = a_refusal(-1015, true);
  refusal.retry_at = at_ms(1'500);
  d.outcome(refusal);
  d.run_to(1'499);
  CHECK_FALSE(d.did<send_order>());
  d.run_to(1'500);
  CHECK(d.did<send_order>());
  refusal.retry_at = at_ms(2'000);
  d.outcome(refusal);
  REQUIRE(d.did<order_finished>());
  CHECK_THAT(d.did<order_finished>()->detail, ContainsSubstring("no time left"));
  CHECK(d.machine.sends() == 2);
}

TEST_CASE(
    "a resend is dropped when the position moved meanwhile, or the order is there after all") {
  driver moved;
  moved.start();
  moved.outcome(a_refusal(0, true));
  moved.version = 10;
  moved.run_to(200);
  CHECK_FALSE(moved.did<send_order>());
  REQUIRE(moved.did<order_finished>());
  CHECK(moved.did<order_finished>()->cause == finish_cause::position_moved);

  driver there;
  there.start();
  there.outcome(a_refusal(0, true));
  there.report(a_report(order_status::new_, 0));
  there.run_to(199);
  CHECK_FALSE(there.did<send_order>());
  there.run_to(1'999);
  CHECK_FALSE(there.did<send_order>());
  CHECK(there.did<query_order>());
  CHECK(there.machine.state() == order_state::acknowledged);
}

TEST_CASE("late, doubled and contradicting reports take nothing back") {
  driver d;
  d.start();
  d.report(a_report(order_status::partially_filled, 1));
  d.report(a_report(order_status::new_, 0));
  CHECK(d.actions.empty());
  CHECK(d.machine.executed() == quantity::whole(1));
  d.outcome(a_refusal(-2019, false));  // The stream knows better.
  CHECK(d.machine.state() == order_state::partially_filled);
  d.report(a_report(order_status::expired, 1));
  CHECK(d.machine.state() == order_state::expired);
  d.report(a_report(order_status::filled, 2));
  CHECK(d.machine.state() == order_state::expired);
  CHECK(d.machine.executed() == quantity::whole(2));  // What was executed is still taken in.
}

TEST_CASE("reports and fills of other orders are ignored") {
  driver d;
  d.start();
  auto report = a_report(order_status::filled, 2);
  report.client_id = client_order_id{"web_abc"};
  d.report(report);
  auto trade = a_trade(1, 2);
  trade.client_id = client_order_id{"web_abc"};
  d.trade(trade);
  auto nameless = a_trade(2, 2);
  nameless.client_id = {};
  d.trade(nameless);  // The venue's id of our order is not known yet.
  CHECK(d.machine.state() == order_state::sent);
  d.report(a_report(order_status::new_, 0));
  d.trade(nameless);
  CHECK(d.machine.executed() == quantity::whole(2));
}

TEST_CASE("fills missing a second after the result are read") {
  driver d;
  d.start();
  d.ms = 100;
  d.outcome(order_done{a_report(order_status::filled, 2)});
  d.trade(a_trade(1, 1));
  d.run_to(1'099);
  CHECK_FALSE(d.did<read_order_fills>());
  d.run_to(1'100);
  REQUIRE(d.did<read_order_fills>());
  CHECK(d.did<read_order_fills>()->id == 4'242);
  // Whatever waits for the end of the order need not wait for its trades.
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->executed == quantity::whole(2));
  CHECK(d.did<order_finished>()->last_executed_at.ms == 0);
  CHECK_FALSE(d.did<order_settled>());
  d.fills(std::vector{a_trade(1, 1), a_trade(2, 1)});
  CHECK_FALSE(d.did<order_finished>());
  REQUIRE(d.did<order_settled>());
  CHECK(d.did<order_settled>()->fills_complete);
}

TEST_CASE("an order of two trades tells no instant: truth may show the first alone") {
  driver d;
  d.start();
  d.outcome(order_done{a_report(order_status::filled, 2)});
  d.trade(a_trade(1, 1));
  d.trade(a_trade(2, 1));
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->last_executed_at.ms == 0);
  CHECK(d.did<order_settled>()->fills_complete);
}

TEST_CASE("the instant of an order's only trade is told, since truth of then shows all of it") {
  driver d;
  d.start();
  d.outcome(order_done{a_report(order_status::filled, 2)});
  d.trade(a_trade(1, 2));
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->last_executed_at.ms == 1'000'500);
}

TEST_CASE("fills that never come are read a limited number of times and then owned up to") {
  driver d;
  d.start();
  d.outcome(order_done{a_report(order_status::filled, 2)});
  int reads = 0;
  for (int second = 1; second <= 120 && !d.machine.finished(); ++second) {
    d.run_to(second * 1'000);
    if (const int n = d.times<read_order_fills>(); n > 0) {
      reads += n;
      d.fills(read_failure{});
    }
    if (d.machine.finished())
      break;
  }
  CHECK(reads == 8);
  REQUIRE(d.did<order_settled>());
  CHECK_FALSE(d.did<order_settled>()->fills_complete);
  d.run_to(200'000);
  REQUIRE(d.machine.finished());
  CHECK(d.actions.empty());
}

TEST_CASE("a market order that the venue ended early finishes with what it executed") {
  driver d;
  d.start();
  d.trade(a_trade(1, 1));
  d.outcome(order_done{a_report(order_status::expired, 1)});
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->state == order_state::expired);
  CHECK(d.did<order_finished>()->executed == quantity::whole(1));
}

TEST_CASE("settings of the executor that cannot be kept are named") {
  CHECK(executor_settings{}.validate().empty());
  executor_settings s;
  s.recv_window = milliseconds{60'000};
  s.query_delays = {milliseconds{500}, milliseconds{500}};
  auto faults = s.validate();
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].key == "recv_window");
  CHECK(faults[1].key == "query_delays");
  s.query_delays.clear();
  CHECK(s.validate().size() == 2);
}

TEST_CASE(
    "an internal error of the venue: what closes all is sent again, the rest is asked after "
    "first") {
  auto task = a_task();
  task.expires = at_ms(60'000);
  auto internal = a_refusal(-1001, true);
  internal.cure = refusal_cure::query_order;
  SECTION("opens, or leaves a part") {
    task.request.reduce_only = task.leaves_part = GENERATE(false, true);
    driver d{task};
    d.start();
    d.outcome(internal);
    CHECK(d.machine.state() == order_state::unknown);
    CHECK(d.did<query_order>());
    d.run_to(1'000);
    CHECK_FALSE(d.did<send_order>());
    // It was done after all.
    d.answer(a_report(order_status::filled, 2));
    CHECK(d.machine.state() == order_state::filled);
  }
  SECTION("only reduces") {
    task.request.reduce_only = true;
    driver d{task};
    d.start();
    d.outcome(internal);
    d.run_to(200);
    CHECK(d.did<send_order>());
  }
}

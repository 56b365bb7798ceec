// The order machine where nobody can say: it asks, it never sends again, and it ends only on proof.
#include <rapidcheck.h>

#include "harness.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Sent at 0, in doubt at 1 s: the horizon is 1 s + recv_window 1.5 s + 5 s = 7.5 s.
driver in_doubt() {
  driver d;
  d.start();
  d.ms = 1'000;
  d.outcome(order_uncertain{"connection reset"});
  return d;
}

/// Answers "no such order" to every query up to `until_ms`.
void find_nothing_until(driver& d, std::int64_t until_ms) {
  while (d.ms < until_ms) {
    d.run_to(std::min(d.ms + 50, until_ms));
    if (d.did<query_order>())
      d.answer(order_not_found());
  }
}

constexpr std::int64_t horizon_ms = 7'500;

absence_evidence clean_evidence(std::int64_t sent_ms) {
  return {at_ms(sent_ms), true, true};
}

}  // namespace

TEST_CASE(
    "an ambiguous outcome is queried at 0.2, 0.5, 1, 2, 5 s, at the horizon, and every 5 s then") {
  auto d = in_doubt();
  CHECK(d.machine.state() == order_state::unknown);
  std::vector<std::int64_t> asked;
  while (d.ms < 22'000) {
    d.run_to(d.ms + 1);
    if (d.did<query_order>()) {
      asked.push_back(d.ms - 1'000);
      read_failure away;
      away.kind = failure_kind::unreachable;
      d.answer(away);
    }
  }
  CHECK(asked == std::vector<std::int64_t>{200, 500, 1'000, 2'000, 5'000, 6'500, 11'500, 16'500});
}

TEST_CASE("a query that finds the order resolves the doubt") {
  auto d = in_doubt();
  d.run_to(1'200);
  REQUIRE(d.did<query_order>());
  CHECK(d.did<query_order>()->id == a_task().request.id);
  d.answer(a_report(order_status::filled, 2));
  CHECK(d.machine.state() == order_state::filled);
  d.trade(a_trade(5, 2));
  CHECK(d.did<order_finished>());
}

TEST_CASE("the stream resolves a doubt as well, and the queries end") {
  auto d = in_doubt();
  d.trade(a_trade(1, 2));
  REQUIRE(d.did<order_finished>());
  d.run_to(60'000);
  CHECK(d.actions.empty());
}

TEST_CASE("no such order is no proof before the horizon") {
  auto d = in_doubt();
  d.run_to(1'200);
  d.answer(order_not_found());
  CHECK_FALSE(d.did<check_absence>());
  d.absence(clean_evidence(20'000));
  CHECK(d.machine.state() == order_state::unknown);
}

TEST_CASE("an order is proven absent by a query, a truth and trades read after the horizon") {
  auto d = in_doubt();
  find_nothing_until(d, horizon_ms - 1);
  CHECK_FALSE(d.did<check_absence>());
  d.run_to(11'000);  // The query of 10 s after the doubt.
  REQUIRE(d.did<query_order>());
  d.answer(order_not_found());
  REQUIRE(d.did<check_absence>());
  CHECK(d.did<check_absence>()->newer_than == at_ms(horizon_ms));
  CHECK(d.did<check_absence>()->position.instrument.str() == "BTCUSDT");

  SECTION("all three agree") {
    d.absence(clean_evidence(horizon_ms + 1));
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->state == order_state::rejected);
    CHECK(d.did<order_finished>()->cause == finish_cause::never_arrived);
    CHECK_THAT(d.did<order_finished>()->detail, ContainsSubstring("never reached the exchange"));
  }
  SECTION("reads that were sent before the horizon prove nothing") {
    d.absence(clean_evidence(horizon_ms));
    CHECK(d.machine.state() == order_state::unknown);
  }
  SECTION("a changed position proves nothing") {
    d.absence({at_ms(horizon_ms + 1), false, true});
    CHECK(d.machine.state() == order_state::unknown);
  }
  SECTION("a trade that may be ours proves nothing") {
    d.absence({at_ms(horizon_ms + 1), true, false});
    CHECK(d.machine.state() == order_state::unknown);
  }
  SECTION("it is checked again with the next query") {
    d.absence({at_ms(horizon_ms + 1), false, false});
    d.run_to(16'000);
    d.answer(order_not_found());
    REQUIRE(d.did<check_absence>());
    d.absence(clean_evidence(16'500));
    CHECK(d.machine.state() == order_state::rejected);
  }
  SECTION("the order turning up late wins over everything") {
    d.report(a_report(order_status::filled, 2));
    d.absence(clean_evidence(horizon_ms + 1));
    CHECK(d.machine.state() == order_state::filled);
  }
  CHECK(d.machine.sends() == 1);
}

TEST_CASE("an order that had the id before is not taken for the one in doubt") {
  struct row {
    const char* name;
    side direction;
    std::int64_t original;
  };
  const row rows[] = {{"it went the other way", side::buy, 2}, {"it was larger", side::sell, 3}};
  for (const auto& r : rows) {
    INFO(r.name);
    auto old = a_report(order_status::filled, r.original);
    old.direction = r.direction;
    old.original = quantity::whole(r.original);
    auto d = in_doubt();
    while (d.ms < horizon_ms) {
      CHECK(d.machine.state() == order_state::unknown);
      CHECK_FALSE(d.did<check_absence>());
      d.run_to(d.ms + 50);
      if (d.did<query_order>())
        d.answer(old);
    }
    REQUIRE(d.did<check_absence>());
    d.absence(clean_evidence(11'000));
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->cause == finish_cause::never_arrived);
    CHECK(d.did<order_finished>()->executed.is_zero());
  }
}

TEST_CASE("the venue may cut the quantity of an order that reduces, and of no other") {
  auto cut = a_report(order_status::filled, 1);
  cut.original = quantity::whole(1);
  auto task = a_task();
  task.request.reduce_only = GENERATE(true, false);
  driver d{task};
  d.start();
  d.outcome(order_uncertain{"connection reset"});
  d.run_to(200);
  REQUIRE(d.did<query_order>());
  d.answer(cut);
  const bool is_ours = d.machine.state() == order_state::filled;
  CHECK(is_ours == task.request.reduce_only);
}

TEST_CASE("a duplicate client id means that the order exists: it is asked for at once") {
  driver d;
  d.start();
  d.outcome(a_refusal(-4116, false));
  CHECK(d.machine.state() == order_state::unknown);
  REQUIRE(d.did<query_order>());
  d.answer(a_report(order_status::filled, 2));
  CHECK(d.machine.state() == order_state::filled);
  CHECK(d.machine.sends() == 1);
}

TEST_CASE("an order without any answer is in doubt a second after its timeout") {
  driver d;
  d.start();
  d.run_to(3'999);
  CHECK(d.machine.state() == order_state::sent);
  d.run_to(4'000);
  CHECK(d.machine.state() == order_state::unknown);
  d.outcome(a_refusal(-2019, false));  // Too late to be believed; the queries decide.
  CHECK(d.machine.state() == order_state::unknown);
}

TEST_CASE("an operator is told once when an order stays unknown for 10 s") {
  auto d = in_doubt();
  d.run_to(10'999);
  CHECK_FALSE(d.did<raise_alert>());
  d.run_to(11'000);
  REQUIRE(d.did<raise_alert>());
  CHECK(d.did<raise_alert>()->event == "order_unknown");
  CHECK_THAT(d.did<raise_alert>()->text, ContainsSubstring("plan-1"));
  CHECK_THAT(d.did<raise_alert>()->text, ContainsSubstring("connection reset"));
  d.run_to(100'000);
  CHECK_FALSE(d.did<raise_alert>());
}

TEST_CASE("a query whose answer is lost is sent again") {
  auto d = in_doubt();
  d.run_to(1'200);
  REQUIRE(d.did<query_order>());
  d.run_to(11'199);
  CHECK_FALSE(d.did<query_order>());
  d.run_to(11'200);
  CHECK(d.did<query_order>());
}

TEST_CASE("an order of an earlier run is resolved, never sent") {
  for (const auto state : {order_state::intended, order_state::sent, order_state::unknown}) {
    driver d;
    d.ms = 500;
    d.restart({state, 0, {}});
    CHECK(d.machine.state() == order_state::unknown);
    CHECK(d.did<query_order>());
    CHECK_FALSE(d.did<send_order>());
    d.start();
    CHECK(d.machine.sends() == 0);
    d.answer(a_report(order_status::filled, 2));
    CHECK(d.machine.state() == order_state::filled);
    d.run_to(1'500);
    REQUIRE(d.did<read_order_fills>());
    CHECK(d.did<order_finished>());
    d.fills(std::vector{a_trade(1, 2)});
    CHECK(d.did<order_settled>());
  }
}

TEST_CASE("an order of an earlier run that the venue had told of keeps what was told") {
  driver d;
  d.restart({order_state::partially_filled, 4'242, quantity::whole(1)});
  CHECK(d.machine.state() == order_state::partially_filled);
  CHECK(d.machine.executed() == quantity::whole(1));
  REQUIRE(d.did<query_order>());
  d.answer(order_not_found());
  CHECK_FALSE(d.did<check_absence>());
  CHECK(d.machine.state() == order_state::partially_filled);
}

namespace {

/// One random thing that may happen to an order.
void anything(driver& d, int what, std::int64_t n) {
  const auto status = static_cast<order_status>(n % 7);
  switch (what) {
    case 0:
      return d.start();
    case 1:
      return d.outcome(order_done{a_report(status, n % 3)});
    case 2:
      return d.outcome(a_refusal(n % 4 == 0 ? -4116 : -1008, n % 2 == 0));
    case 3:
      return d.outcome(order_uncertain{"reset"});
    case 4:
      return d.report(a_report(status, n % 3));
    case 5:
      return d.trade(a_trade(1 + n % 2, 1));
    case 6:
      return n % 2 == 0 ? d.answer(order_not_found()) : d.answer(a_report(status, n % 3));
    case 7:
      return n % 2 == 0 ? d.fills(read_failure{}) : d.fills(std::vector{a_trade(1, 1)});
    case 8:
      return d.absence({d.now() - milliseconds{n}, n % 5 != 0, n % 7 != 0});
    default:
      d.ms += n * 10;
      return d.timer();
  }
}

}  // namespace

TEST_CASE("whatever happens: nothing is undone, no fifth send, none in doubt, one end") {
  CHECK(rc::check([] {
    auto task = a_task();
    task.expires = at_ms(*rc::gen::inRange<std::int64_t>(1, 20'000));
    driver d{task};
    d.start();
    bool told = false;  // The venue may have the order.
    bool was_final = false;
    int ends = d.times<order_finished>();
    int settled = d.times<order_settled>();
    const auto steps = *rc::gen::container<std::vector<std::pair<int, std::int64_t>>>(
        rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange<std::int64_t>(0, 200)));
    for (const auto& [what, n] : steps) {
      const auto state_before = d.machine.state();
      const auto executed_before = d.machine.executed();
      anything(d, what, n);
      if (told || was_final)
        RC_ASSERT(d.times<send_order>() == 0);
      RC_ASSERT(d.times<send_order>() <= 1);
      RC_ASSERT(d.machine.executed() >= executed_before);
      if (was_final)
        RC_ASSERT(d.machine.state() == state_before);
      told = told ||
             (d.machine.state() != order_state::intended && d.machine.state() != order_state::sent);
      was_final = is_final(d.machine.state());
      ends += d.times<order_finished>();
      RC_ASSERT(ends <= 1);
      settled += d.times<order_settled>();
      RC_ASSERT(settled <= ends);
      RC_ASSERT(d.machine.finished() == (settled == 1));
      RC_ASSERT(d.machine.sends() <= 4);
      // Something is always due while the order is not finished: it cannot be forgotten.
      RC_ASSERT(d.machine.finished() || d.armed.has_value());
    }
  }));
}

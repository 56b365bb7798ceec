// How an order ends when the venue's last word on it is not understood, or not kept.
#include "harness.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

order_report in_unknown_words(std::int64_t executed) {
  auto told = a_report(order_status::other, executed);
  told.status_text = "EXPIRED_X";
  return told;
}

order_task a_limit_task(time_in_force lasts) {
  auto t = a_task();
  t.request.type = order_type::limit;
  t.request.limit = price::whole(100);
  t.request.lasts = lasts;
  return t;
}

/// Sent at 0 and answered by a word that we do not know, as is every question until one is sent
/// after the horizon of 6.5 s.
void hear_unknown_words(driver& d) {
  d.start();
  d.outcome(order_done{in_unknown_words(1)});
  for (const std::int64_t at : {200, 500, 1'000, 2'000, 5'000}) {
    d.run_to(at);
    REQUIRE(d.did<query_order>());
    d.answer(in_unknown_words(1));
    CHECK(d.machine.state() == order_state::partially_filled);
  }
  d.run_to(10'000);
  REQUIRE(d.did<query_order>());
  d.answer(in_unknown_words(1));
}

/// Acknowledged in an earlier run, and not found by any question of this one: the last of them is
/// the first that was sent after the horizon of 6.5 s.
driver forgotten() {
  driver d;
  d.restart({order_state::acknowledged, 4'242, {}});
  for (const std::int64_t at : {0, 500, 1'000, 2'000, 5'000, 10'000}) {
    d.run_to(at);
    d.answer(order_not_found());
    CHECK(d.machine.state() == order_state::acknowledged);
  }
  return d;
}

/// Five seconds later comes the next question, which finds nothing.
void find_nothing_again(driver& d) {
  d.run_to(d.ms + 5'000);
  REQUIRE(d.did<query_order>());
  d.answer(order_not_found());
}

/// Read just now; the position is not what it was, and somebody traded.
absence_evidence newly_read(const driver& d) {
  return {d.now(), false, false};
}

}  // namespace

TEST_CASE("an order that cannot rest ends by an unknown word too, told after the horizon") {
  driver d{GENERATE(a_task(), a_limit_task(time_in_force::ioc))};
  hear_unknown_words(d);
  CHECK(d.machine.state() == order_state::expired);
  d.run_to(11'000);
  REQUIRE(d.did<read_order_fills>());
  REQUIRE(d.did<order_finished>());
  CHECK(d.did<order_finished>()->executed == quantity::whole(1));
  CHECK(d.did<order_finished>()->cause == finish_cause::venue);
  CHECK_THAT(d.did<order_finished>()->detail, ContainsSubstring("EXPIRED_X"));
  d.fills(std::vector{a_trade(1, 1)});
  CHECK(d.did<order_settled>());
}

TEST_CASE("an order that may rest ends neither by an unknown word nor by not being found") {
  driver d{a_limit_task(time_in_force::gtc)};
  hear_unknown_words(d);
  CHECK(d.machine.state() == order_state::partially_filled);
  for (int i = 0; i < 3; ++i) {
    find_nothing_again(d);
    CHECK_FALSE(d.did<check_absence>());
    d.absence(newly_read(d));
  }
  CHECK(d.machine.state() == order_state::partially_filled);
}

TEST_CASE("an order that the venue told of and knows no more ends as far as it was told") {
  auto d = forgotten();
  REQUIRE(d.did<read_order_fills>());
  CHECK(d.did<read_order_fills>()->id == 4'242);
  CHECK_FALSE(d.did<check_absence>());

  SECTION("after a second question and a truth, both of after the horizon") {
    d.fills(std::vector<fill>{});
    find_nothing_again(d);
    REQUIRE(d.did<check_absence>());
    CHECK(d.did<check_absence>()->newer_than == at_ms(6'500));
    d.absence(newly_read(d));
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->state == order_state::expired);
    CHECK(d.did<order_finished>()->cause == finish_cause::venue);
    CHECK(d.did<order_finished>()->executed.is_zero());
  }
  SECTION("with its trades, which are listed for longer") {
    d.fills(std::vector{a_trade(1, 1)});
    find_nothing_again(d);
    find_nothing_again(d);
    REQUIRE(d.did<check_absence>());
    d.absence(newly_read(d));
    REQUIRE(d.did<order_finished>());
    CHECK(d.did<order_finished>()->state == order_state::expired);
    CHECK(d.did<order_finished>()->executed == quantity::whole(1));
  }
  SECTION("not on a truth of before the horizon") {
    find_nothing_again(d);
    d.absence({at_ms(6'500), true, true});
    CHECK(d.machine.state() == order_state::acknowledged);
    find_nothing_again(d);
    CHECK(d.did<check_absence>());
  }
  SECTION("not when a question in between has found it") {
    d.run_to(15'000);
    d.answer(a_report(order_status::new_, 0));
    find_nothing_again(d);
    CHECK_FALSE(d.did<check_absence>());
    d.absence(newly_read(d));
    CHECK(d.machine.state() == order_state::acknowledged);
  }
  SECTION("and not when it turns up after all") {
    find_nothing_again(d);
    d.report(a_report(order_status::filled, 2));
    d.absence(newly_read(d));
    CHECK(d.machine.state() == order_state::filled);
  }
}

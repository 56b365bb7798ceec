// When an armed close goes out, and when it must wait or must not be.
#include "account_model.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

arming_outcome arm(account_model& a) {
  return a.core().arm({btc.instrument, milliseconds{600'000}, "ops", "checked"}, a.now(), a.done);
}

/// A change that nobody tells of and that cannot be read back becomes a hold.
fill hold_for(account_model& a, side direction, const std::string& amount) {
  a.searches_fail = true;
  auto untold = a.trade(direction, amount, whose::foreign, told::no);
  a.live(15'000);
  REQUIRE(a.standing());
  REQUIRE(a.standing()->cause == hold_cause::unexplained_drift);
  return untold;
}

quantity target_of(const plan& p) {
  return std::get<reduce_plan>(p.body).target;
}

}  // namespace

TEST_CASE("what is explained after all is followed, and an arming that waited does not close it") {
  account_model a;
  open_by_us(a);
  const auto late = hold_for(a, side::buy, "2");
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  CHECK(arm(a).refusal.empty());
  CHECK(a.done.plans.empty());  // An order of ours is open: nothing can be said of the drift.
  a.core().take({late, false, {}}, a.now(), a.done);
  a.tell_own_order();
  a.live(1'000);
  CHECK(a.line()->amount == qty("3"));
  CHECK_FALSE(a.standing());
  CHECK(a.done.plans.empty());
}

TEST_CASE("a close leaves what the books say once our own fills of the same search are in them") {
  account_model a{holding_foreign()};
  open_by_us(a);
  CHECK(arm(a).refusal.empty());
  a.trade(side::buy, "1", whose::ours, told::no);
  a.trade(side::buy, "2", whose::foreign, told::no);
  a.live(15'000);
  CHECK(a.line()->amount == qty("2"));
  REQUIRE(a.done.plans.size() == 1);
  CHECK(target_of(a.done.plans.front()) == qty("2"));
  CHECK(std::get<reduce_plan>(a.done.plans.front().body).of_side == 1);  // And of no other side.
}

TEST_CASE("a close waits for the trades that may explain what it would close") {
  account_model a;
  open_by_us(a);
  hold_for(a, side::sell, "0.5");
  CHECK(arm(a).refusal.empty());
  a.live(1'000);
  CHECK(a.done.plans.empty());  // The exchange holds less than the books.
  a.searches_fail = false;
  a.trades.clear();
  a.change_without_trade("4");
  a.wait(100);
  a.read();
  a.core().compare(btc, a.now(), a.done);
  CHECK(a.done.plans.empty());
  a.answer_searches();
  REQUIRE(a.done.plans.size() == 1);
  CHECK(target_of(a.done.plans.front()) == qty("1"));
}

TEST_CASE("an arming never outlives what may be armed today") {
  const close_arming stored{4, btc.instrument, "ops", "checked", {1'000'000}, {90'000'000}};
  restored_books found;
  found.armings = {stored};
  found.last_arming_id = 4;
  SECTION("the policy was switched off") {
    reconcile_settings off;
    off.close_max = milliseconds{0};
    account_model a{off};
    a.restart_with(found);
    REQUIRE(a.records<close_disarmed>().size() == 1);
    CHECK(a.records<close_disarmed>().front().why == arming_end::expired);
  }
  SECTION("the wall clock was set back") {
    account_model a;
    a.restart_with(found);
    REQUIRE(a.records<close_disarmed>().size() == 1);
    CHECK(a.records<close_disarmed>().front().why == arming_end::replaced);
    REQUIRE(a.records<close_armed>().size() == 1);
    CHECK(a.records<close_armed>().front().what.until.ms ==
          a.now().wall.ms + reconcile_settings{}.close_max.count());
    a.wait(reconcile_settings{}.close_max.count());
    a.core().tick(a.now(), a.done);
    REQUIRE(a.records<close_disarmed>().size() == 2);
    CHECK(a.records<close_disarmed>().back().why == arming_end::expired);
  }
}

TEST_CASE("a release waits until the truth has our own fills in it") {
  account_model a;
  open_by_us(a);
  hold_for(a, side::buy, "2");
  CHECK(a.core().release_obstacle(btc.instrument, a.now()).empty());
  SECTION("an order of ours is open") {
    a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
    CHECK_THAT(a.core().release_obstacle(btc.instrument, a.now()),
               ContainsSubstring("not resolved"));
  }
  SECTION("a fill of ours is newer than the truth") {
    a.wait(10);
    a.trade(side::buy, "1", whose::ours, told::yes);
    CHECK_THAT(a.core().release_obstacle(btc.instrument, a.now()),
               ContainsSubstring("newer than our last fill"));
    a.live(500);
    CHECK(a.core().release_obstacle(btc.instrument, a.now()).empty());
  }
}

TEST_CASE("a release waits until there is a truth that can be accepted") {
  account_model a;
  restored_books found;
  found.holds.push_back({.id = 7, .position = btc, .cause = hold_cause::unexplained_drift});
  a.restart_with(found);
  CHECK_THAT(a.core().release_obstacle(btc.instrument, a.now()), ContainsSubstring("not known"));
  a.read();
  CHECK(a.core().release_obstacle(btc.instrument, a.now()).empty());
}

TEST_CASE("a search that our own budget refuses is put off and proves nothing") {
  account_model a;
  open_by_us(a);
  a.trade(side::buy, "2", whose::foreign, told::no);
  const read_failure refused{failure_kind::rate_limited, 0, 0, "no weight left", {}};
  a.searches_fail = true;
  for (int i = 0; i < 30; ++i) {
    a.wait(1'000);
    a.read();
    a.core().tick(a.now(), a.done);
    a.core().compare(btc, a.now(), a.done);
    if (a.search_is_open())
      a.answer_search_with(refused);
  }
  CHECK_FALSE(a.standing());
  a.searches_fail = false;
  a.live(5'000);
  CHECK(a.line()->amount == qty("3"));
  CHECK(a.records<hold_placed>().empty());
}

TEST_CASE("a drift that begins with an adoption stands its own time before it is a hold") {
  account_model a;
  open_by_us(a);
  a.trade(side::buy, "2", whose::foreign, told::no);
  for (int i = 0; i < 16; ++i) {  // Ripe, but nobody has answered for the trades yet.
    a.wait(500);
    a.read();
    a.core().tick(a.now(), a.done);
    a.core().compare(btc, a.now(), a.done);
  }
  a.answer_searches();
  CHECK(a.line()->amount == qty("3"));
  a.change_without_trade("1");
  a.live(2'000);
  CHECK_FALSE(a.standing());
  a.live(10'000);
  CHECK(a.standing());
}

TEST_CASE("a trade dropped for a read that lagged behind it counts again when it is read back") {
  evidence_book book;
  truth_view before;
  before.content = position_open{qty("1"), at_price("100")};
  before.changed_at = {1'000'000};
  before.as_of = at_ms(900);
  auto f = a_fill(7, side::buy, "2", "100");
  f.traded_at = {1'005'000};
  CHECK(book.note({.what = f, .seen_at = at_ms(1'000)}));
  before.as_of = at_ms(1'010);  // Sent after the event, and still without the trade.
  book.agree(before, {1'005'010});
  REQUIRE(book.empty());
  CHECK_FALSE(book.note({.what = f, .seen_at = at_ms(1'050)}));  // A repeated event.
  CHECK(book.empty());
  CHECK_FALSE(book.note({.what = f, .seen_at = at_ms(1'100), .told = false}));
  REQUIRE_FALSE(book.empty());
  CHECK(book.explaining(qty("2"), {{1'005'000}, {1'005'040}}, {}));
  CHECK_FALSE(book.note({.what = f, .seen_at = at_ms(1'200), .told = false}));
  CHECK(book.trades_of({0, 0}).size() == 1);
}

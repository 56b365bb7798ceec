// Fills of ours that nobody told, or told too late, end in the books and in the journal.
#include <utility>

#include "account_model.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("a wall clock that is an hour off keeps no fill of before a restart out of the books") {
  account_model a;
  a.wall_ahead = GENERATE(-3'600'000, 0, 3'600'000);
  a.trade(side::buy, "2", whose::foreign, told::no);  // Adopted with the position, in no record.
  a.live(1'000);
  a.wait(600'000);
  a.trade(side::buy, "3", whose::ours, told::yes);
  a.live(1'000);
  const auto before = a.line()->amount;
  const auto found = a.journalled();
  a.wait(20'000);
  a.trade(side::sell, "1", whose::ours, told::no);  // Its order is on record, its fill is not.
  a.restart_with(found);
  a.live(20'000);
  CHECK_FALSE(a.standing());
  CHECK(a.line()->amount == before - qty("1"));
  CHECK(a.records<hold_placed>().empty());
}

TEST_CASE("a fill of ours that was taken for another's moves the journal's line, too") {
  account_model a{holding_foreign()};
  open_by_us(a);
  const auto late = a.trade(side::sell, "1", whose::foreign, told::no);
  a.live(1'000);
  REQUIRE(a.standing());
  REQUIRE_FALSE(a.records<fill_recorded>().back().ours);
  a.core().take({late, true, a.plan}, a.now(), a.done);
  CHECK(a.line()->amount.is_zero());
  const auto moved = a.records<ledger_adjusted>();
  REQUIRE(moved.size() == 1);
  CHECK(moved.front().cause == "contained");
  CHECK(moved.front().before == qty("1"));
  CHECK(moved.front().after.is_zero());
}

TEST_CASE(
    "a fill of ours that was adopted as another's is not counted again when its event comes") {
  account_model a;
  a.flat_has_no_time = true;
  open_by_us(a);
  a.wait(20'000);
  // A stop's order, whose number nobody told us: the search is faster than the event.
  const auto late = a.trade(side::sell, "1", whose::foreign, told::no);
  a.live(1'000);
  REQUIRE(a.line()->amount.is_zero());
  a.core().take({late, true, a.plan}, a.now(), a.done);
  CHECK(a.line()->amount.is_zero());
  CHECK(a.records<ledger_adjusted>().back().after.is_zero());
  a.live(30'000);
  CHECK_FALSE(a.standing());
  CHECK(a.records<hold_placed>().empty());
}

TEST_CASE("fills of ours are booked though others took the position back before it was seen") {
  account_model a;
  open_by_us(a);
  a.wait(20'000);
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  const auto lost = a.trade(side::buy, "2", whose::ours, told::no);
  a.trade(side::sell, "2", whose::foreign, told::no);
  SECTION("in this process") {
    a.wait(20'000);
    a.core().order_moved({btc, false, 900, {a.client, a.plan}, true}, a.now(), a.done);
  }
  SECTION("and in the next one") {
    auto found = a.journalled();
    found.unbooked.push_back({btc.instrument, 900, {a.client, a.plan}});
    a.wait(20'000);
    a.restart_with(found);
  }
  a.live(20'000);
  CHECK(a.line()->amount == qty("1"));
  const auto fills = a.records<fill_recorded>();
  REQUIRE(fills.size() == 2);
  CHECK(fills.back().what.id == lost.id);
  CHECK(fills.back().plan == a.plan);
  CHECK(a.records<ledger_adjusted>().back().cause == "contained");
  CHECK(a.records<ledger_adjusted>().back().after == qty("1"));
  CHECK_FALSE(a.standing());
  a.live(100'000);
  const auto searches = a.done.searches.size();
  a.live(1'000'000);
  CHECK(a.done.searches.size() == searches);
  CHECK(a.records<fill_recorded>().size() == 2);
}

TEST_CASE("a lost fill that the venue lists late is waited for, ever more rarely") {
  account_model a;
  open_by_us(a);
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  a.trade(side::buy, "2", whose::ours, told::no);
  a.trade(side::sell, "2", whose::foreign, told::no);
  a.wait(20'000);
  a.core().order_moved({btc, false, 900, {a.client, a.plan}, true}, a.now(), a.done);
  SECTION("it is not in the first answer") {
    const auto all = std::exchange(a.trades, {});
    a.live(5'000);
    CHECK(a.records<fill_recorded>().size() == 1);
    a.trades = all;
    a.live(60'000);
    CHECK(a.records<fill_recorded>().size() == 2);
  }
  SECTION("nobody answers") {
    a.searches_fail = true;
    a.live(60'000);
    const auto first_minute = a.done.searches.size();
    a.live(3'540'000);
    CHECK(a.done.searches.size() < first_minute + 60);
    a.searches_fail = false;
    a.live(700'000);
    CHECK(a.records<fill_recorded>().size() == 2);
  }
}

TEST_CASE("a lost fill is not taken for a part of a truth that is older than our last fill") {
  account_model a;
  open_by_us(a);
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  a.trade(side::buy, "1", whose::ours, told::no);
  a.wait(10'000);
  a.read();  // It has the lost one: as much as the books will say in a moment.
  a.core().order_moved({btc, false, 900, {a.client, a.plan}, true}, a.now(), a.done);
  a.wait(100);
  a.trade(side::buy, "1", whose::ours, told::yes);
  a.core().compare_all(a.now(), a.done);
  a.core().trades_read(btc.instrument, a.trades, a.now(), a.done);
  CHECK(a.records<fill_recorded>().size() == 2);
  a.live(20'000);
  CHECK(a.line()->amount == qty("3"));
  CHECK(a.records<fill_recorded>().size() == 3);
  CHECK_FALSE(a.standing());
}

TEST_CASE("a clock that is set right between two processes hides no fill of after the last one") {
  account_model a;
  a.wall_ahead = 3'600'000;
  open_by_us(a);
  a.wait(60'000);
  a.live(1'000);
  const auto found = a.journalled();
  a.trade(side::sell, "1", whose::ours, told::no);
  a.wait(120'000);
  a.wall_ahead = 0;
  a.restart_with(found);
  a.live(20'000);
  CHECK(a.line()->amount.is_zero());
  CHECK(a.records<hold_placed>().empty());
}

TEST_CASE("a fill of ours that was lost under a hold is booked beside it after a minute") {
  account_model a;
  open_by_us(a);
  a.change_without_trade("7");
  a.live(20'000);
  REQUIRE(a.standing());
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  const auto lost = a.trade(side::sell, "2", whose::ours, told::no);
  a.wait(20'000);
  a.core().order_moved({btc, false, 900, {a.client, a.plan}, true}, a.now(), a.done);
  a.live(30'000);
  CHECK(a.records<fill_recorded>().size() == 1);
  a.live(60'000);
  REQUIRE(a.records<fill_recorded>().size() == 2);
  CHECK(a.records<fill_recorded>().back().what.id == lost.id);
  CHECK(a.line()->amount == qty("1"));
  CHECK(a.standing());
}

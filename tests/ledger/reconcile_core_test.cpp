// The reconciler's core on a small account: what each drift becomes, and that only trades which
// belong to it explain it.
#include "sluice/ledger/reconcile_core.hpp"

#include "account_model.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("our fill that nobody told us is found, recorded whole, and explains the drift") {
  account_model a;
  open_by_us(a);
  const auto lost = a.trade(side::buy, "2", whose::ours, told::no);
  a.live(1'000);
  CHECK(a.line()->amount == qty("3"));
  CHECK(a.line()->fills == 2);
  CHECK(a.line()->fees.at("USDT").str() == "0.02");
  CHECK_FALSE(a.standing());
  const auto fills = a.records<fill_recorded>();
  REQUIRE(fills.size() == 2);
  CHECK(fills.back().what.id == lost.id);
  CHECK(fills.back().plan == a.plan);
  CHECK(fills.back().what.client_id == a.client);
  const auto repairs = a.records<ledger_adjusted>();
  REQUIRE(repairs.size() == 1);
  CHECK(repairs.front().cause == "explained");
  CHECK(repairs.front().before == qty("1"));
  CHECK(repairs.front().after == qty("3"));
  CHECK_THAT(repairs.front().evidence, ContainsSubstring("by our order sl-own"));
  SECTION("and counts nothing when it is told after all") {
    a.core().take({lost, true, a.plan}, a.now(), a.done);
    CHECK(a.line()->amount == qty("3"));
    CHECK(a.line()->fills == 2);
  }
}

TEST_CASE("a trade of somebody else that no event told is found and followed") {
  account_model a;
  open_by_us(a);
  a.trade(side::sell, "1", whose::foreign, told::no);
  a.live(1'000);
  CHECK(a.line()->amount.is_zero());
  CHECK(a.records<ledger_adjusted>().back().cause == "foreign_fill");
  CHECK(a.records<hold_placed>().empty());
  CHECK_FALSE(a.records<fill_recorded>().back().ours);
}

TEST_CASE("under the policy hold a foreign trade stops increases, over a restart, until released") {
  account_model a{holding_foreign()};
  open_by_us(a);
  a.trade(side::buy, "4", whose::foreign, told::yes);
  a.live(1'000);
  REQUIRE(a.standing());
  CHECK(a.standing()->cause == hold_cause::foreign_fill);
  CHECK(a.line()->amount == qty("1"));
  SECTION("the drift goes by itself") {
    a.trade(side::sell, "4", whose::foreign, told::yes);
    a.live(1'000);
    CHECK_FALSE(a.standing());
    CHECK(a.records<hold_released>().back().reason == "drift_gone");
    CHECK(a.line()->amount == qty("1"));
  }
  SECTION("an operator's release adopts the truth") {
    CHECK(a.core().release(btc.instrument, "ops", "seen", a.now(), a.done) == 1);
    a.live(20'000);
    CHECK(a.line()->amount == qty("5"));
    CHECK(a.records<hold_placed>().size() == 1);
  }
  SECTION("a restart keeps the hold, and its cause") {
    a.restart_with(a.journalled());
    a.live(20'000);
    REQUIRE(a.standing());
    CHECK(a.standing()->cause == hold_cause::foreign_fill);
    CHECK(a.records<hold_placed>().size() == 1);
  }
}

TEST_CASE("a flip by others is a hold that names the trade; a flip by our own fills is repaired") {
  account_model a;
  open_by_us(a);
  SECTION("others") {
    a.trade(side::sell, "3", whose::foreign, told::yes);
    a.live(4'000);
    CHECK_FALSE(a.standing());
    a.live(4'000);
    REQUIRE(a.standing());
    CHECK(a.standing()->cause == hold_cause::side_flip);
    CHECK_THAT(a.standing()->evidence, ContainsSubstring("sell 3 at 100 by foreign order 500"));
    CHECK(a.line()->amount == qty("1"));
  }
  SECTION("ours") {
    a.trade(side::sell, "3", whose::ours, told::no);
    a.live(8'000);
    CHECK_FALSE(a.standing());
    CHECK(a.line()->amount == qty("-2"));
  }
}

TEST_CASE("no hold is placed before trades were searched for, or could not be read at all") {
  account_model a;
  open_by_us(a);
  a.change_without_trade("2");
  SECTION("nobody answers yet") {
    for (int i = 0; i < 40; ++i) {
      a.wait(500);
      a.read();
      a.core().compare_all(a.now(), a.done);
    }
    CHECK(a.done.searches.size() == 1);
    CHECK_FALSE(a.standing());
    a.answer_search();
    // That one was sent when the drift was new; the one that decides is sent now.
    CHECK(a.done.searches.size() == 2);
    CHECK_FALSE(a.standing());
    a.answer_search();
    REQUIRE(a.standing());
    CHECK(a.standing()->cause == hold_cause::unexplained_drift);
    CHECK_THAT(a.standing()->evidence, ContainsSubstring("the newest 1 trades were read"));
  }
  SECTION("every attempt fails") {
    a.searches_fail = true;
    a.live(20'000);
    REQUIRE(a.standing());
    CHECK_THAT(a.standing()->evidence,
               ContainsSubstring("3 attempts failed, the last one: timed_out slow"));
    CHECK(a.done.searches.size() == 6);
    SECTION("and once they can be read, the hold goes with the repair") {
      // What was hidden turns out to be a trade.
      a.trades.push_back(a.trades.back());
      a.trades.back().id = 77;
      a.trades.back().order = 500;
      a.trades.back().amount = qty("2");
      a.trades.back().traded_at = venue_time{a.now().wall.ms - 20'000};
      a.searches_fail = false;
      a.live(65'000);
      CHECK_FALSE(a.standing());
      CHECK(a.records<hold_released>().back().reason == "repaired: foreign_fill");
      CHECK(a.line()->amount == qty("3"));
    }
  }
}

TEST_CASE("under the policy hold our own part of a drift is booked and only the rest holds") {
  account_model a{holding_foreign()};
  open_by_us(a);
  a.trade(side::buy, "4", whose::foreign, told::no);
  a.wait(100);
  a.trade(side::buy, "1", whose::ours, told::no);
  a.live(1'000);
  REQUIRE(a.standing());
  CHECK(a.standing()->cause == hold_cause::foreign_fill);
  CHECK(a.line()->amount == qty("2"));
  CHECK(a.line()->fills == 2);
  CHECK(a.records<fill_recorded>().size() == 3);
  const auto searches = a.done.searches.size();
  a.live(10'000);
  CHECK(a.done.searches.size() == searches);
  SECTION("more of the same is recorded too") {
    a.trade(side::buy, "3", whose::foreign, told::no);
    a.live(10'000);
    CHECK(a.records<fill_recorded>().size() == 4);
    CHECK(a.line()->amount == qty("2"));
  }
  SECTION("and the hold goes when the rest does") {
    a.trade(side::sell, "4", whose::foreign, told::no);
    a.live(2'000);
    CHECK_FALSE(a.standing());
    CHECK(a.line()->amount == qty("2"));
  }
}

TEST_CASE("a fill that is told late repairs and ends the hold in the same moment") {
  account_model a;
  open_by_us(a);
  const auto late = a.trade(side::buy, "2", whose::foreign, told::no);
  a.trades.pop_back();
  a.live(10'000);
  REQUIRE(a.standing());
  a.core().take({late, false, {}}, a.now(), a.done);
  CHECK_FALSE(a.standing());
  CHECK(a.line()->amount == qty("3"));
  CHECK(a.records<hold_released>().back().author == "reconciler");
}

TEST_CASE("a fill of ours that is told after a person accepted its truth counts its fee alone") {
  account_model a;
  open_by_us(a);
  const auto late = a.trade(side::buy, "2", whose::ours, told::no);
  a.trades.pop_back();
  a.live(10'000);
  REQUIRE(a.core().release(btc.instrument, "ops", "seen", a.now(), a.done) == 1);
  CHECK(a.line()->amount == qty("3"));
  a.core().take({late, true, a.plan}, a.now(), a.done);
  CHECK(a.line()->amount == qty("3"));
  CHECK(a.line()->fees.at("USDT").str() == "0.02");
  CHECK(a.records<ledger_adjusted>().back().cause == "contained");
}

TEST_CASE("a fill that the books cannot tell from a forgotten one is told once to a person") {
  account_model a;
  open_by_us(a);
  auto found = a.journalled();
  found.trade_ids[btc.instrument] = {50};
  found.trade_ids_max = 1;  // There were more, and they are not known.
  a.restart_with(found);
  const auto old = a_fill(20, side::buy, "1", "100");
  for (int i = 0; i < 3; ++i)
    a.core().take({old, true, a.plan}, a.now(), a.done);
  REQUIRE(a.records<notice>().size() == 1);
  CHECK(a.records<notice>().front().event == "fill_refused");
  CHECK(a.line()->amount == qty("1"));
}

TEST_CASE("a trade read while its order was not known to be ours is ours once it is") {
  account_model a;
  a.live(1'000);
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  a.trade(side::buy, "1", whose::ours, told::no);
  a.read();
  a.core().trades_read(btc.instrument, a.trades, a.now(), a.done);
  CHECK(a.records<fill_recorded>().empty());
  a.tell_own_order();
  CHECK(a.records<ledger_adjusted>().back().cause == "explained");
  CHECK(a.records<fill_recorded>().back().ours);
  CHECK(a.line()->fills == 1);
}

TEST_CASE("a trade of the other leg explains nothing of this one") {
  account_model a;
  open_by_us(a);
  a.change_without_trade("2");
  auto other = a_fill(50, side::buy, "2", "100");
  other.leg = position_side::long_;
  other.traded_at = {a.now().wall.ms};
  a.trades.push_back(other);
  a.live(10'000);
  REQUIRE(a.standing());
  CHECK(a.line()->amount == qty("1"));
}

TEST_CASE("a position found at the start is adopted, and one that opens later is a drift") {
  account_model a;
  SECTION("found") {
    a.trade(side::buy, "2", whose::foreign, told::no);
    a.live(1'000);
    CHECK(a.records<ledger_adjusted>().back().cause == "adopted_at_start");
    CHECK(a.done.searches.size() == 1);  // Whether it is made up of trades of ours.
    SECTION("and the trade that made it explains nothing later") {
      a.live(1'000);
      a.change_without_trade("2");
      a.live(10'000);
      REQUIRE(a.standing());
      CHECK(a.line()->amount == qty("2"));
    }
  }
  SECTION("opened") {
    a.live(1'000);
    a.trade(side::buy, "2", whose::foreign, told::no);
    a.live(1'000);
    CHECK(a.records<ledger_adjusted>().back().cause == "foreign_fill");
  }
}

TEST_CASE("a hold of a position that we never traded stands over a restart") {
  reconcile_settings strict;
  strict.foreign = foreign_policy::hold;
  account_model a(strict);
  a.live(1'000);  // Flat.
  a.trade(side::buy, "2", whose::foreign, told::no);
  a.live(10'000);
  const auto before = a.standing();
  REQUIRE(before);
  CHECK_FALSE(a.line());
  a.restart_with(a.journalled());
  a.live(60'000);
  REQUIRE(a.standing());
  CHECK(a.standing()->id == before->id);
  CHECK(a.records<hold_released>().empty());
  CHECK(a.records<ledger_adjusted>().empty());
  SECTION("and ends when the position does") {
    a.trade(side::sell, "2", whose::foreign, told::no);
    a.live(10'000);
    CHECK_FALSE(a.standing());
  }
}

TEST_CASE("a position without a line is ours when our own trades make it up, else it is adopted") {
  account_model a;
  restored_books found;
  found.own_orders.push_back({btc.instrument, 900, {a.client, a.plan}});
  a.restart_with(found);
  const bool by_us = GENERATE(true, false);
  a.trade(side::buy, "2", by_us ? whose::ours : whose::foreign, told::no);
  a.read();
  a.core().compare(btc, a.now(), a.done);
  CHECK_FALSE(a.line());  // Nobody has looked for its trades yet.
  SECTION("and they were read") {
    a.answer_searches();
    REQUIRE(a.line());
    CHECK(a.line()->amount == qty("2"));
    CHECK(a.line()->fills == (by_us ? 1 : 0));
    CHECK(a.records<ledger_adjusted>().front().cause == (by_us ? "explained" : "adopted_at_start"));
    CHECK(a.records<fill_recorded>().size() == (by_us ? 1 : 0));
  }
  SECTION("and they cannot be read for a while") {
    a.searches_fail = true;
    a.live(50'000);
    CHECK_FALSE(a.line());
    CHECK(a.records<ledger_adjusted>().empty());
    const auto attempts = a.done.searches.size();
    CHECK(attempts >= 12);
    CHECK(attempts <= 18);
    a.searches_fail = false;
    a.live(11'000);
    REQUIRE(a.line());
    CHECK(a.line()->fills == (by_us ? 1 : 0));
    CHECK(a.records<ledger_adjusted>().front().cause == (by_us ? "explained" : "adopted_at_start"));
    CHECK(a.records<fill_recorded>().size() == (by_us ? 1 : 0));
  }
  SECTION("and they cannot be read for a minute") {
    a.searches_fail = true;
    a.live(62'000);
    REQUIRE(a.line());
    CHECK(a.records<ledger_adjusted>().front().cause == "adopted_at_start");
  }
  CHECK(a.records<hold_placed>().empty());
}

TEST_CASE("a position without books is adopted before an order of ours changes it") {
  account_model a;
  a.restart_with({});
  a.searches_fail = true;
  a.trade(side::buy, "2", whose::foreign, told::no);
  a.read();
  a.core().compare(btc, a.now(), a.done);
  CHECK_FALSE(a.line());
  // A stop of an earlier run that nobody could ask for yet.
  if (GENERATE(false, true))
    a.core().order_moved({btc, true, 0, {client_order_id("slp-1"), {}}}, a.now(), a.done);
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  REQUIRE(a.line());
  CHECK(a.line()->amount == qty("2"));
  a.wait(100);
  a.trade(side::sell, "2", whose::ours, told::yes);
  a.tell_own_order();
  a.live(70'000);
  CHECK(a.line()->amount.is_zero());
  CHECK(a.records<hold_placed>().empty());
}

TEST_CASE("a wall clock that is an hour ahead of the venue's keeps no fill out of the books") {
  account_model a;
  a.flat_has_no_time = true;
  a.wall_ahead = 3'600'000;
  open_by_us(a);
  a.trade(side::sell, "1", whose::ours, told::no);  // Found by a search: books follow a flat truth.
  a.live(1'000);
  REQUIRE(a.line()->amount.is_zero());
  REQUIRE(a.records<ledger_adjusted>().back().cause == "explained");
  a.wait(6'000);
  a.trade(side::buy, "2", whose::ours, told::yes);
  CHECK(a.line()->amount == qty("2"));
  a.live(10'000);
  CHECK(a.line()->amount == qty("2"));
  CHECK_FALSE(a.standing());
}

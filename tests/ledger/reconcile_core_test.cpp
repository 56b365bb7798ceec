// The reconciler's core on a small account: what each drift becomes, and that only trades which
// belong to it explain it.
#include "sluice/ledger/reconcile_core.hpp"

#include <rapidcheck.h>

#include "account_model.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

/// One unit long by an order of ours, known to everybody.
void open_by_us(account_model& a) {
  a.live(1'000);
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  a.trade(side::buy, "1", whose::ours, told::yes);
  a.tell_own_order();
  a.live(2'000);
  REQUIRE(a.line()->amount == qty("1"));
}

reconcile_settings holding_foreign() {
  reconcile_settings s;
  s.foreign = foreign_policy::hold;
  return s;
}

restored_books books_of(account_model& a) {
  restored_books found;
  found.lines.push_back({*a.line(), a.now().wall});
  for (const auto& f : a.records<fill_recorded>())
    found.trade_ids[btc.instrument].push_back(f.what.id);
  found.trade_ids_max = 1'000;
  found.own_orders.push_back({btc.instrument, 900, {a.client, a.plan}});
  if (a.standing())
    found.holds.push_back(*a.standing());
  found.last_hold_id = a.standing() ? a.standing()->id : 0;
  return found;
}

}  // namespace

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
    auto found = books_of(a);
    std::erase(found.trade_ids[btc.instrument], 2);  // The ledger has not followed it.
    a.restart_with(found);
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
    CHECK(a.done.searches.empty());
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

TEST_CASE("what happened while nobody listened is found after the start") {
  account_model a;
  a.flat_has_no_time = GENERATE(false, true);
  open_by_us(a);
  auto found = books_of(a);
  a.wait(3'600'000);
  SECTION("fills of ours") {
    a.trade(side::buy, "1", whose::ours, told::no);
    a.wait(1'000);
    a.trade(side::sell, "2", whose::ours, told::no);
    a.wait(10'000);
    a.restart_with(found);
    a.live(20'000);
    CHECK(a.line()->amount.is_zero());
    CHECK(a.line()->fills == 3);
    CHECK(a.records<ledger_adjusted>().back().cause == "explained");
  }
  SECTION("trades of others among ours") {
    a.trade(side::buy, "1", whose::foreign, told::no);
    a.wait(1'000);
    a.trade(side::buy, "2", whose::ours, told::no);
    a.wait(10'000);
    a.restart_with(found);
    a.live(20'000);
    CHECK(a.line()->amount == qty("4"));
    CHECK(a.line()->fills == 2);
    CHECK(a.records<ledger_adjusted>().back().cause == "foreign_fill");
  }
  CHECK(a.records<hold_placed>().empty());
}

namespace {

void do_something(account_model& a, int what, const std::string& amount) {
  const auto way = what % 2 == 0 ? side::buy : side::sell;
  const auto of = what % 4 < 2 ? whose::ours : whose::foreign;
  a.trade(way, amount, of, what % 8 < 4 ? told::yes : told::no);
}

}  // namespace

TEST_CASE("whatever is traded, told or not, the books end where the exchange is") {
  CHECK(rc::check([] {
    account_model a;
    a.flat_has_no_time = *rc::gen::arbitrary<bool>();
    a.live(1'000);
    a.tell_own_order();
    notional fees;
    std::int64_t own = 0;
    for (const auto what : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 64))) {
      do_something(a, what, std::to_string(1 + what / 16));
      if (a.trades.back().order == 900) {
        ++own;
        fees += a.trades.back().fee;
      }
      if (what % 3 == 0)
        a.live(500 * (1 + what % 5));
      else
        a.wait(50 + what);
    }
    a.live(30'000);
    for (const auto& h : a.records<hold_placed>())
      RC_ASSERT(h.what.cause == hold_cause::side_flip);
    if (a.standing())
      return;  // A flip by others waits for a person.
    RC_ASSERT((a.line() ? a.line()->amount : quantity{}) == a.held());
    std::int64_t recorded = 0;
    for (const auto& f : a.records<fill_recorded>())
      recorded += f.ours ? 1 : 0;
    RC_ASSERT(recorded <= own);
    if (a.line())
      RC_ASSERT(a.line()->fees["USDT"] <= fees);
  }));
}

TEST_CASE("no trades of before, whatever their sums, explain a change that no trade made") {
  CHECK(rc::check([] {
    account_model a;
    a.live(1'000);
    a.tell_own_order();
    // Far from zero, so that no flip is a hold of its own.
    a.trade(side::buy, "100", whose::ours, told::yes);
    a.live(1'000);
    for (const auto what : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 16))) {
      do_something(a, what, std::to_string(1 + what / 8));
      a.wait(50);
      if (what % 3 == 0)
        a.live(1'000);
    }
    a.live(15'000);
    RC_ASSERT(a.line()->amount == a.held());
    const auto before = a.records<ledger_adjusted>().size();
    a.wait(50);
    // More than what is let pass, and of the sizes that were traded.
    a.change_without_trade(std::to_string(*rc::gen::element(-6, -5, -4, -3, 3, 4, 5, 6)));
    a.wait(50);
    for (const auto what : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 8))) {
      a.trade(what % 2 == 0 ? side::buy : side::sell, "1", whose::ours, told::yes);
      a.wait(50);
    }
    a.live(15'000);
    RC_ASSERT(a.standing());
    RC_ASSERT(a.records<ledger_adjusted>().size() == before);
  }));
}

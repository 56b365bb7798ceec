// The books over restarts and over whatever is traded: they end where the exchange is, and nothing
// old explains anything new.
#include <rapidcheck.h>

#include "account_model.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("what happened while nobody listened is found after the start") {
  account_model a;
  a.flat_has_no_time = GENERATE(false, true);
  open_by_us(a);
  auto found = a.journalled();
  a.wait(3'600'000);
  SECTION("fills of ours") {
    a.trade(side::buy, "1", whose::ours, told::no);
    a.wait(1'000);
    a.trade(side::sell, "2", whose::ours, told::no);
    a.wait(3'600'000);
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

TEST_CASE("whatever is traded, told or not, over restarts, the books end where the exchange is") {
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
      if (what % 7 == 0)
        a.restart_with(a.journalled());
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

TEST_CASE("after a restart a trade of before the journal's line explains nothing") {
  account_model a;
  a.trade(side::buy, "2", whose::foreign, told::no);
  a.wait(60'000);
  a.live(1'000);
  REQUIRE(a.line()->amount == qty("2"));
  const auto found = a.journalled();
  a.wait(60'000);
  a.change_without_trade("2");
  a.restart_with(found);
  a.live(10'000);
  REQUIRE(a.standing());
  CHECK(a.line()->amount == qty("2"));
}

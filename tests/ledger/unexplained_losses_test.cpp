// What others won or lost in trades that explain no drift: it is the account's, and recorded once.
#include "account_model.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Somebody else trades, no event tells it, and the venue's list of trades has it with its result.
fill traded_by_others(account_model& a, side direction, const std::string& amount,
                      const char* result) {
  a.trade(direction, amount, whose::foreign, told::no);
  a.trades.back().realised = notional::parse(result).value();
  return a.trades.back();
}

/// Of these records those that are of this trade.
std::vector<fill_recorded> records_of(const account_model& a, const fill& f) {
  auto all = a.records<fill_recorded>();
  std::erase_if(all, [&](const fill_recorded& r) { return r.what.id != f.id; });
  return all;
}

}  // namespace

TEST_CASE("what others lost by turning a position is recorded with the hold, once") {
  account_model a;
  open_by_us(a);
  const auto lost = traded_by_others(a, side::sell, "2", "-1000");
  a.live(3'000);
  // It may yet turn out to be ours.
  CHECK(records_of(a, lost).empty());
  a.live(7'000);
  REQUIRE(a.standing());
  CHECK(a.standing()->cause == hold_cause::side_flip);
  const auto found = records_of(a, lost);
  REQUIRE(found.size() == 1);
  CHECK_FALSE(found.front().ours);
  CHECK(found.front().what.realised == notional::parse("-1000").value());
  // The books are held, not moved.
  CHECK(a.line()->amount == qty("1"));
  CHECK(a.line()->realised.is_zero());
  SECTION("an event that comes late after all") {
    a.core().take({lost, false, {}}, a.now(), a.done);
    CHECK(records_of(a, lost).size() == 1);
    CHECK(a.standing());
  }
  SECTION("more of the same while the hold stands") {
    const auto more = traded_by_others(a, side::sell, "1", "-7");
    a.live(2'000);
    CHECK(records_of(a, more).size() == 1);
    a.live(70'000);
    CHECK(records_of(a, more).size() == 1);
    CHECK(records_of(a, lost).size() == 1);
  }
  SECTION("an operator accepts the truth") {
    CHECK(a.core().release(btc.instrument, "ops", "seen", a.now(), a.done) == 1);
    a.live(20'000);
    CHECK(a.line()->amount == qty("-1"));
    CHECK(records_of(a, lost).size() == 1);
  }
  SECTION("what is recorded still explains what the drift becomes") {
    const auto back = traded_by_others(a, side::buy, "2.5", "3");
    a.live(2'000);
    CHECK_FALSE(a.standing());
    CHECK(a.records<hold_released>().back().reason == "repaired: foreign_fill");
    CHECK(a.line()->amount == qty("1.5"));
    CHECK(records_of(a, lost).size() == 1);
    CHECK(records_of(a, back).size() == 1);
  }
}

TEST_CASE("trades of others that account for a part of a drift are recorded with its hold") {
  account_model a;
  open_by_us(a);
  const auto lost = traded_by_others(a, side::sell, "0.4", "-50");
  a.change_without_trade("0.2");
  a.live(10'000);
  REQUIRE(a.standing());
  CHECK(a.standing()->cause == hold_cause::unexplained_drift);
  CHECK(records_of(a, lost).size() == 1);
  CHECK(a.line()->amount == qty("1"));
}

TEST_CASE("what others lost in a drift that ended by itself is recorded before it is forgotten") {
  account_model a;
  open_by_us(a);
  const auto lost = traded_by_others(a, side::sell, "2", "-1000");
  a.live(2'000);
  REQUIRE(records_of(a, lost).empty());
  a.change_without_trade("2");
  a.live(2'000);
  CHECK_FALSE(a.standing());
  CHECK(records_of(a, lost).size() == 1);
  CHECK(a.line()->amount == qty("1"));
}

TEST_CASE("a trade of ours in a turned position is never recorded as somebody else's") {
  account_model a;
  open_by_us(a);
  const auto own = a.trade(side::sell, "3", whose::ours, told::no);
  a.wait(100);
  const auto lost = traded_by_others(a, side::sell, "1", "-9");
  a.live(10'000);
  REQUIRE(a.standing());
  CHECK(a.standing()->cause == hold_cause::side_flip);
  CHECK(records_of(a, lost).size() == 1);
  CHECK(records_of(a, own).empty());
  a.core().take({own, true, a.plan}, a.now(), a.done);
  REQUIRE(records_of(a, own).size() == 1);
  CHECK(records_of(a, own).front().ours);
}

TEST_CASE("trades of long ago are not recorded because a hold stands") {
  account_model a;
  const auto old = traded_by_others(a, side::buy, "1", "-500");
  a.change_without_trade("-1");
  a.wait(3'600'000);
  a.live(1'000);  // Flat, and nothing to look for.
  a.change_without_trade("2");
  a.live(10'000);
  REQUIRE(a.standing());
  a.restart_with(a.journalled());
  a.live(70'000);
  REQUIRE(a.standing());
  CHECK(records_of(a, old).empty());
}

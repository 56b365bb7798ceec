// Fills count once, and the ledger is what they and the adjustments add up to.
#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

quantity line_of(store& s, const std::string& name, position_side leg = position_side::both) {
  const auto back = s.recover().value();
  for (const auto& l : back.ledger)
    if (l.position == position_key{symbol(name), leg})
      return l.amount;
  FAIL("no ledger line of " << name);
  return {};
}

TEST_CASE("a fill that comes twice is written once, also over a restart") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, a_fill("BTCUSDT", 10, side::buy, "0.5"));
    auto again = a_record(a_fill("BTCUSDT", 10, side::buy, "0.5"));
    CHECK(s->append(again).value() == appended::duplicate);
    CHECK(again.seq == 0);
    REQUIRE(s->commit().has_value());
  }
  auto s = opened(d.journal());
  auto again = a_record(a_fill("BTCUSDT", 10, side::buy, "0.5"));
  CHECK(s->append(again).value() == appended::duplicate);
  CHECK(put(*s, a_fill("ETHUSDT", 10, side::buy, "0.5")) == 2);
  CHECK(line_of(*s, "BTCUSDT") == decimal<quantity>("0.5"));
}

TEST_CASE("a ledger line is the sum of our fills, signed, and set by an adjustment") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, a_fill("BTCUSDT", 1, side::buy, "0.5"));
    put(*s, a_fill("BTCUSDT", 2, side::sell, "0.8"));
    auto foreign = a_fill("BTCUSDT", 3, side::buy, "9");
    foreign.ours = false;
    put(*s, foreign);
    CHECK(line_of(*s, "BTCUSDT") == decimal<quantity>("-0.3"));
    put(*s, ledger_adjusted{{symbol("BTCUSDT"), position_side::both},
                            decimal<quantity>("-0.3"),
                            decimal<quantity>("8.7"),
                            "foreign_fill",
                            "trade 3"});
    put(*s, a_fill("BTCUSDT", 4, side::buy, "0.00000001"));
    REQUIRE(s->commit().has_value());
  }
  auto s = opened(d.journal());
  CHECK(line_of(*s, "BTCUSDT") == decimal<quantity>("8.70000001"));
}

TEST_CASE("a trade of others is given back as known once the ledger was set to a truth after it") {
  const directory d;
  auto s = opened(d.journal());
  put(*s, a_fill("BTCUSDT", 1, side::buy, "0.5"));
  auto foreign = a_fill("BTCUSDT", 2, side::buy, "1");
  foreign.ours = false;
  put(*s, foreign);
  const auto known = [&] { return s->recover().value().trade_ids.at(symbol("BTCUSDT")); };
  CHECK(known() == std::vector<trade_id>{1});
  const auto adjust = [&](const char* name, const char* cause) {
    put(*s, ledger_adjusted{{symbol(name), position_side::both},
                            decimal<quantity>("0.5"),
                            decimal<quantity>("1.5"),
                            cause,
                            "why"});
  };
  adjust("BTCUSDT", "contained");
  adjust("BTCUSDT", "reconcile_close");
  adjust("ETHUSDT", "foreign_fill");
  CHECK(known() == std::vector<trade_id>{1});
  adjust("BTCUSDT", "foreign_fill");
  CHECK(known() == std::vector<trade_id>{2, 1});
}

TEST_CASE("a ledger line comes back with entry, profit, fees by asset and number of fills") {
  const directory d;
  {
    auto s = opened(d.journal());
    auto first = a_fill("BTCUSDT", 1, side::buy, "0.5");
    first.entry_after = decimal<price>("97000");
    put(*s, first);
    auto second = a_fill("BTCUSDT", 2, side::sell, "0.2");
    second.what.fee = decimal<notional>("0.002");
    second.what.fee_asset = "BNB";
    second.what.realised = decimal<notional>("-3.5");
    second.what.traded_at = {1'795'000'003'000};
    second.entry_after = decimal<price>("97000");
    put(*s, second);
    auto third = a_fill("BTCUSDT", 3, side::sell, "0.1");
    third.what.realised = decimal<notional>("1.25");
    third.entry_after = decimal<price>("97000");
    put(*s, third);
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal())->recover().value().ledger;
  REQUIRE(back.size() == 1);
  CHECK(back[0].amount == decimal<quantity>("0.2"));
  CHECK(back[0].entry == decimal<price>("97000"));
  CHECK(back[0].realised == decimal<notional>("-2.25"));
  CHECK(back[0].fills == 3);
  CHECK(back[0].last_traded_at == venue_time{1'795'000'003'000});
  CHECK(back[0].fees == std::map<std::string, notional>{{"BNB", decimal<notional>("0.002")},
                                                        {"USDT", decimal<notional>("0.02")}});
}

TEST_CASE("the two legs of a symbol have a ledger line each") {
  const directory d;
  auto s = opened(d.journal());
  auto up = a_fill("BTCUSDT", 1, side::buy, "1"), down = a_fill("BTCUSDT", 2, side::sell, "2");
  up.what.leg = position_side::long_;
  down.what.leg = position_side::short_;
  put(*s, up);
  put(*s, down);
  CHECK(line_of(*s, "BTCUSDT", position_side::long_) == decimal<quantity>("1"));
  CHECK(line_of(*s, "BTCUSDT", position_side::short_) == decimal<quantity>("-2"));
}

TEST_CASE("a recovery names the orders that traded more than there are fills of theirs") {
  const directory d;
  auto s = opened(d.journal());
  put(*s, plan_accepted{an_open_plan("p1")});
  put(*s, an_intent("o1", "p1"));
  const auto unbooked = [&] { return s->recover().value().unbooked_orders; };
  auto ended = a_change("o1", "p1", order_state::filled);
  ended.venue_id = 77;
  ended.executed = decimal<quantity>("0.3");
  SECTION("one that is not over has its fills still to come") {
    ended.state = order_state::partially_filled;
    put(*s, ended);
    CHECK(unbooked().empty());
  }
  SECTION("one that is over") {
    put(*s, ended);
    REQUIRE(unbooked().size() == 1);
    CHECK(unbooked()[0].venue_id == 77);
    CHECK(unbooked()[0].client_id == client_order_id("o1"));
    CHECK(unbooked()[0].plan == plan_id("p1"));
    put(*s, a_fill("BTCUSDT", 1, side::buy, "0.1"));
    CHECK(unbooked().size() == 1);
    put(*s, a_fill("BTCUSDT", 2, side::buy, "0.2"));
    CHECK(unbooked().empty());
  }
  SECTION("one that never traded") {
    ended.state = order_state::expired;
    ended.executed = {};
    put(*s, ended);
    CHECK(unbooked().empty());
  }
}

TEST_CASE("a recovery gives back the newest trade ids of each symbol, as many as asked") {
  const directory d;
  auto s = store::open(d.journal(), {.trade_ids_kept = 2}).value();
  for (trade_id id : {5, 9, 7})
    put(*s, a_fill("BTCUSDT", id, side::buy, "1"));
  put(*s, a_fill("ETHUSDT", 6, side::buy, "1"));
  const auto back = s->recover().value().trade_ids;
  REQUIRE(back.size() == 2);
  CHECK(back.at(symbol("BTCUSDT")) == std::vector<trade_id>{9, 7});
  CHECK(back.at(symbol("ETHUSDT")) == std::vector<trade_id>{6});
}

TEST_CASE("a fill without a trade id is refused and does not fail the store") {
  const directory d;
  auto s = opened(d.journal());
  auto r = a_record(a_fill("BTCUSDT", 0, side::buy, "1"));
  const auto refused = s->append(r);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::invalid_value);
  CHECK_FALSE(s->failed());
  CHECK(put(*s, a_fill("BTCUSDT", 1, side::buy, "1")) == 1);
}

}  // namespace
}  // namespace sluice::journal

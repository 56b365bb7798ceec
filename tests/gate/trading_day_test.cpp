// What a day's records add up to, whenever and however often a process starts in between.
#include "sluice/gate/trading_day.hpp"
#include "gate_builders.hpp"
#include "sluice/gate/equity_peaks.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t day_ms = 86'400'000;
/// Half an hour before a UTC midnight.
constexpr std::int64_t late_ms = 20'000 * day_ms - 1'800'000;

stamp late(milliseconds after) {
  return {start + after, {late_ms + after.count()}};
}

fill_recorded a_fill(const char* realised, const char* fee, const char* entry_after,
                     bool ours = true, const char* asset = "USDT") {
  static trade_id last = 0;
  fill_recorded b;
  b.what.instrument = symbol{"BTCUSDT"};
  b.what.id = ++last;
  b.what.amount = qty("1");
  b.what.realised = value_of(realised);
  b.what.fee = value_of(fee);
  b.what.fee_asset = asset;
  b.ours = ours;
  b.entry_after = px(entry_after);
  return b;
}

order_intended an_intent(const char* plan, const char* instrument, bool reduce_only = false) {
  order_intended b;
  b.plan = plan_id{plan};
  b.request.instrument = symbol{instrument};
  b.request.reduce_only = reduce_only;
  return b;
}

}  // namespace

TEST_CASE("the day's result is every trade of the account, after fees and funding") {
  trading_day day;
  day.take(a_fill("0", "0.04", "50000"), late(1s));
  day.take(a_fill("-12.5", "0.05", "0"), late(2s));
  // A liquidation is no order of ours, but its loss is.
  day.take(a_fill("-7.00000001", "0", "0", false), late(3s));
  // What a fee in another asset is worth nobody says here.
  day.take(a_fill("1", "0.001", "0", true, "BNB"), late(4s));
  day.take(funding_booked{symbol{}, "USDT", value_of("-0.25"), {}}, late(5s));
  const auto money = day.money(late(6s).wall);
  CHECK(money.realised == value_of("-18.50000001"));
  CHECK(money.fees == value_of("0.09"));
  CHECK(money.funding == value_of("-0.25"));
  CHECK(money.result() == value_of("-18.84000001"));
}

TEST_CASE("a day ends at midnight UTC, with or without a record") {
  trading_day day;
  day.take(a_fill("-5", "0", "0"), late(0s));
  CHECK(day.money(late(29min).wall).realised == value_of("-5"));
  CHECK(day.money(late(30min).wall).realised == notional{});
  CHECK(day.of(symbol{"BTCUSDT"}, late(30min).wall).round_trips == 0);
  day.take(a_fill("-1", "0", "0"), late(31min));
  CHECK(day.money(late(31min).wall).realised == value_of("-1"));
  // A wall clock that is set back gives nothing back.
  CHECK(day.money(late(0s).wall).realised == value_of("-1"));
}

TEST_CASE("a wall clock that is set forward begins no day: the venue's times do") {
  trading_day day;
  const auto at_venue = [](milliseconds after) { return venue_time{late_ms + after.count()}; };
  auto loss = a_fill("-100", "0", "50000");
  loss.what.traded_at = at_venue(1s);
  day.take(loss, late(1s));
  // Half a day ahead, over midnight.
  day.venue_clock(-14h);
  CHECK(day.money(late(14h + 2s).wall).result() == value_of("-100"));
  auto gain = a_fill("1", "0", "0");
  gain.what.traded_at = at_venue(3s);
  day.take(gain, late(14h + 3s));
  day.take(ledger_adjusted{}, late(14h + 4s));
  CHECK(day.of(symbol{"BTCUSDT"}, late(14h + 4s).wall).round_trips == 1);
  // Set right again, here and after a restart.
  day.venue_clock(0ms);
  CHECK(day.money(late(5s).wall).result() == value_of("-99"));
  trading_day next;
  next.take(loss, late(1s));
  next.take(gain, late(14h + 3s));
  CHECK(next.money(late(6s).wall).result() == value_of("-99"));
  CHECK(next.money(late(1h).wall).result() == notional{});
}

TEST_CASE("a round trip ends when our books become flat, once, and losses are counted in a row") {
  const symbol btc_only{"BTCUSDT"};
  trading_day day;
  const auto trip = [&](const char* result) {
    day.take(a_fill("0", "0.1", "50000"), late(1s));
    day.take(a_fill(result, "0.1", "0"), late(1s));
  };
  trip("-1");
  trip("0.19");  // Less than its fees.
  CHECK(day.of(btc_only, late(1s).wall).round_trips == 2);
  CHECK(day.of(btc_only, late(1s).wall).losses_in_a_row == 2);
  // A late trade of what is flat already is no second round trip.
  day.take(a_fill("0", "0", "0"), late(1s));
  CHECK(day.of(btc_only, late(1s).wall).round_trips == 2);
  trip("5");
  CHECK(day.of(btc_only, late(1s).wall).losses_in_a_row == 0);
  CHECK(day.of(symbol{"ETHUSDT"}, late(1s).wall).round_trips == 0);
}

TEST_CASE("each close of what was adopted ends a round trip, though no fill of ours opened it") {
  const symbol btc_only{"BTCUSDT"};
  const ledger_adjusted adopted{
      {btc_only, position_side::both}, {}, qty("1"), "foreign_fill", "seen", px("50000")};
  trading_day day;
  for (int i = 0; i < 3; ++i) {
    day.take(adopted, late(1s));
    day.take(a_fill("-1", "0.1", "0"), late(1s));
  }
  CHECK(day.of(btc_only, late(1s).wall).round_trips == 3);
  CHECK(day.of(btc_only, late(1s).wall).losses_in_a_row == 3);
  // Set to flat, it stands as little as before.
  ledger_adjusted gone = adopted;
  gone.after = {};
  day.take(gone, late(1s));
  day.take(a_fill("0", "0", "0"), late(1s));
  CHECK(day.of(btc_only, late(1s).wall).round_trips == 3);
}

TEST_CASE("entries are counted over a minute and an hour, exits and repetitions not") {
  trading_day day;
  day.take(an_intent("a", "BTCUSDT"), late(0s));
  day.take(an_intent("x", "BTCUSDT", true), late(0s));
  day.take(an_intent("b", "ETHUSDT"), late(30s));
  // Sent again under its id, and told by the executor too: one entry.
  day.take(an_intent("b", "ETHUSDT"), late(31s));
  day.entry_sent(plan_id{"b"}, symbol{"ETHUSDT"}, start + 32s);
  const auto account = day.entries(start + 59s);
  CHECK(account.minute == 2);
  CHECK(account.hour == 2);
  CHECK(day.entries(symbol{"BTCUSDT"}, start + 59s).minute == 1);
  CHECK(day.entries(symbol{"BTCUSDT"}, start + 60s).minute == 0);
  CHECK(day.entries(symbol{"BTCUSDT"}, start + 60s).hour == 1);
  CHECK(day.entries(start + 1h).hour == 1);
  CHECK(day.entries(start + 1h + 30s).hour == 0);
  // Forgotten with the next entry, so that memory has a bound.
  day.take(an_intent("c", "BTCUSDT"), late(2h));
  CHECK_FALSE(day.has_entry(plan_id{"a"}));
  CHECK(day.has_entry(plan_id{"c"}));
  CHECK(day.entered(start + 2h) == std::vector{symbol{"BTCUSDT"}});
}

TEST_CASE("a peak is recorded at once when it is the day's first or much higher, else rarely") {
  equity_peaks peaks;
  CHECK(peaks.read(value_of("1000"), late(0s))->peak == value_of("1000"));
  CHECK_FALSE(peaks.read(value_of("999"), late(1s)));
  CHECK_FALSE(peaks.read(value_of("1001"), late(2s)));
  CHECK(peaks.highest(1, late(2s).wall) == value_of("1001"));
  CHECK(peaks.read(value_of("1001.1"), late(3s))->peak == value_of("1001.1"));
  CHECK(peaks.read(value_of("1001.2"), late(64s))->peak == value_of("1001.2"));
  CHECK_FALSE(peaks.read(value_of("1001.2"), late(200s)));
}

TEST_CASE("a drawdown is measured from the highest of the days asked for") {
  equity_peaks peaks;
  const auto today = utc_day(late(0s).wall);
  peaks.restore({today - 6, value_of("900")});
  peaks.restore({today - 1, value_of("800")});
  (void)peaks.read(value_of("700"), late(0s));
  CHECK(peaks.highest(7, late(0s).wall) == value_of("900"));
  CHECK(peaks.highest(2, late(0s).wall) == value_of("800"));
  CHECK(peaks.highest(1, late(0s).wall) == value_of("700"));
  CHECK(peaks.highest(7, late(30min).wall) == value_of("800"));
  CHECK(drawdown_percent({value_of("765.01"), {}, value_of("900"), start}) == 14);
  CHECK(drawdown_percent({value_of("765"), {}, value_of("900"), start}) == 15);
}

// The ledger: every fill counts once, in whatever order it comes, and its sums are those on paper.
#include "sluice/ledger/ledger.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <vector>

#include "books.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("a line follows its fills as worked out by hand") {
  struct step {
    side direction;
    const char* amount;
    const char* at;
    const char* amount_after;
    const char* entry_after;
  };
  // 1 at 100, then 3 more at 104: (100 + 312) / 4 = 103. Selling 2 leaves the entry. Selling 5 of
  // the 2 left crosses zero: 3 short at the price of that fill. 1 more short at 95: (297 + 95) / 4
  // =
  // 98. Buying 4 back leaves nothing. A third of a unit: 100 + 1 * 1/3 = 100.33333333, truncated.
  const step steps[] = {
      {side::buy, "1", "100", "1", "100"},  {side::buy, "3", "104", "4", "103"},
      {side::sell, "2", "110", "2", "103"}, {side::sell, "5", "99", "-3", "99"},
      {side::sell, "1", "95", "-4", "98"},  {side::buy, "4", "90", "0", "0"},
      {side::buy, "2", "100", "2", "100"},  {side::buy, "1", "101", "3", "100.33333333"},
  };
  ledger books;
  trade_id id = 0;
  for (const auto& s : steps) {
    ++id;
    CAPTURE(id);
    CHECK(books.apply(a_fill(id, s.direction, s.amount, s.at), at_ms(id)) == fill_effect::applied);
    const auto line = books.line(btc);
    REQUIRE(line);
    CHECK(line->amount.str() == s.amount_after);
    CHECK(line->entry.str() == s.entry_after);
  }
}

TEST_CASE("fees are kept by asset and realised profit is summed as the venue tells it") {
  ledger books;
  auto first = a_fill(1, side::buy, "1", "100");
  first.fee = notional::parse("0.04").value();
  first.fee_asset = "USDT";
  auto second = a_fill(2, side::sell, "1", "110");
  second.fee = notional::parse("0.05").value();
  second.fee_asset = "USDT";
  second.realised = notional::parse("10").value();
  auto third = a_fill(3, side::buy, "1", "110");
  third.fee = notional::parse("0.0001").value();
  third.fee_asset = "BNB";
  for (const auto& f : {first, second, third})
    books.apply(f, at_ms(f.id));
  const auto line = books.line(btc).value();
  CHECK(line.fees.at("USDT").str() == "0.09");
  CHECK(line.fees.at("BNB").str() == "0.0001");
  CHECK(line.realised.str() == "10");
  CHECK(line.fills == 3);
  CHECK(line.last_fill_at == at_ms(3));
  CHECK(line.last_traded_at.ms == 1'000'003);
}

namespace {

rc::Gen<fill> any_fill(trade_id id) {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange<std::int64_t>(1, 1'000),
                     rc::gen::inRange<std::int64_t>(9'000, 11'000), rc::gen::inRange(0, 2)),
      [id](const auto& t) {
        auto f = a_fill(id, std::get<0>(t) ? side::buy : side::sell, "1", "1");
        f.amount = quantity::from_raw(std::get<1>(t) * 100'000);
        f.at = price::from_raw(std::get<2>(t) * 1'000'000);
        f.fee = notional::from_raw(std::get<1>(t));
        f.fee_asset = std::get<3>(t) == 0 ? "USDT" : "BNB";
        f.realised = notional::from_raw(std::get<2>(t) - 10'000);
        return f;
      });
}

}  // namespace

TEST_CASE("any order and any repetition of the same fills end in the same line") {
  CHECK(rc::check([] {
    const auto count = *rc::gen::inRange<trade_id>(1, 30);
    std::vector<fill> fills;
    for (trade_id id = 1; id <= count; ++id)
      fills.push_back(*any_fill(id));
    ledger in_order;
    quantity sum;
    for (const auto& f : fills) {
      in_order.apply(f, at_ms(1));
      sum += signed_amount(f);
    }
    auto shuffled = fills;
    const auto repeated = *rc::gen::container<std::vector<fill>>(rc::gen::elementOf(fills));
    shuffled.insert(shuffled.end(), repeated.begin(), repeated.end());
    const auto seed = *rc::gen::arbitrary<unsigned>();
    std::shuffle(shuffled.begin(), shuffled.end(), std::minstd_rand{seed});

    ledger other;
    std::size_t applied = 0;
    for (const auto& f : shuffled)
      applied += other.apply(f, at_ms(1)) == fill_effect::applied ? 1 : 0;
    RC_ASSERT(applied == fills.size());
    RC_ASSERT(other.line(btc) == in_order.line(btc));
    RC_ASSERT(other.line(btc)->amount == sum);
  }));
}

TEST_CASE("a small memory gives the same line as a large one when fills come in order") {
  CHECK(rc::check([] {
    ledger small{3};
    ledger large;
    const auto count = *rc::gen::inRange<trade_id>(1, 30);
    for (trade_id id = 1; id <= count; ++id) {
      const auto f = *any_fill(id);
      small.apply(f, at_ms(id));
      large.apply(f, at_ms(id));
    }
    RC_ASSERT(small.line(btc) == large.line(btc));
  }));
}

TEST_CASE("what was forgotten is refused and what is newer is still taken") {
  ledger books{2};
  for (const trade_id id : {10, 20, 30, 40})
    books.apply(a_fill(id, side::buy, "1", "100"), at_ms(id));
  const auto before = books.line(btc);
  // 10 and 20 are forgotten; 15 cannot be told from them, 25 can.
  CHECK(books.apply(a_fill(20, side::buy, "1", "100"), at_ms(50)) == fill_effect::refused);
  CHECK(books.apply(a_fill(15, side::buy, "1", "100"), at_ms(50)) == fill_effect::refused);
  CHECK(books.apply(a_fill(40, side::buy, "1", "100"), at_ms(50)) == fill_effect::duplicate);
  CHECK(books.line(btc) == before);
  CHECK(books.apply(a_fill(25, side::buy, "1", "100"), at_ms(50)) == fill_effect::applied);
  CHECK(books.line(btc)->amount.str() == "5");
  CHECK(books.has_seen(btc.instrument, 40));
  CHECK_FALSE(books.has_seen(btc.instrument, 10));
}

TEST_CASE("a fill without id, amount or price is refused and makes no line") {
  ledger books;
  CHECK(books.apply(a_fill(0, side::buy, "1", "100"), at_ms(1)) == fill_effect::refused);
  CHECK(books.apply(a_fill(1, side::buy, "0", "100"), at_ms(1)) == fill_effect::refused);
  CHECK(books.apply(a_fill(1, side::buy, "1", "0"), at_ms(1)) == fill_effect::refused);
  CHECK_FALSE(books.line(btc));
  CHECK(books.lines().empty());
}

TEST_CASE("the same trade id on another symbol is another fill, and legs have their own lines") {
  ledger books;
  auto other = a_fill(1, side::sell, "2", "50");
  other.instrument = symbol{"ETHUSDT"};
  other.leg = position_side::short_;
  auto leg = a_fill(2, side::buy, "3", "50");
  leg.instrument = other.instrument;
  leg.leg = position_side::long_;
  for (const auto& f : {a_fill(1, side::buy, "1", "100"), other, leg})
    CHECK(books.apply(f, at_ms(1)) == fill_effect::applied);
  CHECK(books.line(btc)->amount.str() == "1");
  CHECK(books.line({other.instrument, position_side::short_})->amount.str() == "-2");
  CHECK(books.line({other.instrument, position_side::long_})->amount.str() == "3");
  CHECK(books.lines().size() == 3);
}

TEST_CASE("an adopted truth contains the fills traded before it") {
  ledger books;
  books.apply(a_fill(1, side::buy, "1", "100"), at_ms(1));  // Traded at 1'000'001.
  books.set(btc, qty("5"), at_price("99"), venue_time{1'000'010});
  auto late = a_fill(9, side::buy, "1", "100");
  late.fee = notional::whole(1);
  CHECK(books.apply(late, at_ms(2)) == fill_effect::contained);
  CHECK(books.line(btc)->amount.str() == "5");
  CHECK(books.line(btc)->fees.at("") == notional::whole(1));
  CHECK(books.apply(late, at_ms(3)) == fill_effect::duplicate);
  CHECK(books.apply(a_fill(11, side::buy, "1", "105"), at_ms(4)) == fill_effect::applied);
  // (5 * 99 + 105) / 6 = 100.
  CHECK(books.line(btc)->amount.str() == "6");
  CHECK(books.line(btc)->entry.str() == "100");
  // A fill between the two, late: folded where the venue had it, the adopted amount kept.
  CHECK(books.apply(a_fill(10, side::sell, "1", "90"), at_ms(5)) == fill_effect::contained);
  CHECK(books.line(btc)->amount.str() == "6");
}

TEST_CASE("a restored ledger goes on where the stored one was") {
  ledger books;
  for (trade_id id = 5; id <= 7; ++id)
    books.apply(a_fill(id, side::buy, "1", "100"), at_ms(id));
  const auto stored = books.line(btc).value();

  ledger again;
  again.restore(stored);
  again.restore_seen(btc.instrument, {7, 5, 6}, seen_ids::newest_only);
  CHECK(again.apply(a_fill(6, side::buy, "1", "100"), at_ms(1)) == fill_effect::duplicate);
  CHECK(again.apply(a_fill(4, side::buy, "1", "100"), at_ms(1)) == fill_effect::refused);
  CHECK(again.apply(a_fill(8, side::sell, "2", "100"), at_ms(1)) == fill_effect::applied);
  CHECK(again.line(btc)->amount.str() == "1");
  CHECK(again.line(btc)->fills == 4);

  ledger whole;
  whole.restore(stored);
  whole.restore_seen(btc.instrument, {5, 6, 7}, seen_ids::complete);
  CHECK(whole.apply(a_fill(4, side::buy, "1", "100"), at_ms(1)) == fill_effect::applied);
  CHECK(whole.line(btc)->amount.str() == "4");
}

TEST_CASE("an entry that was not stored stays unknown until the position is new") {
  ledger books;
  books.restore(a_line("2"));
  books.apply(a_fill(1, side::buy, "1", "100"), at_ms(1));
  CHECK(books.line(btc)->amount.str() == "3");
  CHECK(books.line(btc)->entry.is_zero());
  books.apply(a_fill(2, side::sell, "4", "90"), at_ms(2));
  CHECK(books.line(btc)->amount.str() == "-1");
  CHECK(books.line(btc)->entry.str() == "90");
}

// What limits are counted from comes back at a start, and no more of it than a day and an hour.
#include "journal/builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t noon_s = 20'000 * day_s + day_s / 2;

void put_at(store& s, std::int64_t second, record_body body) {
  auto r = a_record(std::move(body));
  r.at.wall.ms = second * 1'000;
  REQUIRE(s.append(r).value() == appended::written);
}

std::vector<std::string> kinds_of(const std::vector<limit_record>& all) {
  std::vector<std::string> out;
  for (const auto& r : all)
    out.emplace_back(std::visit([](const auto& body) { return kind_of(body); }, r.body));
  return out;
}

/// A busy day has hundreds of thousands of them, and a start holds them all at once.
static_assert(sizeof(limit_record) <= 300);

}  // namespace

TEST_CASE(
    "fills, adjustments, funding and intents of the day are what a start counts limits from") {
  const directory d;
  {
    auto s = opened(d.journal());
    const auto reduce = a_reduce_plan("p1");
    put_at(*s, noon_s - 2 * day_s, plan_accepted{reduce});
    put_at(*s, noon_s - 2 * day_s, a_permission(reduce));
    put_at(*s, noon_s - 2 * day_s, an_intent("old", "p1"));
    put_at(*s, noon_s - 2 * day_s, a_fill("BTCUSDT", 1, side::sell, "0.25"));
    put_at(*s, noon_s - 2 * day_s,
           funding_booked{symbol("BTCUSDT"), "USDT", decimal<notional>("-1"), {5}});
    const ledger_adjusted adopted{{symbol("ETHUSDT"), position_side::both},
                                  {},
                                  decimal<quantity>("2"),
                                  "foreign_fill",
                                  "seen",
                                  decimal<price>("3000")};
    put_at(*s, noon_s - 2 * day_s, adopted);
    // By the exchange's clock it may be of today.
    put_at(*s, noon_s - day_s, a_fill("ETHUSDT", 3, side::sell, "0.1"));
    put_at(*s, noon_s - 7'200, an_intent("new", "p1"));
    put_at(*s, noon_s - 7'100, a_fill("BTCUSDT", 2, side::buy, "0.1"));
    put_at(*s, noon_s - 7'050, adopted);
    put_at(*s, noon_s - 7'000, funding_booked{symbol{}, "USDT", decimal<notional>("-0.25"), {6}});
    put_at(*s, noon_s, notice{"x", "y"});
    REQUIRE(s->commit().has_value());
  }
  auto s = opened(d.journal());
  const auto found = s->recover().value().limit_records;
  CHECK(kinds_of(found) == std::vector<std::string>{"fill_recorded", "order_intended",
                                                    "fill_recorded", "ledger_adjusted",
                                                    "funding_booked"});
  CHECK(std::get<fill_recorded>(found[0].body).what.id == 3);
  CHECK(found[1].at.wall.ms == (noon_s - 7'200) * 1'000);
  CHECK(std::get<fill_recorded>(found[2].body).what.id == 2);
  CHECK(std::get<funding_booked>(found[4].body).amount == decimal<notional>("-0.25"));
}

TEST_CASE("of each day the last peak stands, and a month later it is gone") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, equity_peaked{100, decimal<notional>("5")});
    put(*s, equity_peaked{101, decimal<notional>("6")});
    put(*s, equity_peaked{101, decimal<notional>("7")});
    put(*s, equity_peaked{131, decimal<notional>("1")});
    REQUIRE(s->commit().has_value());
  }
  auto s = opened(d.journal(), integrity::full);
  std::vector<std::int64_t> days;
  const auto found = s->recover().value().limit_records;
  for (const auto& r : found)
    days.push_back(std::get<equity_peaked>(r.body).day);
  CHECK(days == std::vector<std::int64_t>{101, 131});
  CHECK(read(d.journal())->verify().has_value());
}

}  // namespace sluice::journal

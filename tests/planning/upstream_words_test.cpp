// What other services read: permits and snapshots field by field, and how long a permit lives.
#include "sluice/planning/upstream_words.hpp"

#include "sluice/planning/permit_shelf.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

const wall_time at{1'716'400'000'250};

plan_judged judged(verdict v) {
  plan_judged j{plan_id{"p-1"}, symbol{"BTCUSDT"}, lane::exit, std::move(v), {}, 1};
  j.seen.position.content = position_open{*quantity::parse("-0.5"), price::whole(60'000)};
  j.seen.ledger = *quantity::parse("-0.498");
  return j;
}

instant second(int n) {
  return instant{std::chrono::seconds{1'000 + n}};
}

}  // namespace

TEST_CASE("a permit says what the readers look for, in their names and as numbers") {
  verdict allow{verdict_kind::allow, {}, order_terms{side::buy, *quantity::parse("0.028"), true}};
  CHECK(permit_json(judged(allow), at) ==
        R"({"allow":true,"symbol":"BTCUSDT","reason":"sanity_checks_passed",)"
        R"("safe_close_qty":0.028,"safe_qty":0.028,"exchange_position_amt":-0.5,)"
        R"("ledger_amt":-0.498,"verdict":"allow","created_at":1716400000.250,"writer":"sluice"})");
  allow.terms->reduce_only = false;
  CHECK(permit_json(judged(allow), at).find(R"("safe_close_qty":0,"safe_qty":0.028,)") !=
        std::string::npos);
}

TEST_CASE("a denial says every reason with what was seen") {
  const verdict deny{
      verdict_kind::deny,
      {{refusal_code::stale_exchange_state, milliseconds{12'300}, milliseconds{10'000}},
       {refusal_code::no_position, {}, {}}},
      {}};
  auto j = judged(deny);
  j.seen.position.content = position_unknown{};
  j.seen.ledger.reset();
  CHECK(permit_json(j, at) ==
        R"({"allow":false,"symbol":"BTCUSDT","reason":"stale_exchange_state","context":{)"
        R"("stale_exchange_state":{"observed":"12300ms","limit":"10000ms"},)"
        R"("no_position":{"observed":"","limit":""}},)"
        R"("verdict":"deny","created_at":1716400000.250,"writer":"sluice"})");
  CHECK(permit_json(upstream_refusal{upstream_fault::unreadable, "side \"x\"", plan_id{"p"},
                                     symbol{"BTCUSDT"}},
                    at) ==
        R"({"allow":false,"symbol":"BTCUSDT","reason":"unreadable","context":{"detail":)"
        R"("side \"x\""},"verdict":"refused","created_at":1716400000.250,"writer":"sluice"})");
}

TEST_CASE("a snapshot exists for a known truth only, and its time is that of the proof") {
  CHECK_FALSE(snapshot_fields(position_unknown{}, at, price::whole(1)));
  CHECK(*snapshot_fields(position_flat{}, at, {}) == stream_fields{{"position_amt", "0"},
                                                                   {"side", "NONE"},
                                                                   {"entry_price", "0"},
                                                                   {"ts_epoch", "1716400000"},
                                                                   {"source", "sluice"}});
  const truth held = position_open{*quantity::parse("-0.5"), price::whole(60'000)};
  // Short half a coin, and the mark is 100 higher: 50 lost.
  CHECK(*snapshot_fields(held, at, price::whole(60'100)) ==
        stream_fields{{"position_amt", "-0.5"},
                      {"side", "SHORT"},
                      {"entry_price", "60000"},
                      {"ts_epoch", "1716400000"},
                      {"source", "sluice"},
                      {"mark_price", "60100"},
                      {"unrealized_pnl", "-50"}});
}

TEST_CASE("what was refused is shown as far as there is room") {
  CHECK(shown_fields({{"a", "1"}, {"b\"", "\n"}}, 100) == R"({"a":"1","b\"":"\n"})");
  CHECK(shown_fields({{"a", "1"}, {"b", std::string(1'000, 'x')}, {"c", "3"}}, 50) ==
        R"({"a":"1"})");
  CHECK(shown_fields({}, 0) == "{}");
}

TEST_CASE("a permit is written once, with what is left of its life") {
  permit_shelf shelf(milliseconds{60'000});
  shelf.put(plan_id{"p-1"}, "text", second(0));
  const auto due = shelf.take(second(15));
  REQUIRE(due.size() == 1);
  CHECK(due[0].lives_s == 45);
  CHECK(shelf.take(second(16)).empty());
  shelf.written(due[0].number);
  CHECK(shelf.take(second(17)).empty());
  CHECK(shelf.put_again(plan_id{"p-1"}, second(58)));
  CHECK(shelf.take(second(58)).at(0).lives_s == 2);
  CHECK_FALSE(shelf.put_again(plan_id{"p-1"}, second(60)));
  CHECK(shelf.died() == 1);  // The second writing was never confirmed.
}

TEST_CASE("a permit that was lost on its way is written later, unless its life has ended") {
  permit_shelf shelf(milliseconds{60'000});
  shelf.put(plan_id{"p-1"}, "one", second(0));
  shelf.put(plan_id{"p-2"}, "two", second(30));
  for (const auto& due : shelf.take(second(31)))
    shelf.lost(due.number);
  CHECK(shelf.waiting() == 2);
  const auto later = shelf.take(second(60));
  REQUIRE(later.size() == 1);
  CHECK(later[0].text == "two");
  CHECK(shelf.died() == 1);
}

TEST_CASE("a later verdict of the same plan takes the place of the earlier one") {
  permit_shelf shelf(milliseconds{60'000});
  shelf.put(plan_id{"p-1"}, "refused", second(0));
  const auto before = shelf.take(second(0));
  shelf.put(plan_id{"p-1"}, "allowed", second(1));
  shelf.written(before.at(0).number);
  const auto due = shelf.take(second(1));
  REQUIRE(due.size() == 1);
  CHECK(due[0].text == "allowed");
}

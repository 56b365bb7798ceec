// What a position has cost, signals against it, and the ends of its exits' plans.
#include "positions.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

notional usd(std::string_view text) {
  return notional::parse(text).value();
}

plan an_open_plan(side direction) {
  plan p;
  p.id = plan_id{"strategy-1"};
  p.source = source_id{"alpha"};
  p.instrument = btc.instrument;
  p.body = open_plan{.direction = direction, .amount = qty("2")};
  p.deadline = at_s(30).steady;
  return p;
}

exit_step on_mark(exit_tracker& t, std::string_view at, std::int64_t s) {
  const mark_row rows[] = {mark(at)};
  return t.on_marks(rows, at_s(s));
}

}  // namespace

TEST_CASE("fees add up, whether they are told before the position is seen or after") {
  exit_tracker t{exit_settings{}};
  t.note_plan(an_open_plan(side::buy));
  const plan_id entry{"strategy-1"};
  CHECK_FALSE(t.on_fee(btc, entry, usd("0.05"), at_s(1).steady));
  CHECK_FALSE(t.on_fee(btc, plan_id{"other"}, usd("7"), at_s(1).steady));
  const auto opened = t.on_truth(btc, open_truth("2", "100"), at_s(2));
  CHECK(opened.value().what.cost == usd("0.05"));
  CHECK(opened.value().what.source == source_id{"alpha"});
  CHECK(t.on_fee(btc, entry, usd("0.03"), at_s(3).steady).value().what.cost == usd("0.08"));
  CHECK_FALSE(t.on_fee(btc, entry, {}, at_s(3).steady));
  // The next position owes nothing of it.
  (void)t.on_truth(btc, flat_truth(), at_s(4));
  CHECK(t.on_truth(btc, open_truth("2", "100"), at_s(5)).value().what.cost.is_zero());
}

TEST_CASE("funding counts when one position alone can be meant") {
  exit_tracker t{exit_settings{}};
  CHECK_FALSE(t.on_funding(btc.instrument, usd("1")));
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  CHECK(t.on_funding(btc.instrument, usd("1")).value().what.cost == usd("1"));
  CHECK(t.on_funding({}, usd("-0.25")).value().what.cost == usd("0.75"));
  CHECK_FALSE(t.on_funding(symbol{"ETHUSDT"}, usd("1")));
  (void)t.on_truth({symbol{"ETHUSDT"}, position_side::both}, open_truth("2", "100"), at_s(0));
  CHECK_FALSE(t.on_funding({}, usd("1")));
  CHECK(t.on_funding(symbol{"ETHUSDT"}, usd("1")).value().what.cost == usd("1"));
}

TEST_CASE("costs move break-even and r") {
  exit_tracker t{exit_settings{}};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  (void)t.on_funding(btc.instrument, usd("0.4"));  // 0.2 for each unit: 0.1 r.
  CHECK(on_mark(t, "102.19", 1).proposals.empty());
  const auto step = on_mark(t, "102.2", 2);
  REQUIRE(step.proposals.size() == 1);
  CHECK(step.proposals[0].decision.reason == exit_reason::take_profit);
  // 100 + 0.2 + 0.05; the best mark of 102.19 would only have it at 100.19.
  CHECK(t.state(btc)->stop == at_price("100.25"));
  CHECK(t.state(btc)->stop_by == stop_mover::break_even);
}

TEST_CASE("only a wish for the other side is a signal, and a repeated one is not written down") {
  exit_tracker t{exit_settings{}};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  CHECK(t.on_signal(btc.instrument, side::buy, at_s(1)).empty());
  CHECK(t.on_signal(symbol{"ETHUSDT"}, side::sell, at_s(1)).empty());
  const auto heard = t.on_signal(btc.instrument, side::sell, at_s(1));
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].what.opposed_at == at_s(1).wall);
  CHECK(t.on_signal(btc.instrument, side::sell, at_s(90)).empty());
  CHECK(t.on_signal(btc.instrument, side::sell, at_s(91)).size() == 1);  // A tenth of 15 minutes.
}

TEST_CASE("signals are not heard where their window is 0") {
  auto deaf = exit_settings{};
  deaf.flip_window = {};
  exit_tracker t{deaf};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  CHECK(t.on_signal(btc.instrument, side::sell, at_s(1)).empty());
}

TEST_CASE("a tranche is taken when its plan is satisfied, and asked for again when it is not") {
  exit_tracker t{exit_settings{}};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  const auto first = on_mark(t, "102", 1).proposals;
  REQUIRE(first.size() == 1);
  CHECK_FALSE(t.plan_ended(first[0].request(), exit_end::unfinished, at_s(2).steady));
  CHECK(on_mark(t, "102", 3).proposals.empty());
  const auto again = on_mark(t, "102", 4).proposals;
  REQUIRE(again.size() == 1);
  CHECK(again[0].attempt == 1);
  // The filters let nobody come nearer: the rest stays as it is.
  const auto taken = t.plan_ended(again[0].request(), exit_end::satisfied, at_s(5).steady);
  CHECK(taken.value().what.tranches == 1);
  CHECK(on_mark(t, "102", 60).proposals.empty());
}

TEST_CASE("the end of a plan of an earlier position says nothing of the one that stands") {
  exit_tracker t{exit_settings{}};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  const auto first = on_mark(t, "102", 1).proposals;
  REQUIRE(first.size() == 1);
  (void)t.on_truth(btc, flat_truth(), at_s(2));
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(3));
  CHECK_FALSE(t.plan_ended(first[0].request(), exit_end::satisfied, at_s(4).steady));
  CHECK(on_mark(t, "102", 5).proposals.size() == 1);
}

TEST_CASE("a stop goes before a tranche whose plan is under way") {
  exit_tracker t{exit_settings{}};
  (void)t.on_truth(btc, open_truth("2", "100"), at_s(0));
  REQUIRE(on_mark(t, "102", 1).proposals.size() == 1);
  const auto closing = on_mark(t, "97", 2).proposals;
  REQUIRE(closing.size() == 1);
  CHECK(closing[0].decision.target.is_zero());
}

TEST_CASE("a position stored without risk gets it when it is seen") {
  exit_tracker t{exit_settings{}};
  auto old = long_state();
  old.risk = {};
  t.restore({old}, at_s(0));
  CHECK(t.on_truth(btc, open_truth("2", "100"), at_s(1)).value().what.risk == at_price("2"));
}

TEST_CASE("a stop on the side of gain is crossed at once and measures nothing") {
  exit_tracker t{exit_settings{}};
  auto p = an_open_plan(side::buy);
  std::get<open_plan>(p.body).stop = at_price("101");
  t.note_plan(p);
  CHECK(t.on_truth(btc, open_truth("2", "100"), at_s(1)).value().what.risk.is_zero());
  const auto step = on_mark(t, "100.5", 2);
  REQUIRE(step.proposals.size() == 1);
  CHECK(step.proposals[0].decision.reason == exit_reason::stop_crossed);
}

// Limits where many want the last place: whatever comes in between, their sum is never passed.
#include <rapidcheck.h>

#include <utility>

#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

gate_settings limited(const risk_limits& l) {
  gate_settings s;
  s.limits.risk = l;
  s.limits.cooldown = 0ms;
  return s;
}

position_key key_of(int i) {
  return {symbol{"S" + std::to_string(i) + "USDT"}, position_side::both};
}

/// An open of 0.010 at 50,000: worth 500.
plan open_on(int i, const std::string& id) {
  auto p = an_open(id);
  p.instrument = key_of(i).instrument;
  return p;
}

std::ptrdiff_t allowed_in(const gate_actions& out) {
  return std::ranges::count_if(
      out.verdicts, [](const plan_verdict& v) { return v.outcome.kind == verdict_kind::allow; });
}

order_moved resolved(int i, const std::string& id, int ms, bool executed) {
  return {key_of(i), plan_id{id}, flight_step::resolved, start + milliseconds{ms}, {}, executed};
}

}  // namespace

TEST_CASE("of a thousand entries at once for the last place exactly one is allowed") {
  risk_limits l;
  l.open_positions_max = 4;
  gate_fixture g{limited(l)};
  for (int i = 0; i < 1'003; ++i)
    g.truth_is(position_flat{}, 0, {}, key_of(i));
  for (int i = 1'000; i < 1'003; ++i)
    g.truth_is(position_open{qty("-0.010"), px("50000")}, 0, {}, key_of(i));
  for (int i = 0; i < 1'000; ++i)
    g.submit(open_on(i, "o" + std::to_string(i)), 1);
  CHECK(allowed_in(g.out) == 1);
  CHECK(g.reason("o999") == refusal_code::limit_open_positions);
  const auto& r = g.verdict_of("o999").outcome.refusals.front();
  CHECK(r.observed == measure{std::int64_t{5}});
  CHECK(r.limit == measure{std::int64_t{4}});
}

TEST_CASE("a place is free again when its permit came to nothing, not when its order is done") {
  risk_limits l;
  l.account_notional_max = value_of("500");
  gate_fixture g{limited(l)};
  for (int i = 0; i < 5; ++i)
    g.truth_is(position_flat{}, 0, {}, key_of(i));
  g.submit(open_on(0, "first"), 1);
  CHECK(g.allowed("first"));
  g.submit(open_on(1, "second"), 2);
  CHECK(g.reason("second") == refusal_code::limit_account_notional);
  // Rejected, or never sent.
  g.core.moved(resolved(0, "first", 3, false), at(3ms), g.out);
  g.submit(open_on(2, "third"), 4);
  CHECK(g.allowed("third"));
  // Filled: it counts by its order until truth shows it, then by truth.
  g.core.moved(resolved(2, "third", 5, true), at(5ms), g.out);
  g.submit(open_on(3, "fourth"), 6);
  CHECK(g.reason("fourth") == refusal_code::limit_account_notional);
  g.truth_is(position_open{qty("0.010"), px("50000")}, 7, {}, key_of(2));
  g.submit(open_on(3, "fifth"), 8);
  CHECK(g.reason("fifth") == refusal_code::limit_account_notional);
  CHECK(g.verdict_of("fifth").seen.exposure->positions == 1);
  g.truth_is(position_flat{}, 9, {}, key_of(2));
  g.submit(open_on(3, "sixth"), 10);
  CHECK(g.allowed("sixth"));
}

TEST_CASE("exits are held to no limit and pay for none") {
  risk_limits l;
  l.open_positions_max = 1;
  l.order_notional_max = value_of("1");
  l.daily_loss_max = value_of("1");
  l.margin_use_percent_max = 1;
  gate_fixture g{limited(l)};
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  fill_recorded loss;
  loss.what.realised = value_of("-100");
  g.core.record_seen(loss, at(0ms));
  g.submit(a_reduce(), 1);
  CHECK(g.allowed("r1"));
  CHECK_FALSE(g.verdict_of("r1").seen.exposure);
}

TEST_CASE("a position of unknown truth counts as our books have it") {
  risk_limits l;
  l.account_notional_max = value_of("1000");
  gate_fixture g{limited(l)};
  g.truth_is(position_flat{}, 0, {}, key_of(0));
  g.core.ledger_moved(key_of(7), qty("-0.02"), at(0ms), g.out);
  g.submit(open_on(0, "o"), 1);
  CHECK(g.reason("o") == refusal_code::limit_account_notional);
  CHECK(g.verdict_of("o").seen.exposure->account_value == value_of("1000"));
  // One read may be false.
  g.truth_is(position_flat{}, 2, {}, key_of(7));
  g.submit(open_on(0, "doubted"), 2);
  CHECK(g.reason("doubted") == refusal_code::limit_account_notional);
  // A second one agrees.
  g.truth_is(position_flat{}, 3, {}, key_of(7));
  g.submit(open_on(0, "again"), 3);
  CHECK(g.allowed("again"));
}

TEST_CASE("permitted entries count for the rates before their intents are durable, and once") {
  risk_limits l;
  l.entries_per_minute_max = 2;
  gate_fixture g{limited(l)};
  for (int i = 0; i < 5; ++i)
    g.truth_is(position_flat{}, 0, {}, key_of(i));
  g.submit(open_on(0, "a"), 1);
  order_intended intent;
  intent.plan = plan_id{"a"};
  intent.request.instrument = key_of(0).instrument;
  intent.request.reduce_only = false;
  g.core.record_seen(intent, at(1ms));
  g.submit(open_on(1, "b"), 2);
  CHECK(g.allowed("b"));
  g.submit(open_on(2, "c"), 3);
  CHECK(g.reason("c") == refusal_code::limit_entries_minute);
  // One that never left is not counted; one that was rejected by the venue is.
  g.core.moved(resolved(1, "b", 4, false), at(4ms), g.out);
  g.core.moved(resolved(0, "a", 4, false), at(4ms), g.out);
  g.submit(open_on(3, "d"), 5);
  CHECK(g.allowed("d"));
  CHECK(g.verdict_of("d").seen.exposure->entries_minute == 1);
}

TEST_CASE("an entry that is judged again is not refused for its own earlier intent") {
  risk_limits l;
  l.symbol_entries_per_minute_max = 1;
  l.symbol_entries_per_hour_max = 1;
  l.entries_per_minute_max = 1;
  l.entries_per_hour_max = 1;
  gate_fixture g{limited(l)};
  for (int i = 0; i < 2; ++i)
    g.truth_is(position_flat{}, 0, {}, key_of(i));
  g.submit(open_on(0, "a"), 1);
  REQUIRE(g.allowed("a"));
  order_intended intent;
  intent.plan = plan_id{"a"};
  intent.request.instrument = key_of(0).instrument;
  intent.request.reduce_only = false;
  g.core.record_seen(intent, at(1ms));
  g.core.moved(resolved(0, "a", 2, false), at(2ms), g.out);
  g.out.clear();
  g.core.submit(shared(open_on(0, "a")), at(3ms), g.out, true);
  CHECK(g.allowed("a"));
  CHECK(g.verdict_of("a").seen.exposure->entries_minute == 0);
  CHECK(g.verdict_of("a").seen.exposure->symbol_entries_hour == 0);
  // For others it counts.
  g.submit(open_on(1, "b"), 4);
  CHECK(g.reason("b") == refusal_code::limit_entries_minute);
  CHECK(g.verdict_of("b").seen.exposure->entries_hour == 1);
}

TEST_CASE("an entry waits for the margin where a limit needs it, and is judged when it was read") {
  risk_limits l;
  l.margin_use_percent_max = 50;
  gate_fixture g{limited(l)};
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o"), 1);
  CHECK_FALSE(g.ended("o"));
  const auto peak = g.core.margin_read({value_of("1000"), value_of("499"), start}, at(2ms), g.out);
  REQUIRE(peak);
  CHECK(peak->peak == value_of("1000"));
  CHECK(g.allowed("o"));
}

TEST_CASE("one reading of the margin judges one entry, and the next waits for a newer reading") {
  risk_limits l;
  l.margin_use_percent_max = 80;
  gate_fixture g{limited(l)};
  for (int i = 0; i < 3; ++i)
    g.truth_is(position_flat{}, 0, {}, key_of(i));
  const auto read = [&](const char* initial, int as_of_ms, int ms) {
    (void)g.core.margin_read({value_of("1000"), value_of(initial), start + milliseconds{as_of_ms}},
                             at(milliseconds{ms}), g.out);
  };
  read("790", 0, 1);
  g.submit(open_on(0, "first"), 2);
  g.submit(open_on(1, "second"), 3);
  CHECK(g.allowed("first"));
  CHECK_FALSE(g.ended("second"));
  // A reading from before the order was over says nothing of it, nor would another one.
  read("790", 4, 5);
  CHECK_FALSE(g.ended("second"));
  CHECK_FALSE(g.out.margin_from);
  g.core.moved(resolved(0, "first", 6, true), at(6ms), g.out);
  CHECK_FALSE(g.ended("second"));
  CHECK(g.out.margin_from == start + 1'006ms);
  // Truth shows the position, the margin not yet; it is asked for once.
  g.out.margin_from.reset();
  g.truth_is(position_open{qty("0.010"), px("50000")}, 7, {}, key_of(0));
  g.read_finished(std::nullopt, "", 8);
  read("790", 5, 9);
  CHECK_FALSE(g.ended("second"));
  // Nor does one that was sent soon after: what it reads may lag behind the order.
  read("790", 1'006, 1'010);
  CHECK_FALSE(g.ended("second"));
  CHECK_FALSE(g.out.margin_from);
  read("799", 1'007, 1'020);
  CHECK(g.allowed("second"));
  // What never left changes no margin: the reading is as good as before.
  g.submit(open_on(2, "third"), 1'021);
  CHECK_FALSE(g.ended("third"));
  g.core.moved(resolved(1, "second", 1'022, false), at(1'022ms), g.out);
  CHECK(g.allowed("third"));
  CHECK_FALSE(g.out.margin_from);
}

TEST_CASE("entries whose whole worth fits below the limit of the margin wait for no new reading") {
  risk_limits l;
  l.margin_use_percent_max = 80;
  gate_fixture g{limited(l)};
  for (int i = 0; i < 4; ++i)
    g.truth_is(position_flat{}, 0, {}, key_of(i));
  // 1,200 of 8,000 are free, and each entry is worth 500 at its mark: two may bind it.
  (void)g.core.margin_read({value_of("10000"), value_of("6800"), start}, at(1ms), g.out);
  g.submit(open_on(0, "first"), 2);
  g.submit(open_on(1, "second"), 3);
  g.submit(open_on(2, "third"), 4);
  g.submit(open_on(3, "fourth"), 5);
  CHECK(g.allowed("first"));
  CHECK(g.allowed("second"));
  CHECK(g.verdict_of("second").seen.exposure->margin->initial == value_of("7300"));
  CHECK(g.allowed("third"));
  CHECK_FALSE(g.ended("fourth"));
  // What traded still counts, shown by truth or not; what did not trade no longer does.
  g.core.moved(resolved(0, "first", 6, true), at(6ms), g.out);
  g.truth_is(position_open{qty("0.010"), px("50000")}, 7, {}, key_of(0));
  CHECK_FALSE(g.ended("fourth"));
  g.core.moved(resolved(1, "second", 8, false), at(8ms), g.out);
  CHECK(g.allowed("fourth"));
  CHECK(g.verdict_of("fourth").seen.exposure->margin->initial == value_of("7800"));
}

TEST_CASE(
    "what traded without a mark has no worth to count, so the next entry waits for a reading") {
  risk_limits l;
  l.margin_use_percent_max = 80;
  gate_fixture g{limited(l)};
  g.truth_is(position_flat{}, 0, {}, key_of(0));
  const std::vector<recovered_order> before{
      {key_of(1), {plan_id{"before"}, flight_phase::unknown, start}, qty("0.010")}};
  g.core.recover(before, {}, {});
  (void)g.core.margin_read({value_of("10000"), value_of("1"), start + 1ms}, at(1ms), g.out);
  const auto mark = std::exchange(g.boards->last_mark, std::nullopt);
  g.core.moved(resolved(1, "before", 2, true), at(2ms), g.out);
  g.boards->last_mark = mark;
  g.submit(open_on(0, "next"), 3);
  CHECK_FALSE(g.ended("next"));
  (void)g.core.margin_read({value_of("10000"), value_of("1"), start + 1'003ms}, at(1'004ms), g.out);
  CHECK(g.allowed("next"));
}

TEST_CASE("without a limit of the margin entries wait for no reading of it") {
  gate_fixture g{limited({})};
  for (int i = 0; i < 2; ++i) {
    g.truth_is(position_flat{}, 0, {}, key_of(i));
    g.submit(open_on(i, "o" + std::to_string(i)), 1);
  }
  CHECK(allowed_in(g.out) == 2);
  CHECK_FALSE(g.out.margin_from);
}

TEST_CASE("a preview says what a plan would get, with every rule's value, and leaves no trace") {
  risk_limits l;
  l.open_positions_max = 1;
  l.entries_per_hour_max = 5;
  gate_fixture g{limited(l)};
  g.truth_is(position_flat{}, 0, {}, key_of(0));
  const auto shown = g.core.preview(open_on(0, "p"), at(1ms));
  CHECK(shown.outcome.kind == verdict_kind::allow);
  CHECK(shown.amount == qty("0.010"));
  CHECK_FALSE(shown.would_wait);
  const auto rate =
      std::ranges::find(shown.rules, refusal_code::limit_entries_hour, &rule_value::code);
  REQUIRE(rate != shown.rules.end());
  CHECK(rate->passes);
  CHECK(rate->observed == measure{std::int64_t{1}});
  CHECK(rate->limit == measure{std::int64_t{5}});
  // Nothing was reserved and nothing is awaited.
  CHECK(g.core.stats().in_flight == 0);
  CHECK_FALSE(g.core.next_deadline());
  g.submit(open_on(0, "real"), 1);
  CHECK(g.allowed("real"));
  // What a read would cure is said so; none is asked for.
  const auto unknown = g.core.preview(open_on(9, "q"), at(2ms));
  CHECK(unknown.outcome.kind == verdict_kind::deny);
  CHECK(g.out.reads.empty());
  CHECK(g.core.stats().parked_entry == 0);
}

TEST_CASE("limits in use show every limit with what is left, and the symbol that uses most") {
  risk_limits l;
  l.open_positions_max = 4;
  l.symbol_notional_max = value_of("1000");
  gate_fixture g{limited(l)};
  g.truth_is(position_open{qty("0.010"), px("50000")}, 0, {}, key_of(1));
  g.truth_is(position_flat{}, 0, {}, key_of(2));
  g.submit(open_on(2, "a"), 1);
  const auto v = g.core.limits_in_use(at(2ms));
  REQUIRE(v.lines.size() == limit_names.size());
  for (std::size_t i = 0; i < v.lines.size(); ++i)
    CHECK(v.lines[i].name == limit_names[i]);
  CHECK(v.lines[3].used == measure{std::int64_t{2}});
  CHECK(v.lines[3].left == measure{std::int64_t{2}});
  CHECK(v.lines[3].percent == 50);
  CHECK(v.lines[1].used == measure{value_of("500")});
  CHECK(v.lines[6].used == measure{std::int64_t{1}});
  CHECK_FALSE(v.lines[6].left);
  REQUIRE(v.symbols.size() == 2);
  CHECK(v.symbols[0].instrument == key_of(1).instrument);
}

TEST_CASE("no order of permits, ends, fills and closes lets the sum pass a limit") {
  CHECK(rc::check("never beyond", [] {
    const int places = *rc::gen::inRange(1, 4);
    risk_limits l;
    l.open_positions_max = places;
    l.account_notional_max = notional::whole(500 * places + 499);
    gate_fixture g{limited(l)};
    constexpr int symbols = 6;
    enum class place { flat, permitted, filled, open };
    std::array<place, symbols> real{};
    std::array<std::string, symbols> ids{};
    for (int i = 0; i < symbols; ++i)
      g.truth_is(position_flat{}, 0, {}, key_of(i));
    const int steps = *rc::gen::inRange(1, 60);
    for (int ms = 1; ms <= steps; ++ms) {
      const auto i = static_cast<std::size_t>(*rc::gen::inRange(0, symbols));
      const auto n = static_cast<int>(i);
      switch (*rc::gen::inRange(0, 5)) {
        case 0: {
          const auto before = allowed_in(g.out);
          const auto id = "p" + std::to_string(ms);
          g.submit(open_on(n, id), ms);
          if (allowed_in(g.out) > before) {
            RC_ASSERT(real[i] == place::flat);
            real[i] = place::permitted;
            ids[i] = id;
          }
          break;
        }
        case 1:  // Expired or rejected.
          if (real[i] == place::permitted) {
            g.core.moved(resolved(n, ids[i], ms, false), at(milliseconds{ms}), g.out);
            real[i] = place::flat;
          }
          break;
        case 2:  // Filled, not yet in truth.
          if (real[i] == place::permitted) {
            g.core.moved(resolved(n, ids[i], ms, true), at(milliseconds{ms}), g.out);
            real[i] = place::filled;
          }
          break;
        case 3:  // Truth shows it.
          if (real[i] == place::filled) {
            g.truth_is(position_open{qty("0.010"), px("50000")}, ms + 1, {}, key_of(n));
            real[i] = place::open;
          }
          break;
        default:  // Closed.
          if (real[i] == place::open) {
            g.truth_is(position_flat{}, ms + 1, {}, key_of(n));
            real[i] = place::flat;
          }
      }
      RC_ASSERT(symbols - std::ranges::count(real, place::flat) <= places);
    }
    RC_CLASSIFY(std::ranges::count(real, place::flat) < symbols, "something stands");
  }));
}

// Limits while truth says flat of what the books have: a place is free once it is surely free.
#include <utility>

#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

position_key key_of(int i) {
  return {symbol{"S" + std::to_string(i) + "USDT"}, position_side::both};
}

/// An open of 0.010 at 50,000: worth 500.
plan open_on(int i, const std::string& id) {
  auto p = an_open(id);
  p.instrument = key_of(i).instrument;
  return p;
}

const position_open held{qty("0.010"), px("50000")};

struct doubting_gate : gate_fixture {
  explicit doubting_gate(const risk_limits& l) : gate_fixture(settings_of(l)) {}

  static gate_settings settings_of(const risk_limits& l) {
    gate_settings s;
    s.limits.risk = l;
    s.limits.cooldown = 0ms;
    return s;
  }

  /// Truth, of which the gate is told where its content is another.
  void tell(int i, truth content, int as_of_ms, truth_source source = truth_source::bulk) {
    const auto before = boards->truths[key_of(i)].version;
    truth_is(std::move(content), as_of_ms, {}, key_of(i));
    boards->truths[key_of(i)].source = source;
    if (boards->truths[key_of(i)].version != before)
      core.truth_moved(key_of(i), at(milliseconds{as_of_ms}), out);
  }
  void booked(int i, const char* amount, int ms) {
    core.ledger_moved(key_of(i), qty(amount), at(milliseconds{ms}), out);
  }
  /// Permits an entry there.
  void enter(int i, const char* id, int ms) {
    submit(open_on(i, id), ms);
    REQUIRE(allowed(id));
  }
  void filled(int i, const char* id, int ms) {
    core.moved({key_of(i), plan_id{id}, flight_step::resolved, start + milliseconds{ms}, {}, true},
               at(milliseconds{ms}), out);
  }
  [[nodiscard]] std::int64_t places(const char* id) const {
    return verdict_of(id).seen.exposure->positions;
  }
};

risk_limits places_max(std::int64_t most) {
  risk_limits l;
  l.open_positions_max = most;
  return l;
}

risk_limits worth_max(const char* most) {
  risk_limits l;
  l.account_notional_max = value_of(most);
  return l;
}

}  // namespace

TEST_CASE("what one read of the account does not show keeps its place until a later one agrees") {
  doubting_gate g{places_max(2)};
  g.tell(0, position_flat{}, 0);
  for (int i = 1; i <= 2; ++i) {
    g.tell(i, held, 0);
    g.booked(i, "0.010", 0);
  }
  for (int i = 0; i <= 2; ++i)
    g.tell(i, position_flat{}, 50);
  g.submit(open_on(0, "doubted"), 51);
  CHECK(g.reason("doubted") == refusal_code::limit_open_positions);
  CHECK(g.places("doubted") == 2);
  CHECK(g.verdict_of("doubted").seen.exposure->account_value == value_of("1000"));
  CHECK(g.core.limits_in_use(at(52ms)).lines[3].used == measure{std::int64_t{2}});
  SECTION("the next read shows them") {
    for (int i = 1; i <= 2; ++i)
      g.tell(i, held, 80);
    g.submit(open_on(0, "next"), 81);
    CHECK(g.reason("next") == refusal_code::limit_open_positions);
    CHECK(g.places("next") == 2);
  }
  SECTION("the next read agrees, though the books have them yet") {
    for (int i = 1; i <= 2; ++i)
      g.tell(i, position_flat{}, 80);
    CHECK(g.core.limits_in_use(at(81ms)).lines[3].used == measure{std::int64_t{0}});
    g.submit(open_on(0, "next"), 81);
    CHECK(g.allowed("next"));
  }
  SECTION("one that was there again in between is doubted anew") {
    g.tell(1, held, 60);
    for (int i = 1; i <= 2; ++i)
      g.tell(i, position_flat{}, 80);
    g.submit(open_on(0, "next"), 81);
    CHECK(g.allowed("next"));
    CHECK(g.places("next") == 1);
  }
}

TEST_CASE("what the stream says is closed frees its place at once") {
  doubting_gate g{places_max(1)};
  g.tell(0, position_flat{}, 0);
  g.tell(1, held, 0);
  g.booked(1, "0.010", 0);
  g.tell(1, position_flat{}, 50, truth_source::stream);
  g.submit(open_on(0, "next"), 51);
  CHECK(g.allowed("next"));
}

TEST_CASE("a fill keeps its place while reads do not show it yet") {
  const auto before = GENERATE(truth_source::bulk, truth_source::stream);
  doubting_gate g{places_max(1)};
  g.tell(0, position_flat{}, 0);
  g.tell(1, position_flat{}, 0, before);
  g.enter(1, "filled", 1);
  g.booked(1, "0.010", 5);
  g.filled(1, "filled", 10);
  // Sent after the order was over, and behind it all the same.
  g.tell(1, position_flat{}, 12, before);
  g.submit(open_on(0, "early"), 13);
  CHECK(g.reason("early") == refusal_code::limit_open_positions);
  CHECK(g.places("early") == 1);
  SECTION("the next read shows it") {
    g.tell(1, held, 20);
    g.submit(open_on(0, "next"), 21);
    CHECK(g.reason("next") == refusal_code::limit_open_positions);
  }
  SECTION("the next read agrees: somebody closed it") {
    g.tell(1, position_flat{}, 20, before);
    g.submit(open_on(0, "next"), 21);
    CHECK(g.allowed("next"));
  }
}

TEST_CASE("a fill that is booked before truth shows it counts once, as its order") {
  doubting_gate g{worth_max("1000")};
  for (int i = 0; i <= 1; ++i)
    g.tell(i, position_flat{}, 0);
  g.enter(1, "under way", 1);
  SECTION("whole or in part") {
    g.booked(1, GENERATE("0.004", "0.010"), 5);
    g.submit(open_on(0, "next"), 6);
    CHECK(g.allowed("next"));
    CHECK(g.places("next") == 1);
    CHECK(g.verdict_of("next").seen.exposure->account_value == value_of("500"));
  }
  SECTION("but not where the books have more than the order can be") {
    g.booked(1, "0.020", 5);
    g.submit(open_on(0, "next"), 6);
    CHECK(g.reason("next") == refusal_code::limit_account_notional);
    CHECK(g.places("next") == 1);
    CHECK(g.verdict_of("next").seen.exposure->account_value == value_of("1500"));
  }
}

// Rounds over resting orders: what is cancelled when, and when nothing rests.
#include "sluice/planning/resting_orders.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const instant start{1h};
const symbol btc{"BTCUSDT"};
const symbol eth{"ETHUSDT"};

order_report a_limit(const symbol& on) {
  order_report r;
  r.instrument = on;
  r.client_id = client_order_id{"web_1"};
  return r;
}

conditional_report a_stop(const symbol& on, bool closes, const char* id = "stop_1") {
  conditional_report r;
  r.instrument = on;
  r.client_id = client_order_id{id};
  r.direction = side::sell;
  r.close_position = closes;
  return r;
}

struct rounds {
  resting_orders orders{2s};
  instant now{start};
  bool may_send{true};
  std::vector<symbol> open{btc};
  std::optional<instant> all_flat_since{};
  std::optional<instant> flat_as_of{};  ///< By default a truth of right now.

  resting_actions step() {
    resting_actions out;
    orders.step({now, may_send, all_flat_since,
                 [this](const symbol& s) -> std::optional<instant> {
                   if (std::ranges::find(open, s) != open.end())
                     return std::nullopt;
                   return flat_as_of.value_or(now + 1ns);
                 }},
                out);
    return out;
  }
  void all_flat() {
    open.clear();
    all_flat_since = now;
  }
  void answer(std::vector<order_report> regular, std::vector<conditional_report> conditional = {}) {
    orders.read_answered({now, std::move(regular), std::move(conditional), {}}, now);
  }
};

}  // namespace

TEST_CASE("regular orders of every symbol are cancelled before the close, then read again") {
  rounds r;
  CHECK(r.step().read);
  CHECK_FALSE(r.orders.may_close(btc));
  CHECK_FALSE(r.step().read);
  r.answer({a_limit(btc), a_limit(btc), a_limit(eth)});
  const auto acted = r.step();
  REQUIRE(acted.cancels.size() == 2);
  CHECK(acted.cancels[0].on == btc);
  CHECK(acted.cancels[1].on == eth);
  CHECK(acted.cancels[0].kind == cancel_kind::all_regular);
  CHECK_FALSE(r.orders.may_close(btc));
  CHECK(r.orders.may_close(symbol{"XRPUSDT"}));
  CHECK_FALSE(r.orders.clear_since(start));
  r.orders.cancel_answered(true, r.now);
  CHECK_FALSE(r.step().read);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.orders.may_close(btc));
  CHECK(r.step().read);
  r.now += 100ms;
  r.answer({});
  CHECK(r.orders.clear_since(r.now - 100ms) == r.now);
  CHECK_FALSE(r.orders.clear_since(r.now));  // It began before.
}

TEST_CASE("a conditional order that protects an open position stays until that is flat") {
  struct row {
    const char* name;
    conditional_report order;
    bool open;
    std::optional<cancel_kind> cancelled;
  };
  auto reduce_only = a_stop(btc, false);
  reduce_only.reduce_only = true;
  auto closes_leg = a_stop(btc, false);
  closes_leg.leg = position_side::long_;
  auto adds_to_leg = closes_leg;
  adds_to_leg.direction = side::buy;
  const row rows[]{{"closes all", a_stop(btc, true), true, {}},
                   {"reduce-only", reduce_only, true, {}},
                   {"closes a leg", closes_leg, true, {}},
                   {"adds to a leg", adds_to_leg, true, cancel_kind::one_conditional},
                   {"may open", a_stop(btc, false), true, cancel_kind::one_conditional},
                   {"closes all, flat", a_stop(btc, true), false, cancel_kind::all_conditional},
                   {"may open, flat", a_stop(btc, false), false, cancel_kind::all_conditional}};
  for (const auto& given : rows) {
    INFO(given.name);
    rounds r;
    if (!given.open)
      r.open.clear();
    CHECK(r.step().read);
    r.answer({}, {given.order});
    const auto acted = r.step();
    REQUIRE(acted.cancels.size() == (given.cancelled ? 1 : 0));
    if (given.cancelled)
      CHECK(acted.cancels[0].kind == *given.cancelled);
    CHECK(r.orders.may_close(btc));
    CHECK_FALSE(r.orders.clear_since(start));
  }
}

TEST_CASE("once all is flat orders are read anew, whatever was read before") {
  rounds r;
  r.step();
  r.answer({});
  CHECK_FALSE(r.step().read);
  r.now += 1s;
  r.all_flat();
  CHECK(r.step().read);
  r.answer({}, {a_stop(btc, true)});
  CHECK(r.step().cancels.front().kind == cancel_kind::all_conditional);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.step().read);
  r.answer({});
  CHECK(r.orders.clear_since(r.now));
  CHECK_FALSE(r.step().read);
}

TEST_CASE("what fails is tried again with growing pauses, and keeps no position open") {
  rounds r;
  CHECK(r.step().read);
  for (const auto expected : {2s, 4s, 8s, 16s, 30s, 30s}) {
    r.orders.read_answered({{}, {}, {}, "timed_out"}, r.now);
    CHECK(r.orders.may_close(btc));
    CHECK(r.orders.fault() == "timed_out");
    milliseconds waited{0};
    for (; !r.step().read; waited += 500ms)
      r.now += 500ms;
    CHECK(waited == expected);
  }
}

TEST_CASE("where one kind could not be read, what the other brought is cancelled all the same") {
  rounds r;
  CHECK(r.step().read);
  r.orders.read_answered({r.now, {a_limit(btc)}, {}, "conditional orders: 503"}, r.now);
  CHECK_FALSE(r.orders.may_close(btc));
  const auto cancels = r.step().cancels;
  REQUIRE(cancels.size() == 1);
  CHECK(cancels.front().kind == cancel_kind::all_regular);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.orders.may_close(btc));
  CHECK_FALSE(r.step().read);  // Not before a pause, as after any look that failed.
  r.now += 4s;
  CHECK(r.step().read);
  r.orders.read_answered({r.now, {}, {}, "conditional orders: 503"}, r.now);
  CHECK_FALSE(r.step().read);
  CHECK_FALSE(r.orders.clear_since(start));
}

TEST_CASE("what protects stays where nobody knows which regular orders rest, for one may open") {
  rounds r;
  r.all_flat();
  auto entry = a_stop(btc, false, "entry_1");
  entry.direction = side::buy;
  CHECK(r.step().read);
  r.orders.read_answered({r.now, {}, {a_stop(btc, true), entry}, "regular orders: 503", false},
                         r.now);
  const auto cancels = r.step().cancels;
  REQUIRE(cancels.size() == 1);
  CHECK(cancels.front().kind == cancel_kind::one_conditional);
  CHECK(cancels.front().order.str() == "entry_1");
  r.orders.cancel_answered(true, r.now);
  while (!r.step().read)
    r.now += 500ms;
  r.answer({}, {a_stop(btc, true)});
  REQUIRE(r.step().cancels.size() == 1);
}

TEST_CASE("what protects stays until a look shows that no regular order of its symbol rests") {
  for (const bool cancelled : {true, false}) {
    INFO(cancelled);
    rounds r;
    r.all_flat();
    CHECK(r.step().read);
    r.answer({a_limit(btc)}, {a_stop(btc, true), a_stop(eth, true)});
    const auto first = r.step().cancels;
    REQUIRE(first.size() == 2);
    CHECK(first[0].kind == cancel_kind::all_regular);
    CHECK(first[0].on == btc);
    CHECK(first[1].kind == cancel_kind::all_conditional);
    CHECK(first[1].on == eth);
    r.orders.cancel_answered(cancelled, r.now);
    r.orders.cancel_answered(true, r.now);
    while (!r.step().read)
      r.now += 500ms;
    if (cancelled)
      r.answer({}, {a_stop(btc, true)});
    else
      r.answer({a_limit(btc)}, {a_stop(btc, true)});
    const auto second = r.step().cancels;
    REQUIRE(second.size() == 1);
    CHECK(second[0].kind == (cancelled ? cancel_kind::all_conditional : cancel_kind::all_regular));
    CHECK_FALSE(r.orders.clear_since(start));
  }
}

TEST_CASE("after looks that failed what a whole one finds is cancelled and looked for at once") {
  rounds r;
  for (int i = 0; i < 4; ++i) {
    while (!r.step().read)
      r.now += 500ms;
    r.orders.read_answered({r.now, {}, {}, "regular orders: 503", false}, r.now);
  }
  while (!r.step().read)
    r.now += 500ms;
  r.answer({a_limit(btc)});
  REQUIRE(r.step().cancels.size() == 1);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.step().read);
}

TEST_CASE("cancels that achieve nothing are repeated, but not without a pause") {
  rounds r;
  for (int i = 0; i < 3; ++i) {
    while (!r.step().read)
      r.now += 500ms;
    r.answer({a_limit(btc)});
    REQUIRE(r.step().cancels.size() == 1);
    r.orders.cancel_answered(i != 0, r.now);
    CHECK(r.orders.may_close(btc));
  }
  CHECK(r.now - start >= 4s);
  CHECK(r.orders.regular() == 1);
}

TEST_CASE("nothing is cancelled while nothing may be sent, and what a new look shows afterwards") {
  rounds r;
  r.may_send = false;
  CHECK(r.step().read);
  r.answer({a_limit(btc)}, {a_stop(eth, true)});
  CHECK(r.step().cancels.empty());
  r.now += 5min;
  CHECK(r.step().cancels.empty());
  r.may_send = true;
  auto acted = r.step();
  CHECK(acted.read);
  CHECK(acted.cancels.empty());
  CHECK_FALSE(r.orders.may_close(btc));
  // Somebody has placed an entry there meanwhile: its stop is needed.
  r.answer({a_limit(btc), a_limit(eth)}, {a_stop(eth, true)});
  acted = r.step();
  REQUIRE(acted.cancels.size() == 2);
  CHECK(acted.cancels[0].kind == cancel_kind::all_regular);
  CHECK(acted.cancels[1].kind == cancel_kind::all_regular);
}

TEST_CASE("what protects goes only by a truth newer than the look, for an order may have traded") {
  rounds r;
  r.all_flat();
  r.flat_as_of = r.now;
  CHECK(r.step().read);
  r.now += 50ms;
  r.answer({}, {a_stop(btc, true), a_stop(eth, true)});
  auto acted = r.step();
  CHECK(acted.cancels.empty());
  CHECK_FALSE(acted.read);
  CHECK(r.orders.awaits_truth() == r.now);
  CHECK(r.orders.awaits_truth_of(btc) == r.now);
  CHECK_FALSE(r.orders.awaits_truth_of(symbol("XRPUSDT")));
  SECTION("it shows that nothing was opened") {
    r.flat_as_of = r.now + 1ms;
    CHECK(r.step().cancels.size() == 2);
    CHECK_FALSE(r.orders.awaits_truth());
  }
  SECTION("it shows what was opened") {
    r.flat_as_of = r.now + 1ms;
    r.open = {btc};
    acted = r.step();
    REQUIRE(acted.cancels.size() == 1);
    CHECK(acted.cancels.front().on == eth);
    CHECK_FALSE(r.orders.awaits_truth_of(btc));
    CHECK(r.orders.may_close(btc));
  }
  SECTION("none comes: the orders are looked for again now and then, and their cancel waits on") {
    while (!r.step().read)
      r.now += 500ms;
    r.answer({}, {a_stop(btc, true)});
    CHECK(r.step().cancels.empty());
    CHECK(r.orders.awaits_truth_of(btc) == r.now);
    CHECK_FALSE(r.orders.awaits_truth_of(eth));
  }
}

TEST_CASE("waiting for a truth between two failed cancels does not make their pauses short again") {
  rounds r;
  r.all_flat();
  std::vector<milliseconds> pauses;
  for (int i = 0; i < 4; ++i) {
    const auto from = r.now;
    while (!r.step().read)
      r.now += 500ms;
    pauses.push_back(between(from, r.now));
    r.flat_as_of = r.now;
    r.answer({}, {a_stop(btc, true)});
    CHECK(r.step().cancels.empty());
    r.now += 1s;
    r.flat_as_of = r.now;
    REQUIRE(r.step().cancels.size() == 1);
    r.orders.cancel_answered(false, r.now);
  }
  CHECK(pauses == std::vector<milliseconds>{0ms, 2s, 4s, 8s});
}

TEST_CASE("what opens is cancelled beside a regular order, also where it has no id of its own") {
  rounds r;
  r.all_flat();
  CHECK(r.step().read);
  r.answer({a_limit(btc)}, {a_stop(btc, false, "")});
  auto cancels = r.step().cancels;
  REQUIRE(cancels.size() == 2);
  CHECK(cancels[1].kind == cancel_kind::all_conditional);
  for (const bool done : {true, true})
    r.orders.cancel_answered(done, r.now);
  CHECK(r.step().read);
  // What protects is not taken with it while the regular order is there.
  r.answer({a_limit(btc)}, {a_stop(btc, false, ""), a_stop(btc, true)});
  cancels = r.step().cancels;
  REQUIRE(cancels.size() == 1);
  CHECK(cancels[0].kind == cancel_kind::all_regular);
}

TEST_CASE("orders are looked for again now and then while positions stand") {
  rounds r;
  r.step();
  r.answer({});
  r.now += 29s;
  CHECK_FALSE(r.step().read);
  r.now += 1s;
  CHECK(r.step().read);
}

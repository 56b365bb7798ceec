// What protects a position among resting orders: when it may be taken away, and when not.
#include "resting_rounds.hpp"

using namespace sluice;
using namespace sluice::resting_rounds;
using namespace std::chrono_literals;

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
    const auto acted = r.step_with_truths();
    REQUIRE(acted.cancels.size() == (given.cancelled ? 1 : 0));
    if (given.cancelled)
      CHECK(acted.cancels[0].kind == *given.cancelled);
    CHECK(r.orders.may_close(btc));
    CHECK_FALSE(r.orders.clear_since(start));
  }
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
  r.until_read();
  r.answer({}, {a_stop(btc, true)});
  REQUIRE(r.step_with_truths().cancels.size() == 1);
}

TEST_CASE("what protects stays until a look shows that no regular order of its symbol rests") {
  for (const bool cancelled : {true, false}) {
    INFO(cancelled);
    rounds r;
    r.all_flat();
    CHECK(r.step().read);
    r.answer({a_limit(btc)}, {a_stop(btc, true)});
    const auto first = r.step().cancels;
    REQUIRE(first.size() == 1);
    CHECK(first[0].kind == cancel_kind::all_regular);
    r.orders.cancel_answered(cancelled, r.now);
    r.until_read();
    if (cancelled)
      r.answer({}, {a_stop(btc, true)});
    else
      r.answer({a_limit(btc)}, {a_stop(btc, true)});
    const auto second = r.step_with_truths().cancels;
    REQUIRE(second.size() == 1);
    CHECK(second[0].kind == (cancelled ? cancel_kind::all_conditional : cancel_kind::all_regular));
    CHECK_FALSE(r.orders.clear_since(start));
  }
}

TEST_CASE("an order that is placed anew again and again keeps no other symbol's stop") {
  rounds r;
  r.all_flat();
  int taken = 0;
  for (int look = 0; look < 4 && taken == 0; ++look) {
    r.until_read();
    r.answer({a_limit(eth)}, {a_stop(btc, true)});
    REQUIRE(r.step().cancels.size() == 1);
    r.orders.cancel_answered(false, r.now);
    CHECK(r.orders.awaits_truth_of(btc) == r.now);
    for (int i = 0; i < 3; ++i) {
      r.now += 500ms;
      for (const auto& c : r.step().cancels) {
        CHECK(c.on == btc);
        r.orders.cancel_answered(true, r.now);
        ++taken;
      }
    }
  }
  CHECK(taken == 1);
}

TEST_CASE("truths that come while nothing may be sent take no protection by the look of before") {
  rounds r;
  r.all_flat();
  CHECK(r.step().read);
  r.answer({}, {a_stop(btc, true)});
  CHECK(r.step().cancels.empty());
  r.may_send = false;
  for (int i = 0; i < 100; ++i) {
    r.now += 1s;
    const auto acted = r.step();
    CHECK_FALSE(acted.read);
    CHECK(acted.cancels.empty());
  }
  r.may_send = true;
  CHECK(r.step().read);
  r.answer({}, {a_stop(btc, true)});
  CHECK(r.step_with_truths().cancels.size() == 1);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.step().read);
}

TEST_CASE("what protects goes only by two truths newer than the look: an order may have traded") {
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
  const auto first = r.now + 1ms;
  r.flat_as_of = first;
  CHECK(r.step().cancels.empty());
  CHECK(r.step().cancels.empty());
  CHECK(r.orders.awaits_truth_of(btc) == first);
  SECTION("they show that nothing was opened") {
    r.flat_as_of = first + 1s;
    CHECK(r.step().cancels.size() == 2);
    CHECK_FALSE(r.orders.awaits_truth());
  }
  SECTION("the second shows what was opened") {
    r.flat_as_of = first + 1s;
    r.open = {btc};
    acted = r.step();
    REQUIRE(acted.cancels.size() == 1);
    CHECK(acted.cancels.front().on == eth);
    CHECK_FALSE(r.orders.awaits_truth_of(btc));
    CHECK(r.orders.may_close(btc));
  }
  SECTION("no second comes: orders are looked for again now and then, and their cancel waits on") {
    r.until_read();
    r.answer({}, {a_stop(btc, true)});
    CHECK(r.step().cancels.empty());
    CHECK(r.orders.awaits_truth_of(btc) == r.now);
    CHECK_FALSE(r.orders.awaits_truth_of(eth));
  }
}

TEST_CASE("those whose truths have come wait a while for the others, to go with them") {
  rounds r;
  r.all_flat();
  CHECK(r.step().read);
  r.answer({}, {a_stop(btc, true), a_stop(eth, true)});
  r.late = eth;
  for (int i = 0; i < 9; ++i) {
    CHECK(r.step().cancels.empty());
    r.now += 500ms;
  }
  r.now += 500ms;
  SECTION("they do not") {
    const auto acted = r.step();
    REQUIRE(acted.cancels.size() == 1);
    CHECK(acted.cancels.front().on == btc);
    r.orders.cancel_answered(true, r.now);
    CHECK(r.orders.awaits_truth_of(eth));
    CHECK(r.step().read);
  }
}

TEST_CASE("waiting for truths between two failed cancels does not make their pauses short again") {
  rounds r;
  r.all_flat();
  std::vector<milliseconds> pauses;
  for (int i = 0; i < 4; ++i) {
    const auto from = r.now;
    r.until_read();
    pauses.push_back(between(from, r.now));
    r.answer({}, {a_stop(btc, true)});
    REQUIRE(r.step_with_truths().cancels.size() == 1);
    r.orders.cancel_answered(false, r.now);
  }
  CHECK(pauses == std::vector<milliseconds>{0ms, 2s, 4s, 8s});
}

TEST_CASE("what protects has tries of its own: after other cancels it is looked for at once") {
  rounds r;
  r.all_flat();
  CHECK(r.step().read);
  r.answer({a_limit(btc)}, {a_stop(btc, true)});
  CHECK(r.step().cancels.size() == 1);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.step().read);
  r.answer({}, {a_stop(btc, true)});
  CHECK(r.step_with_truths().cancels.size() == 1);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.step().read);
}

TEST_CASE("what protects stays while something conditional may open, whatever came of its cancel") {
  for (const bool cancelled : {true, false}) {
    INFO(cancelled);
    rounds r;
    r.all_flat();
    CHECK(r.step().read);
    r.answer({}, {a_stop(btc, true), a_stop(btc, false, "entry_1")});
    const auto first = r.step().cancels;
    REQUIRE(first.size() == 1);
    CHECK(first[0].kind == cancel_kind::one_conditional);
    r.orders.cancel_answered(cancelled, r.now);
    r.until_read();
    r.answer({}, {a_stop(btc, true)});
    CHECK(r.step_with_truths().cancels.size() == 1);
  }
}

TEST_CASE("what opens and has no id goes with what protects, or alone where the symbol is flat") {
  for (const bool guarded : {true, false}) {
    INFO(guarded);
    rounds r;
    r.all_flat();
    CHECK(r.step().read);
    std::vector<conditional_report> resting{a_stop(btc, false, "")};
    if (guarded)
      resting.push_back(a_stop(btc, true));
    r.answer({}, resting);
    if (guarded)
      CHECK(r.step().cancels.empty());
    r.now += 1s;
    const auto acted = r.step();
    REQUIRE(acted.cancels.size() == 1);
    CHECK(acted.cancels[0].kind == cancel_kind::all_conditional);
  }
}

TEST_CASE("a look of a halt takes no protection once the halt is over") {
  rounds r;
  r.all_flat();
  r.may_send = false;
  CHECK(r.step().read);
  r.answer({}, {a_stop(btc, true)});
  CHECK(r.step().cancels.empty());  // The first truth.
  r.may_send = true;
  r.now += 1s;
  CHECK(r.step().read);
}

TEST_CASE("the cancel of what protects one symbol holds up the close of no other") {
  rounds r;
  r.open = {eth};
  CHECK(r.step().read);
  r.answer({a_limit(eth)}, {a_stop(btc, true)});
  CHECK(r.step().cancels.size() == 1);
  r.orders.cancel_answered(false, r.now);
  CHECK(r.orders.may_close(eth));
  CHECK(r.step().cancels.empty());
  r.now += 1s;
  CHECK(r.step().cancels.size() == 1);
  CHECK(r.orders.may_close(eth));
}

TEST_CASE("one symbol's protection after the other is taken without growing pauses") {
  rounds r;
  r.open = {};
  for (const char* name : {"AUSDT", "BUSDT", "CUSDT", "DUSDT"}) {
    r.all_flat();
    CHECK(r.step().read);
    r.answer({}, {a_stop(symbol(name), true)});
    CHECK(r.step_with_truths().cancels.size() == 1);
    r.orders.cancel_answered(true, r.now);
    CHECK(r.step().read);
    r.answer({});
    CHECK(r.step().cancels.empty());
    r.now += 1s;
  }
}

// Rounds over resting orders: what is cancelled when, and when nothing rests.
#include "resting_rounds.hpp"

using namespace sluice;
using namespace sluice::resting_rounds;
using namespace std::chrono_literals;

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

TEST_CASE("once all is flat orders are read anew, whatever was read before") {
  rounds r;
  r.step();
  r.answer({});
  CHECK_FALSE(r.step().read);
  r.now += 1s;
  r.all_flat();
  CHECK(r.step().read);
  r.answer({}, {a_stop(btc, true)});
  auto acted = r.step_with_truths();
  REQUIRE(acted.cancels.size() == 1);
  CHECK(acted.cancels.front().kind == cancel_kind::all_conditional);
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

TEST_CASE("after looks that failed what a whole one finds is cancelled and looked for at once") {
  rounds r;
  for (int i = 0; i < 4; ++i) {
    r.until_read();
    r.orders.read_answered({r.now, {}, {}, "regular orders: 503", false}, r.now);
  }
  r.until_read();
  r.answer({a_limit(btc)});
  REQUIRE(r.step().cancels.size() == 1);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.step().read);
}

TEST_CASE("cancels that achieve nothing are repeated, but not without a pause") {
  rounds r;
  for (int i = 0; i < 3; ++i) {
    r.until_read();
    r.answer({a_limit(btc)});
    REQUIRE(r.step().cancels.size() == 1);
    r.orders.cancel_answered(i != 0, r.now);
    CHECK(r.orders.may_close(btc));
  }
  CHECK(r.now - start >= 4s);
  CHECK(r.orders.regular() == 1);
}

TEST_CASE(
    "nothing is cancelled while nothing may be sent, then what is sure, the rest by a new look") {
  rounds r;
  r.may_send = false;
  CHECK(r.step().read);
  auto entry = a_stop(btc, false, "entry_1");
  r.answer({a_limit(btc)}, {a_stop(eth, true), entry});
  CHECK(r.step().cancels.empty());
  r.now += 5min;
  CHECK(r.step().cancels.empty());
  r.may_send = true;
  auto acted = r.step();
  CHECK_FALSE(r.orders.may_close(btc));
  REQUIRE(acted.cancels.size() == 1);
  CHECK(acted.cancels[0].kind == cancel_kind::all_regular);
  r.orders.cancel_answered(true, r.now);
  CHECK(r.step().read);
  // Somebody has placed an entry there meanwhile: its stop is needed.
  r.answer({a_limit(eth)}, {a_stop(eth, true), entry});
  acted = r.step();
  REQUIRE(acted.cancels.size() == 2);
  CHECK(acted.cancels[0].kind == cancel_kind::all_regular);
  CHECK(acted.cancels[1].order.str() == "entry_1");
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

// One stop per position: placed, moved, cancelled, and never two where one is in doubt.
#include "stop_world.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("a stop is intended, made durable and only then sent, at the exit engine's price") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95.03");
  w.as_of = w.now;
  const auto first = w.keeper.decide(w.key, w.around(), w.at());
  REQUIRE(first.size() == 1);
  const auto intent = std::get<intend_stop>(first.front()).what.what;
  CHECK(intent.state == stop_state::intended);
  CHECK(intent.trigger == stop_world::p("95.1"));
  CHECK(is_ours("test", intent.id));
  w.take(w.keeper.on_durable(intent.id, w.around(), w.now));
  const auto sent = w.last<place_stop>().request;
  CHECK(sent.id == intent.id);
  CHECK(sent.close_position);
  CHECK_FALSE(sent.reduce_only);
  CHECK(sent.amount.is_zero());
  CHECK(sent.direction == side::sell);
  CHECK(sent.compares == trigger_source::mark);
  CHECK(sent.kind == conditional_kind::stop);
  CHECK(w.keeper.on_durable(intent.id, w.around(), w.now).empty());
}

TEST_CASE("a symbol that the venue does not trade freely gets its stop, a closed one none") {
  stop_world w;
  w.tradable = false;
  w.closed = GENERATE(false, true);
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  CHECK(w.count<place_stop>() == (w.closed ? 0 : 1));
}

TEST_CASE("an intent whose position is gone when it is durable is never sent") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  auto first = w.keeper.decide(w.key, w.around(), w.at());
  w.flat();
  w.take(std::move(first));
  CHECK(w.count<place_stop>() == 0);
  CHECK(w.last<stop_changed>().what.state == stop_state::rejected);
  CHECK(w.keeper.stops().empty());
}

TEST_CASE("nothing is decided before the open conditional orders were read") {
  stop_world w;
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  CHECK(w.said.empty());
  w.pass(0ms);
  CHECK(w.count<audit_stops>() == 1);
  CHECK(w.last<audit_stops>().scope.empty());
  w.take(w.keeper.on_audit({}, read_failure{failure_kind::timed_out, 0, 0, "", {}}, w.now, w.at()));
  w.decide();
  CHECK(w.count<intend_stop>() == 0);
  w.pass(1'900ms);
  CHECK(w.count<audit_stops>() == 1);
  w.pass(200ms);
  CHECK(w.count<audit_stops>() == 2);
  w.audit();
  w.decide();
  CHECK(w.count<intend_stop>() == 1);
}

TEST_CASE("unknown and old truth change nothing") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  w.content = position_unknown{};
  w.decide();
  CHECK(w.said.empty());
  w.flat();
  w.now += 11s;
  w.take(w.keeper.decide(w.key, w.around(), w.at()));
  CHECK(w.count<cancel_stop>() == 0);
  CHECK(w.state_of(id) == stop_state::resting);
  w.decide();
  CHECK(w.last<cancel_stop>().id == id);
}

TEST_CASE("the exit state is awaited a moment before the distance stands in for its stop") {
  stop_world w;
  w.begin();
  w.hold("-2");
  w.decide();
  CHECK(w.count<intend_stop>() == 0);
  w.pass(1'000ms);
  w.decide();
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("105"));
  CHECK(w.last<place_stop>().request.direction == side::buy);
}

TEST_CASE("a moved stop is placed anew before the old one is cancelled") {
  stop_world w;
  const auto old = w.guarded();
  w.exit_stop("97");
  w.forget();
  w.decide();
  CHECK(w.count<cancel_stop>() == 0);
  const auto fresh = w.last<place_stop>().request.id;
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("97"));
  w.decide();
  CHECK(w.count<place_stop>() == 1);
  w.take(w.keeper.on_placed(
      fresh,
      conditional_done{stop_world::report(fresh, conditional_status::new_, side::sell, "97")},
      w.now));
  CHECK(w.state_of(old) == stop_state::resting);
  w.decide();
  CHECK(w.last<cancel_stop>().id == old);
  w.cancelled(old);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
  CHECK(w.keeper.stops().size() == 1);
}

TEST_CASE("a stop within the tolerance stays") {
  stop_world w;
  w.guarded();
  w.exit_stop("95.04");  // Becomes 95.1: more than 5 basis points off.
  w.forget();
  w.exit_stop("95.0");
  w.decide();
  CHECK(w.said.empty());
}

TEST_CASE("where the venue takes one at a time the old stop goes first") {
  stop_world w;
  const auto old = w.guarded();
  w.exit_stop("97");
  w.decide();
  w.refuse(-4130, "An open stop or take profit order with closePosition is existing.");
  w.forget();
  w.decide();
  CHECK(w.last<cancel_stop>().id == old);
  CHECK(w.count<place_stop>() == 0);
  w.cancelled(old);
  w.decide();
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("97"));
}

TEST_CASE("a stop stays when one read does not show its position") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  w.missing();
  w.decide();
  w.take(w.keeper.decide(w.key, w.around(), w.at()));  // The same read again.
  CHECK(w.count<cancel_stop>() == 0);
  SECTION("it is there again") {
    w.hold("1");
    w.now += 500ms;
    w.decide();
    w.missing();
    w.decide();
    CHECK(w.count<cancel_stop>() == 0);
    CHECK(w.keeper.stops().size() == 1);
  }
  SECTION("a later read agrees") {
    w.now += 500ms;
    w.missing();
    w.decide();
    CHECK(w.last<cancel_stop>().id == id);
  }
}

TEST_CASE("a stop goes with its position, and one of the wrong side is replaced first") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  SECTION("flat") {
    w.flat();
    w.decide();
    CHECK(w.last<cancel_stop>().id == id);
    CHECK(w.last<stop_pending>().pending);
    w.cancelled(id);
    CHECK_FALSE(w.last<stop_pending>().pending);
    CHECK(w.last<stop_pending>().became == 0);
    CHECK(w.keeper.stops().empty());
  }
  SECTION("turned around") {
    w.hold("-1");
    w.exit_stop("104", "-1");
    w.decide();
    CHECK(w.count<cancel_stop>() == 0);
    const auto fresh = w.last<place_stop>().request;
    CHECK(fresh.direction == side::buy);
    w.take(w.keeper.on_placed(
        fresh.id,
        conditional_done{stop_world::report(fresh.id, conditional_status::new_, side::buy, "104")},
        w.now));
    w.decide();
    CHECK(w.last<cancel_stop>().id == id);
  }
}

TEST_CASE("the late end of the other side's stop does not keep the new position's stop away") {
  stop_world w;
  const auto old = w.guarded();
  w.forget();
  w.hold("-1");
  w.decide();
  auto told =
      w.report_of(old, GENERATE(conditional_status::expired, conditional_status::cancelled));
  told.why = "the position was closed";
  w.take(w.keeper.on_event(told, w.now));
  w.exit_stop("104", "-1");
  w.now += 1ms;
  w.decide();
  CHECK(w.last<place_stop>().request.direction == side::buy);
}

TEST_CASE("a stop that is crossed already is not sent, and not again after the venue said so") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.mark = stop_world::p("94");
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  w.mark = std::nullopt;
  w.decide();
  REQUIRE(w.count<place_stop>() == 1);
  w.refuse(-2021, "Order would immediately trigger.");
  for (int i = 0; i < 200; ++i) {
    w.pass(500ms);
    w.decide();
  }
  CHECK(w.count<place_stop>() == 1);
  CHECK(w.keeper.unguarded().front().second.find("-2021") != std::string::npos);
  w.mark = stop_world::p("96");
  w.decide();
  CHECK(w.count<place_stop>() == 2);
}

TEST_CASE("refusals are repeated ever more slowly") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  std::vector<std::size_t> after{};
  w.decide();
  for (int second = 0; second < 150; ++second) {
    if (w.keeper.stops().size() == 1)
      w.refuse(-4045, "Reach max stop order limit.");
    w.pass(1'000ms);
    w.decide();
    if (second % 50 == 49)
      after.push_back(w.count<place_stop>());
  }
  CHECK(after == std::vector<std::size_t>{4, 5, 5});
}

TEST_CASE("a stop is placed soon after the end of an outage, however long it was") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  for (int second = 0; second < 300; ++second) {
    if (w.keeper.stops().size() == 1)
      w.refuse_for_now(503);
    w.pass(1'000ms);
    w.decide();
  }
  const auto tried = w.count<place_stop>();
  CHECK(tried > 30);
  CHECK(tried < 70);
  if (w.keeper.stops().size() == 1)
    w.refuse_for_now(503);
  for (int second = 0; second < 6; ++second) {
    w.pass(1'000ms);
    w.decide();
  }
  CHECK(w.count<place_stop>() > tried);
}

TEST_CASE("a position without a stop is told after the grace, once, and again when it has one") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  w.refuse(-4045, "Reach max stop order limit.");
  w.pass(10s);
  CHECK(w.count<guard_changed>() == 0);
  w.pass(1ms);
  w.pass(500ms);
  REQUIRE(w.count<guard_changed>() == 1);
  CHECK_FALSE(w.last<guard_changed>().guarded);
  CHECK(w.last<guard_changed>().text.find("-4045") != std::string::npos);
  CHECK(w.keeper.unguarded().size() == 1);
  SECTION("a stop rests") {
    w.decide();
    w.accept();
    w.decide();
    CHECK(w.last<guard_changed>().guarded);
    CHECK(w.keeper.unguarded().empty());
  }
  SECTION("the position is closed") {
    w.flat();
    w.decide();
    CHECK(w.last<guard_changed>().guarded);
    CHECK(w.keeper.unguarded().empty());
  }
}

TEST_CASE("conditional orders of others are not touched") {
  stop_world w;
  w.begin();
  const client_order_id theirs("web_abc");
  auto row = w.report_of(theirs, conditional_status::new_);
  w.audit({row});
  CHECK(w.keeper.on_event(row, w.now).empty());
  w.flat();
  w.decide();
  CHECK(w.count<cancel_stop>() == 0);
  CHECK(w.keeper.stops().empty());
}

TEST_CASE("switched off it places nothing and cancels what was left once the position is gone") {
  stop_world w(false);
  CHECK(w.keeper.on_tick(w.now).empty());
  protective_stop left;
  left.number = 4;
  left.id = make_stop_order_id("test", left);
  left.position = w.key;
  left.trigger = stop_world::p("95");
  left.state = stop_state::resting;
  left.venue_id = 500;
  w.take(w.keeper.restore({left}, 4, w.now));
  w.pass(0ms);
  w.audit({w.report_of(left.id, conditional_status::new_)});
  w.hold("1");
  w.exit_stop("90");
  w.decide();
  CHECK(w.count<intend_stop>() == 0);
  CHECK(w.count<cancel_stop>() == 0);
  w.flat();
  w.decide();
  CHECK(w.last<cancel_stop>().id == left.id);
  w.cancelled(left.id);
  CHECK_FALSE(w.keeper.is_active());
}

TEST_CASE("a stop that the venue cancels for a reason is not placed again at once") {
  stop_world w;
  const auto id = w.guarded();
  auto told = w.report_of(id, conditional_status::cancelled);
  SECTION("with the reason kept") {
    told.why = "Reduce Only reject";
    w.take(w.keeper.on_event(told, w.now));
    w.forget();
    w.decide();
    CHECK(w.count<place_stop>() == 0);
    w.pass(5s);
    w.decide();
    CHECK(w.count<place_stop>() == 1);
  }
  SECTION("unlike one that somebody took away") {
    w.take(w.keeper.on_event(told, w.now));
    w.forget();
    w.decide();
    CHECK(w.count<place_stop>() == 1);
  }
}

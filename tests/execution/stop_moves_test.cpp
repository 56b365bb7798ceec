// Moves of a stop at a venue that takes one at a time: never for nothing, and back when refused.
#include "stop_world.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

constexpr int one_at_a_time = -4130;

/// A long position whose stop at 95 rests, at a venue that has refused a second one.
client_order_id alone(stop_world& w) {
  const auto old = w.guarded();
  w.exit_stop("97");
  w.decide();
  w.refuse(one_at_a_time, "An open stop or take profit order with closePosition is existing.");
  w.forget();
  return old;
}

client_order_id rests_at(stop_world& w, const std::string& trigger) {
  const auto placed = w.last<place_stop>().request;
  CHECK(placed.trigger == stop_world::p(trigger));
  w.take(w.keeper.on_placed(placed.id,
                            conditional_done{stop_world::report(placed.id, conditional_status::new_,
                                                                side::sell, trigger)},
                            w.now));
  return placed.id;
}

}  // namespace

TEST_CASE("a stop is not taken away for one that is crossed already") {
  stop_world w;
  const auto old = alone(w);
  w.mark = stop_world::p("96.9");
  w.decide();
  CHECK(w.said.empty());
  CHECK(w.state_of(old) == stop_state::resting);
  w.mark = stop_world::p("97.1");
  w.decide();
  CHECK(w.last<cancel_stop>().id == old);
}

TEST_CASE("a stop is not taken away while no other could be placed") {
  stop_world w;
  const auto old = alone(w);
  w.orders_leave = false;
  w.decide();
  CHECK(w.said.empty());
  CHECK(w.state_of(old) == stop_state::resting);
  w.orders_leave = true;
  w.decide();
  CHECK(w.last<cancel_stop>().id == old);
}

TEST_CASE("a stop is not taken away for a small move") {
  stop_world w;
  const auto old = alone(w);
  w.exit_stop("95.2");  // 21 basis points.
  w.decide();
  CHECK(w.said.empty());
  w.exit_stop("95.3");
  w.decide();
  CHECK(w.last<cancel_stop>().id == old);
}

TEST_CASE("a stop that made room for one that is refused is put back, and the move waits") {
  stop_world w;
  const auto old = alone(w);
  w.decide();
  w.cancelled(old);
  w.decide();
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("97"));
  w.refuse(-4045, "Reach max stop order limit.");
  w.decide();
  const auto back = rests_at(w, "95");
  w.decide();
  w.forget();
  w.pass(4'999ms);
  w.decide();
  CHECK(w.said.empty());
  w.pass(1ms);
  w.decide();
  REQUIRE(w.last<cancel_stop>().id == back);
  SECTION("longer when it is refused again") {
    w.cancelled(back);
    w.decide();
    w.refuse(-4045, "Reach max stop order limit.");
    w.decide();
    const auto again = rests_at(w, "95");
    w.decide();
    w.forget();
    w.pass(9'999ms);
    w.decide();
    CHECK(w.count<cancel_stop>() == 0);
    w.pass(1ms);
    w.decide();
    CHECK(w.last<cancel_stop>().id == again);
  }
  SECTION("and succeeds when the venue takes it") {
    w.cancelled(back);
    w.decide();
    rests_at(w, "97");
    w.forget();
    w.pass(60s);
    w.decide();
    CHECK(w.count<cancel_stop>() == 0);
    CHECK(w.count<place_stop>() == 0);
  }
}

TEST_CASE("a stop that made room stands in when the mark crosses the new one meanwhile") {
  stop_world w;
  const auto old = alone(w);
  w.mark = stop_world::p("97.5");
  w.decide();
  w.cancelled(old);
  w.mark = stop_world::p("96.5");
  w.decide();
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("95"));
}

TEST_CASE("what is wanted is tried as ever when the old stop is refused too") {
  stop_world w;
  const auto old = alone(w);
  w.decide();
  w.cancelled(old);
  w.decide();
  w.refuse(-4045, "Reach max stop order limit.");
  w.decide();
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("95"));
  w.refuse(-4045, "Reach max stop order limit.");
  w.forget();
  w.decide();
  CHECK(w.said.empty());
  w.pass(60s);
  w.decide();
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("97"));
}

TEST_CASE("a stop that made room for another is moved as soon as the venue shows that it did") {
  stop_world w;
  const auto old = alone(w);
  w.decide();
  CHECK(w.keeper.is_moving());
  w.cancelled(old);
  w.decide();
  for (int i = 0; i < 3; ++i) {
    CHECK(w.last<place_stop>().request.trigger == stop_world::p("97"));
    w.refuse(one_at_a_time, "An open stop or take profit order with closePosition is existing.");
    w.forget();
    w.decide();
    CHECK(w.count<place_stop>() == 0);
    CHECK(w.keeper.is_moving());
    w.pass(200ms);
    w.decide();
  }
  rests_at(w, "97");
  w.decide();
  CHECK_FALSE(w.keeper.is_moving());
}

TEST_CASE("a cancel that the venue never shows does not keep the old stop away") {
  stop_world w;
  const auto old = alone(w);
  w.decide();
  w.cancelled(old);
  w.decide();
  int tries = 0;
  while (w.last<place_stop>().request.trigger == stop_world::p("97") && tries < 100) {
    ++tries;
    w.refuse(one_at_a_time, "An open stop or take profit order with closePosition is existing.");
    w.pass(200ms);
    w.decide();
  }
  CHECK(tries == 11);
  CHECK(w.last<place_stop>().request.trigger == stop_world::p("95"));
}

TEST_CASE("where no more conditional orders may be open a move takes the place of the old stop") {
  stop_world w;
  const auto old = w.guarded();
  w.exit_stop("97");
  w.decide();
  w.refuse(-4045, "Reach max stop order limit.");
  w.forget();
  w.decide();
  CHECK(w.last<cancel_stop>().id == old);
  w.cancelled(old);
  w.decide();
  rests_at(w, "97");
}

TEST_CASE("a refused cancel delays the next cancel, and no stop in the place of one that is gone") {
  stop_world w;
  const auto old = alone(w);
  w.decide();
  REQUIRE(w.last<cancel_stop>().id == old);
  order_refused no;
  no.http_status = 400;
  no.code = -2011;
  w.take(w.keeper.on_cancelled(old, no, w.now));
  REQUIRE(w.last<ask_stop>().id == old);
  w.forget();
  SECTION("it is gone") {
    w.take(w.keeper.on_asked(old, w.report_of(old, conditional_status::cancelled), w.now, w.now));
    w.decide();
    CHECK(w.count<place_stop>() == 1);
  }
  SECTION("it rests") {
    w.take(w.keeper.on_asked(old, w.report_of(old, conditional_status::new_), w.now, w.now));
    w.decide();
    w.pass(4s);
    w.decide();
    CHECK(w.count<cancel_stop>() == 0);
    w.pass(1s);
    w.decide();
    CHECK(w.last<cancel_stop>().id == old);
  }
}

TEST_CASE("a stop whose cancel was never sent rests as before") {
  stop_world w;
  const auto old = alone(w);
  w.decide();
  REQUIRE(w.last<cancel_stop>().id == old);
  w.forget();
  order_refused no;
  no.text = "the weight of this minute is used up";
  no.retry_at = w.now + 20s;
  w.take(w.keeper.on_cancelled(old, no, w.now));
  CHECK(w.state_of(old) == stop_state::resting);
  CHECK(w.count<ask_stop>() == 0);
  CHECK_FALSE(w.last<stop_pending>().pending);
  w.pass(19s);
  w.decide();
  CHECK(w.count<cancel_stop>() == 0);
  w.pass(1s);
  w.decide();
  CHECK(w.last<cancel_stop>().id == old);
}

TEST_CASE("while the old stop may not be cancelled a move leaves no further one beside it") {
  stop_world w;
  const auto old = w.guarded();
  w.exit_stop("96");
  w.decide();
  const auto second = rests_at(w, "96");
  w.decide();
  REQUIRE(w.last<cancel_stop>().id == old);
  order_refused no;
  no.retry_at = w.now + 30s;
  w.take(w.keeper.on_cancelled(old, no, w.now));
  w.forget();
  w.exit_stop("97");
  w.pass(29s);
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  w.pass(1s);
  w.decide();
  const auto third = rests_at(w, "97");
  w.decide();
  CHECK(w.count<cancel_stop>() == 2);
  CHECK(w.state_of(second) == stop_state::cancelling);
  CHECK(w.state_of(third) == stop_state::resting);
}

TEST_CASE("a stop of the other side that may not be cancelled yet keeps no stop away") {
  stop_world w;
  const auto old = alone(w);
  w.hold("-1");
  w.exit_stop("104", "-1");
  w.decide();
  w.refuse(one_at_a_time);
  w.decide();
  REQUIRE(w.last<cancel_stop>().id == old);
  order_refused no;
  no.retry_at = w.now + 60s;
  w.take(w.keeper.on_cancelled(old, no, w.now));
  w.forget();
  // Not at once, for it was refused beside this one, but it goes on being tried.
  w.decide();
  w.pass(20s);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
  w.refuse(one_at_a_time);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

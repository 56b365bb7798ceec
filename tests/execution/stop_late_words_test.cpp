// What is said late, or in words that nobody knows, of a protective stop, and what it keeps back.
#include "stop_world.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

constexpr int one_at_a_time = -4130;

order_refused refused_with(int code) {
  order_refused no;
  no.http_status = 400;
  no.code = code;
  return no;
}

/// A long position whose first stop, at 95, is on its way.
client_order_id sent(stop_world& w) {
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  return w.last<place_stop>().request.id;
}

/// Turns the position around, with an exit state for the new side.
void turn_around(stop_world& w) {
  w.now += 1ms;
  w.hold("-1");
  w.exit_stop("104", "-1");
  w.decide();
}

}  // namespace

TEST_CASE("a refusal of the old side's stop does not keep the new side's stop away") {
  stop_world w;
  const auto old = sent(w);
  turn_around(w);
  w.forget();
  w.take(w.keeper.on_placed(old, refused_with(GENERATE(-2021, -4130, -1111)), w.now));
  w.now += 1ms;
  w.decide();
  REQUIRE(w.count<place_stop>() == 1);
  CHECK(w.last<place_stop>().request.direction == side::buy);
}

TEST_CASE("a venue that is away is left alone by the new side's stop as well") {
  stop_world w;
  const auto old = sent(w);
  turn_around(w);
  w.forget();
  auto away = refused_with(0);
  away.http_status = 503;
  away.retryable = true;
  away.cure = refusal_cure::wait;
  w.take(w.keeper.on_placed(old, away, w.now));
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  w.pass(5s);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE("the late end of a stop of an earlier position does not keep the next one's away") {
  stop_world w;
  const auto old = w.guarded();
  w.flat();
  w.decide();
  REQUIRE(w.state_of(old) == stop_state::cancelling);
  w.now += 1ms;
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  w.forget();
  auto told = w.report_of(old, GENERATE(conditional_status::expired, conditional_status::rejected));
  told.why = "the position was closed";
  const auto seen = w.now;
  w.now += 1ms;
  w.take(w.keeper.on_event(told, w.now));
  // What was read before that still counts: nothing was traded.
  w.take(w.keeper.decide(w.key, w.around(), w.at()));
  CHECK(w.as_of == seen);
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE("a position gets its stop while it is open what became of the other side's") {
  const bool answered = GENERATE(false, true);
  stop_world w;
  const auto old = w.guarded();
  w.flat();
  w.decide();
  if (answered)
    w.take(w.keeper.on_cancelled(old, order_uncertain{"no answer in time"}, w.now));
  CHECK(w.state_of(old) == (answered ? stop_state::unknown : stop_state::cancelling));
  w.forget();
  turn_around(w);
  REQUIRE(w.count<place_stop>() == 1);
  CHECK(w.last<place_stop>().request.direction == side::buy);
}

TEST_CASE("a stop of the same side that may still rest is waited for") {
  stop_world w;
  const auto old = w.guarded();
  w.flat();
  w.decide();
  w.take(w.keeper.on_cancelled(old, order_uncertain{"no answer in time"}, w.now));
  w.forget();
  w.now += 1ms;
  w.hold("1");
  w.decide();
  CHECK(w.count<place_stop>() == 0);
}

TEST_CASE("a list of before a doubt does not end it") {
  stop_world w;
  const auto id = w.guarded();
  const std::vector rows{w.report_of(id, conditional_status::new_)};
  w.flat();
  w.decide();
  const auto asked_at = w.now;
  w.now += 100ms;
  w.take(w.keeper.on_cancelled(id, order_uncertain{"reset"}, w.now));
  w.take(w.keeper.on_audit({}, rows, asked_at, w.at()));
  CHECK(w.state_of(id) == stop_state::unknown);
  w.now += 100ms;
  w.audit(rows);
  CHECK(w.state_of(id) == stop_state::resting);
}

TEST_CASE("a stop whose cancel did not succeed is looked for once more when that is certain") {
  stop_world w;
  const auto id = w.guarded();
  w.hold("1");
  w.exit_stop("96");
  w.decide();
  w.refuse(one_at_a_time);
  w.decide();
  REQUIRE(w.last<cancel_stop>().id == id);
  SECTION("its cancel is in doubt") {
    w.take(w.keeper.on_cancelled(id, order_uncertain{"reset"}, w.now));
    // The question overtook the cancel.
    w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::new_), w.now, w.now));
  }
  SECTION("its cancel was not sent") {
    w.take(w.keeper.on_cancelled(id, order_refused{}, w.now));
  }
  REQUIRE(w.state_of(id) == stop_state::resting);
  w.forget();
  w.pass(6'400ms);
  CHECK(w.count<audit_stops>() == 0);
  w.pass(200ms);
  REQUIRE(w.count<audit_stops>() == 1);
  CHECK(w.last<audit_stops>().scope == w.key.instrument);
  w.pass(500ms);
  CHECK(w.count<audit_stops>() == 1);
  w.audit({}, w.key.instrument);
  CHECK(w.last<ask_stop>().id == id);
}

TEST_CASE("a stop is asked about when its event has a word that nobody knows") {
  stop_world w;
  const bool inherited = GENERATE(true, false);
  client_order_id id;
  if (inherited) {
    protective_stop old;
    old.number = 7;
    old.position = w.key;
    old.trigger = stop_world::p("95");
    old.id = id = make_stop_order_id("test", old);
    old.state = stop_state::resting;
    old.venue_id = 500;
    w.take(w.keeper.restore({old}, 7, w.now));
  } else {
    id = w.guarded();
  }
  w.forget();
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::other), w.now));
  CHECK(w.last<ask_stop>().id == id);
  // Neither of two answers has it: it is gone.
  w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::other), w.now, w.now));
  for (int i = 0; i < 3; ++i) {
    w.pass(20s);
    w.audit();
    w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::other), w.now, w.now));
  }
  CHECK_FALSE(w.state_of(id));
}

TEST_CASE("a list decides on a stop whose end was told where no question is answered") {
  stop_world w;
  const auto id = w.guarded();
  const std::vector rows{w.report_of(id, conditional_status::new_)};
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::cancelled), w.now));
  w.pass(9s);
  w.audit(rows);
  REQUIRE(w.state_of(id) == stop_state::unknown);
  w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::other), w.now, w.now));
  // One so soon may be as old as the first.
  w.pass(6s);
  w.audit(rows);
  CHECK(w.state_of(id) == stop_state::unknown);
  w.pass(1s);
  w.audit(rows);
  CHECK(w.state_of(id) == stop_state::resting);
}

TEST_CASE("answers that cannot be read and a list without the stop end a doubt") {
  stop_world w;
  const auto id = w.guarded();
  w.now += 1s;
  w.audit();
  REQUIRE(w.state_of(id) == stop_state::unknown);
  const auto answer = [&](int http_status) {
    w.take(w.keeper.on_asked(
        id, read_failure{failure_kind::malformed, http_status, 0, "no clientAlgoId", {}}, w.now,
        w.now));
    w.pass(10s);
    w.audit();
  };
  // A page that somebody between the two sent says nothing of it.
  answer(502);
  answer(502);
  CHECK(w.state_of(id) == stop_state::unknown);
  answer(200);
  CHECK_FALSE(w.state_of(id));
}

TEST_CASE("right after a stop of ours has ended a venue that still counts it is asked again soon") {
  stop_world w;
  const auto old = w.guarded();
  w.flat();
  w.decide();
  w.cancelled(old);
  w.now += 1ms;
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  w.refuse(one_at_a_time);
  w.forget();
  SECTION("soon") {
    w.pass(200ms);
    w.decide();
    CHECK(w.count<place_stop>() == 1);
  }
  SECTION("and no longer than it may lag") {
    for (int i = 0; i < 40; ++i) {
      w.pass(200ms);
      w.decide();
      if (w.count<place_stop>() > 0)
        w.refuse(one_at_a_time);
      CHECK(w.count<place_stop>() <= 1);
      w.forget();
    }
    w.pass(1s);
    w.decide();
    CHECK(w.count<place_stop>() == 0);
  }
}

TEST_CASE("while the other side's stop is on its way out its place is waited for, not long") {
  const int code = GENERATE(-4045, -4130);
  stop_world w;
  const auto old = w.guarded();
  w.flat();
  w.decide();
  REQUIRE(w.state_of(old) == stop_state::cancelling);
  w.forget();
  turn_around(w);
  w.refuse(code);
  w.cancelled(old);
  w.forget();
  w.pass(200ms);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE("a list shows that a stop was placed though its answer got lost after that list") {
  stop_world w;
  const auto id = sent(w);
  const auto asked_at = w.now + 1s;
  w.now += 3s;
  w.take(w.keeper.on_placed(id, order_uncertain{"no answer in time"}, w.now));
  w.take(w.keeper.on_audit({}, std::vector{w.report_of(id, conditional_status::new_)}, asked_at,
                           w.at()));
  CHECK(w.state_of(id) == stop_state::resting);
}

TEST_CASE("a stop that the venue cancels as soon as it is placed is not placed anew at once") {
  stop_world w;
  const auto id = sent(w);
  w.take(w.keeper.on_placed(id, conditional_done{w.report_of(id, conditional_status::cancelled)},
                            w.now));
  w.forget();
  w.pass(4s);
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  w.pass(1s);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE("where the venue has a stop of somebody else ours is not tried again soon") {
  stop_world w;
  (void)sent(w);
  w.refuse(one_at_a_time);
  w.forget();
  w.pass(4s);
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  w.pass(1s);
  w.decide();
  REQUIRE(w.count<place_stop>() == 1);
  // That one, refused, is no stop that has ended.
  w.refuse(one_at_a_time);
  w.forget();
  w.pass(4s);
  w.decide();
  CHECK(w.count<place_stop>() == 0);
}

TEST_CASE("of several stops the nearest is the one that a refused move puts back") {
  for (std::int64_t number = 100; number < 108; ++number) {
    INFO(number);
    stop_world w;
    const auto near = w.guarded();
    protective_stop other;
    other.number = number;  // Its id, a hash, comes before or behind that of the near one.
    auto far = w.report_of(make_stop_order_id("test", other), conditional_status::new_);
    far.trigger = stop_world::p("90");
    w.now += 1s;
    w.audit({w.report_of(near, conditional_status::new_), far});
    w.exit_stop("96");
    w.decide();
    w.refuse(one_at_a_time);
    w.decide();
    w.cancelled(near);
    w.cancelled(far.client_id);
    w.decide();
    w.refuse(-1111);
    w.decide();
    CHECK(w.last<place_stop>().request.trigger == stop_world::p("95"));
  }
}

// Stops whose fate is not known: asked for, found again, never sent twice; and those that trigger.
#include "stop_world.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

read_failure nothing_found() {
  return {failure_kind::not_found, 400, -2013, "Order does not exist.", {}};
}

client_order_id lose_reply(stop_world& w) {
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  const auto id = w.last<place_stop>().request.id;
  w.take(w.keeper.on_placed(id, order_uncertain{"reset"}, w.now));
  return id;
}

protective_stop stored(const stop_world& w, stop_state state) {
  protective_stop s;
  s.number = 7;
  s.position = w.key;
  s.trigger = stop_world::p("95");
  s.intended_at = {1'789'000'000'000};
  s.id = make_stop_order_id("test", s);
  s.state = state;
  s.venue_id = state == stop_state::intended || state == stop_state::sent ? 0 : 500;
  return s;
}

}  // namespace

TEST_CASE("a stop whose reply is lost is asked for, and no second one is sent meanwhile") {
  stop_world w;
  const auto id = lose_reply(w);
  CHECK(w.state_of(id) == stop_state::unknown);
  CHECK(w.count<ask_stop>() == 1);
  CHECK(w.last<stop_pending>().pending);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
  w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::new_), w.now, w.now));
  CHECK(w.state_of(id) == stop_state::resting);
  CHECK_FALSE(w.last<stop_pending>().pending);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE("a query that finds nothing is believed only after the horizon") {
  stop_world w;
  const auto id = lose_reply(w);
  const auto began = w.now;
  while (w.state_of(id)) {
    w.take(w.keeper.on_asked(id, nothing_found(), w.now, w.now));
    REQUIRE(w.now - began < 30s);
    w.pass(500ms);
    w.decide();
  }
  CHECK(w.now - began >= 6'500ms);
  CHECK(w.count<place_stop>() == 2);
  CHECK(w.last<place_stop>().request.id != id);
}

TEST_CASE("the first question that can prove a stop absent is asked as soon as it can") {
  stop_world w;
  const auto id = lose_reply(w);
  const auto began = w.now;
  SECTION("where the one before it was answered") {
    while (true) {
      REQUIRE(w.now - began < 30s);
      const bool asked = w.count<ask_stop>() > 0;
      w.forget();
      if (asked)
        w.take(w.keeper.on_asked(id, nothing_found(), w.now, w.now));
      if (!w.state_of(id))
        break;
      w.pass(100ms);
    }
    CHECK(w.now - began == 6'500ms);
  }
  SECTION("and at once where that answer came after it could be") {
    w.forget();
    w.pass(6'700ms);
    w.take(w.keeper.on_asked(id, nothing_found(), began + 3'700ms, w.now));
    CHECK(w.count<ask_stop>() == 1);
  }
  SECTION("but no answer after that has it asked without a pause") {
    w.pass(6'500ms);
    w.forget();
    w.take(
        w.keeper.on_asked(id, read_failure{failure_kind::timed_out, 0, 0, "?", {}}, w.now, w.now));
    CHECK(w.count<ask_stop>() == 0);
    w.pass(100ms);
    CHECK(w.count<ask_stop>() == 0);
  }
}

TEST_CASE("where neither a query nor the list has a stop it is over, whatever the words for that") {
  stop_world w;
  const auto id = lose_reply(w);
  const auto began = w.now;
  const bool by_word = GENERATE(false, true);
  const read_failure strange{failure_kind::venue_error, 400, -4999, "No such algo order.", {}};
  while (w.state_of(id)) {
    if (by_word)
      w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::other), w.now, w.now));
    else
      w.take(w.keeper.on_asked(id, strange, w.now, w.now));
    w.pass(500ms);
    REQUIRE(w.now - began < 30s);
    w.audit();
  }
  CHECK(w.now - began >= 6'500ms);
  w.decide();
  CHECK(w.count<place_stop>() == 2);
}

TEST_CASE("a stop is not over because the venue cannot say, nor while it is on the list") {
  stop_world w;
  const auto id = lose_reply(w);
  const auto [kind, status] =
      GENERATE(std::pair{failure_kind::timed_out, 0}, std::pair{failure_kind::venue_error, 503});
  w.pass(20s);
  w.take(w.keeper.on_asked(id, read_failure{kind, status, -4999, "?", {}}, w.now, w.now));
  w.audit();
  CHECK(w.state_of(id) == stop_state::unknown);
  w.audit({w.report_of(id, conditional_status::other)});
  CHECK(w.state_of(id) == stop_state::resting);
}

TEST_CASE("a stop whose reply has a status that nobody knows is asked for") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  const auto id = w.last<place_stop>().request.id;
  const auto strange = w.report_of(id, conditional_status::other);
  w.take(w.keeper.on_placed(id, conditional_done{strange}, w.now));
  CHECK(w.state_of(id) == stop_state::unknown);
  CHECK(w.last<ask_stop>().id == id);
}

TEST_CASE("a duplicate id means that the first one exists") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  const auto id = w.last<place_stop>().request.id;
  w.refuse(-4116, "ClientOrderId is duplicated.");
  CHECK(w.state_of(id) == stop_state::unknown);
  CHECK(w.last<ask_stop>().id == id);
}

TEST_CASE("an event may be faster than the reply, which then says nothing new") {
  stop_world w;
  w.begin();
  w.hold("1");
  w.exit_stop("95");
  w.decide();
  const auto id = w.last<place_stop>().request.id;
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::new_), w.now));
  CHECK(w.state_of(id) == stop_state::resting);
  w.take(w.keeper.on_placed(id, order_uncertain{"reset"}, w.now));
  CHECK(w.state_of(id) == stop_state::resting);
}

TEST_CASE("a stop that somebody cancelled is placed again, under another id") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  SECTION("told by an event") {
    w.take(w.keeper.on_event(w.report_of(id, conditional_status::cancelled), w.now));
    CHECK(w.last<audit_stops>().scope == w.key.instrument);
  }
  SECTION("missing in a list, and then asked for") {
    w.pass(1s);
    w.audit();
    REQUIRE(w.last<ask_stop>().id == id);
    w.decide();
    CHECK(w.count<place_stop>() == 0);
    w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::cancelled), w.now, w.now));
  }
  CHECK_FALSE(w.state_of(id));
  w.decide();
  CHECK(w.last<place_stop>().request.id != id);
}

TEST_CASE("a restart finds a resting stop again and sends no second one") {
  for (const auto state : {stop_state::intended, stop_state::sent, stop_state::unknown,
                           stop_state::resting, stop_state::cancelling}) {
    INFO(to_string(state));
    stop_world w;
    const auto old = stored(w, state);
    w.take(w.keeper.restore({old}, 7, w.now));
    CHECK(w.last<stop_pending>().pending);
    w.hold("1");
    w.exit_stop("95");
    w.pass(0ms);
    w.decide();
    CHECK(w.count<place_stop>() == 0);
    w.audit({w.report_of(old.id, conditional_status::new_)});
    CHECK_FALSE(w.last<stop_pending>().pending);
    w.decide();
    CHECK(w.count<place_stop>() == 0);
    CHECK(w.state_of(old.id) == stop_state::resting);
  }
}

TEST_CASE("a restart asks for a stop that is not on the list, and claims the order it became") {
  stop_world w;
  const auto old = stored(w, stop_state::resting);
  w.take(w.keeper.restore({old}, 7, w.now));
  w.pass(0ms);
  w.now += 10ms;
  w.audit();
  REQUIRE(w.last<ask_stop>().id == old.id);
  w.take(w.keeper.on_asked(old.id, w.report_of(old.id, conditional_status::finished, 88), w.now,
                           w.now));
  CHECK_FALSE(w.last<stop_pending>().pending);
  CHECK(w.last<stop_pending>().became == 88);
  CHECK(w.last<stop_changed>().what.state == stop_state::finished);
}

TEST_CASE("a triggered stop that the venue does not know any more has finished") {
  stop_world w;
  auto old = stored(w, stop_state::triggered);
  old.triggered_order = 88;
  w.take(w.keeper.restore({old}, 7, w.now));
  CHECK(w.last<stop_pending>().pending);
  w.pass(0ms);
  w.now += 10ms;
  w.audit();
  REQUIRE(w.last<ask_stop>().id == old.id);
  const auto began = w.now;
  while (w.state_of(old.id)) {
    CHECK(w.last<stop_pending>().pending);
    w.take(w.keeper.on_asked(old.id, nothing_found(), w.now, w.now));
    REQUIRE(w.now - began < 30s);
    w.pass(500ms);
  }
  CHECK(w.now - began >= 6'500ms);
  CHECK(w.last<stop_changed>().what.state == stop_state::finished);
  CHECK_FALSE(w.last<stop_pending>().pending);
  CHECK(w.last<stop_pending>().became == 88);
  // Truth of before says nothing of what its order left of the position.
  w.exit_stop("95");
  w.hold("1");
  w.as_of = w.now - 500ms;
  w.take(w.keeper.decide(w.key, w.around(), w.at()));
  CHECK(w.count<place_stop>() == 0);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE("a stop of ours that the journal does not know is kept like any other") {
  stop_world w;
  w.begin();
  const auto lost = stored(w, stop_state::resting);
  w.hold("1");
  w.exit_stop("95");
  w.audit({w.report_of(lost.id, conditional_status::new_)});
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  CHECK(w.state_of(lost.id) == stop_state::resting);
  w.flat();
  w.decide();
  CHECK(w.last<cancel_stop>().id == lost.id);
}

TEST_CASE("of two stops of ours the one that is not wanted is cancelled") {
  stop_world w;
  const auto id = w.guarded();
  auto second = stored(w, stop_state::resting);
  w.now += 10ms;
  w.audit({w.report_of(id, conditional_status::new_),
           stop_world::report(second.id, conditional_status::new_, side::sell, "93")});
  w.decide();
  CHECK(w.count<cancel_stop>() == 1);
  CHECK(w.last<cancel_stop>().id == second.id);
}

TEST_CASE("a triggered stop holds the books until its order is finished, and then claims it") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::triggering), w.now));
  CHECK(w.last<stop_pending>().pending);
  w.now += 5ms;
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::triggered, 88), w.now));
  CHECK(w.last<stop_changed>().what.triggered_order == 88);
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::finished, 88), w.now));
  CHECK(w.count<stop_pending>() == 2);
  CHECK(w.last<stop_pending>().became == 88);
  // The table may still show the position as it was before the trigger.
  w.take(w.keeper.decide(w.key, w.around(), w.at()));
  CHECK(w.count<place_stop>() == 0);
}

TEST_CASE("a stop that is told of only when it has finished is claimed as well") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::finished, 88), w.now));
  const auto told = w.all<stop_pending>();
  REQUIRE(told.size() == 2);
  CHECK(told.front().pending);
  CHECK_FALSE(told.back().pending);
  CHECK(told.back().became == 88);
}

TEST_CASE("a triggered stop without an end is asked for") {
  stop_world w;
  const auto id = w.guarded();
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::triggered, 88), w.now));
  w.forget();
  w.pass(4'900ms);
  CHECK(w.count<ask_stop>() == 0);
  w.pass(200ms);
  CHECK(w.count<ask_stop>() == 1);
}

TEST_CASE("a cancellation that comes too late finds out that the stop has triggered") {
  stop_world w;
  const auto id = w.guarded();
  w.flat();
  w.decide();
  order_refused gone;
  gone.code = -2011;
  gone.text = "Unknown order sent.";
  gone.cure = refusal_cure::query_order;
  w.take(w.keeper.on_cancelled(id, gone, w.now));
  REQUIRE(w.last<ask_stop>().id == id);
  w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::finished, 88), w.now, w.now));
  CHECK(w.last<stop_pending>().became == 88);
  CHECK(w.keeper.stops().empty());
}

TEST_CASE("a stop that the venue refuses when it triggers is told and placed again") {
  stop_world w;
  const auto id = w.guarded();
  w.take(w.keeper.on_event(w.report_of(id, conditional_status::rejected), w.now));
  CHECK(w.last<stop_changed>().what.state == stop_state::rejected);
  w.forget();
  w.now += 1ms;
  w.decide();
  CHECK(w.count<place_stop>() == 0);
  w.pass(5s);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE(
    "after a gap of the user stream the list is read at once, and misses what went meanwhile") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  w.pass(1s);
  REQUIRE(w.count<audit_stops>() == 0);
  w.take(w.keeper.on_stream_opened(w.now));
  REQUIRE(w.count<audit_stops>() == 1);
  CHECK(w.last<audit_stops>().scope.empty());
  w.pass(100ms);
  w.audit();
  CHECK(w.state_of(id) == stop_state::unknown);
  CHECK(w.count<ask_stop>() == 1);
  w.pass(1s);
  CHECK(w.count<audit_stops>() == 1);
}

TEST_CASE("a list that was asked for before the gap was over is read once more") {
  stop_world w;
  const auto id = w.guarded();
  w.forget();
  w.pass(60s);
  REQUIRE(w.count<audit_stops>() == 1);
  const auto sent_at = w.now;
  w.pass(1s);
  w.take(w.keeper.on_stream_opened(w.now));
  CHECK(w.count<audit_stops>() == 1);
  const std::vector<conditional_report> rows{w.report_of(id, conditional_status::new_)};
  w.take(w.keeper.on_audit({}, rows, sent_at, w.at()));
  w.pass(500ms);
  REQUIRE(w.count<audit_stops>() == 2);
  w.audit(rows);
  w.pass(1s);
  CHECK(w.count<audit_stops>() == 2);
  CHECK(w.state_of(id) == stop_state::resting);
}

// Lists of open conditional orders that are older than what was told of a stop.
#include "stop_world.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("a list that was asked for before a stop rested says nothing of it") {
  stop_world w;
  const auto id = w.guarded();
  w.take(w.keeper.on_audit({}, std::vector<conditional_report>{}, w.now - 1ms, w.at()));
  CHECK(w.state_of(id) == stop_state::resting);
}

TEST_CASE("an old list does not bring back a stop that has ended") {
  stop_world w;
  const auto id = w.guarded();
  w.flat();
  w.decide();
  const auto asked_at = w.now;
  w.now += 100ms;
  w.cancelled(id);
  const std::vector rows{w.report_of(id, conditional_status::new_)};
  w.take(w.keeper.on_audit({}, rows, asked_at, w.at()));
  CHECK(w.keeper.stops().empty());
  // Sent after the end, and told by a part of the venue that does not know of it yet.
  w.forget();
  w.take(w.keeper.on_audit({}, rows, w.now + 1ms, w.at()));
  CHECK(w.keeper.stops().empty());
  w.pass(9s);
  CHECK(w.last<audit_stops>().scope.empty());
  CHECK(w.count<audit_stops>() == 1);
  // What is still listed by then is asked about: either of the two may be wrong.
  w.audit(rows);
  CHECK(w.state_of(id) == stop_state::unknown);
  REQUIRE(w.last<ask_stop>().id == id);
  SECTION("it rests") {
    w.take(w.keeper.on_asked(id, rows.front(), w.now, w.now));
    CHECK(w.state_of(id) == stop_state::resting);
    // From then on it is a stop like any other: a list may say that it is there.
    w.now += 1s;
    w.audit();
    CHECK(w.state_of(id) == stop_state::unknown);
    w.now += 1s;
    w.audit(rows);
    CHECK(w.state_of(id) == stop_state::resting);
  }
  SECTION("no further list goes before the answer, nor is it less of an end after two words") {
    w.now += 20ms;
    w.audit(rows);
    CHECK(w.state_of(id) == stop_state::unknown);
    w.pass(10s);
    w.take(w.keeper.on_asked(
        id, read_failure{failure_kind::not_found, 400, -2013, "Order does not exist.", {}}, w.now,
        w.now));
    REQUIRE_FALSE(w.state_of(id));
    w.now += 1ms;
    w.audit(rows);
    CHECK_FALSE(w.state_of(id));
  }
  SECTION("it has ended") {
    w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::cancelled), w.now, w.now));
    CHECK_FALSE(w.state_of(id));
  }
}

TEST_CASE("a list that lags behind a stop's end takes nothing from the stop that replaced it") {
  for (int before = 0; before < 6; ++before) {
    INFO(before);
    stop_world w;
    // Ids are hashes of numbers: whichever is the greater, the new one stays.
    w.take(w.keeper.restore({}, before, w.now));
    const auto gone = w.guarded();
    w.forget();
    w.take(w.keeper.on_event(w.report_of(gone, conditional_status::cancelled), w.now));
    CHECK(w.last<audit_stops>().scope == w.key.instrument);
    const auto asked_at = w.now + 1ms;
    w.decide();
    w.now += 20ms;
    const auto replaced = w.accept();
    w.now += 30ms;
    w.take(w.keeper.on_audit(w.key.instrument,
                             std::vector{w.report_of(gone, conditional_status::new_)}, asked_at,
                             w.at()));
    w.decide();
    CHECK_FALSE(w.state_of(gone));
    CHECK(w.state_of(replaced) == stop_state::resting);
    CHECK(w.count<cancel_stop>() == 0);
  }
}

TEST_CASE(
    "a stop that had triggered before a restart is asked about though a list still shows it") {
  stop_world w;
  protective_stop old;
  old.number = 7;
  old.position = w.key;
  old.trigger = stop_world::p("95");
  old.id = make_stop_order_id("test", old);
  old.state = stop_state::triggered;
  old.venue_id = 500;
  w.take(w.keeper.restore({old}, 7, w.now));
  w.pass(0ms);
  w.audit({w.report_of(old.id, conditional_status::new_)});
  w.pass(1s);
  w.audit();
  w.pass(10s);
  REQUIRE(w.last<ask_stop>().id == old.id);
  w.take(w.keeper.on_asked(old.id, w.report_of(old.id, conditional_status::finished, 9), w.now,
                           w.now));
  CHECK_FALSE(w.last<stop_pending>().pending);
  CHECK(w.last<stop_pending>().became == 9);
  w.hold("1");
  w.exit_stop("95");
  w.pass(1ms);
  w.decide();
  CHECK(w.count<place_stop>() == 1);
}

TEST_CASE("a list brings back at once what was only concluded to have ended") {
  stop_world w;
  const auto id = w.guarded();
  const auto silent = [&] {
    w.take(w.keeper.on_asked(
        id, read_failure{failure_kind::not_found, 400, -2013, "Order does not exist.", {}}, w.now,
        w.now));
  };
  w.now += 1s;
  w.audit();
  CHECK(w.state_of(id) == stop_state::unknown);
  silent();
  w.pass(10s);
  silent();
  REQUIRE_FALSE(w.state_of(id));
  w.now += 1ms;
  w.audit({w.report_of(id, conditional_status::new_)});
  CHECK(w.state_of(id) == stop_state::resting);
}

TEST_CASE("a stop that a list lacks while its cancel has not left is asked about") {
  stop_world w;
  const auto id = w.guarded();
  w.flat();
  w.decide();
  REQUIRE(w.last<cancel_stop>().id == id);
  w.forget();
  w.now += 1s;
  w.audit();
  CHECK(w.last<ask_stop>().id == id);
  order_refused no;
  w.take(w.keeper.on_cancelled(id, no, w.now));
  CHECK(w.state_of(id) == stop_state::resting);
  w.take(w.keeper.on_asked(id, w.report_of(id, conditional_status::cancelled), w.now, w.now));
  CHECK_FALSE(w.state_of(id));
}

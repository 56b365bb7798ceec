// A stream that lives and hides changes is found; one that is only slower than reads is not.
#include "mute_watch.hpp"

#include <cstdint>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

const position_key btc{symbol("BTCUSDT"), position_side::both};
const position_key eth{symbol("ETHUSDT"), position_side::both};

instant at(milliseconds t) {
  return instant{} + duration{t};
}

truth holding(std::int64_t amount) {
  if (amount == 0)
    return position_flat{};
  return position_open{quantity::whole(amount), price::whole(100)};
}

constexpr wall_time opened_wall{990'000};
const clock_offset known_clock{10'000ms};
constexpr venue_time opened_at_venue{1'000'000};

/// A read showed the position go from one amount to another, and it was last proven then.
truth_changed change(const position_key& position, std::int64_t before, std::int64_t after,
                     milliseconds proven_until) {
  truth_view now;
  now.content = holding(after);
  return {position, holding(before), now, at(proven_until)};
}

mute_watch an_open_watch() {
  mute_watch watch;
  watch.stream_opened(at(100ms), known_clock, opened_wall);
  return watch;
}

}  // namespace

TEST_CASE("a change that only a read shows makes the stream mute after the patience") {
  auto watch = an_open_watch();
  CHECK(watch.changed_by_read(change(btc, 0, 1, 100ms), at(1'500ms)));
  CHECK(watch.changed_by_read(change(btc, 1, 2, 1'500ms), at(2'000ms)));
  CHECK(watch.next_look() == at(3'500ms));
  CHECK_FALSE(watch.look(at(3'499ms)));
  CHECK(watch.look(at(3'500ms)) == btc);
  CHECK_FALSE(watch.hears());
  // Found once; a new stream starts a new watch.
  CHECK_FALSE(watch.look(at(9'000ms)));
  CHECK_FALSE(watch.changed_by_read(change(eth, 0, 1, 8'900ms), at(9'000ms)));
  CHECK_FALSE(watch.look(at(20'000ms)));
}

TEST_CASE("a stream that tells a little later than the read is not mute") {
  auto watch = an_open_watch();
  CHECK(watch.changed_by_read(change(btc, 0, 1, 1'200ms), at(1'500ms)));
  watch.told_by_stream(eth, quantity::whole(1));
  CHECK(watch.next_look() == at(3'500ms));
  watch.told_by_stream(btc, quantity::whole(1));
  CHECK_FALSE(watch.look(at(9'000ms)));
}

TEST_CASE("what happened before the stream opened, or while it was down, is no sign") {
  mute_watch watch;
  CHECK_FALSE(watch.changed_by_read(change(btc, 0, 1, 0ms), at(5ms)));
  watch.stream_opened(at(100ms), known_clock, opened_wall);
  CHECK_FALSE(watch.changed_by_read(change(btc, 0, 1, 99ms), at(120ms)));
  // Nor is that a copy which lags has not seen it yet, and the next one has.
  CHECK_FALSE(watch.changed_by_read(change(btc, 1, 0, 120ms), at(220ms)));
  CHECK(watch.changed_by_read(change(eth, 0, 1, 8'000ms), at(9'000ms)));
  watch.stream_closed();
  CHECK_FALSE(watch.look(at(20'000ms)));
}

TEST_CASE(
    "a change that the venue's time places before the stream is no sign, however it is seen") {
  auto watch = an_open_watch();
  // The opening's own read came from a copy that did not have it yet.
  auto opened = change(btc, 0, 1, 110ms);
  opened.after.changed_at = {opened_at_venue.ms - 1};
  CHECK_FALSE(watch.changed_by_read(opened, at(900ms)));
  opened.position = eth;
  opened.after.changed_at = opened_at_venue;
  CHECK(watch.changed_by_read(opened, at(900ms)));
  CHECK(watch.look(at(2'900ms)) == eth);
}

TEST_CASE("while the venue's clock is not known its times place nothing") {
  mute_watch watch;
  watch.stream_opened(at(100ms), std::nullopt, {opened_wall.ms + 3'600'000});
  auto opened = change(btc, 0, 1, 110ms);
  opened.after.changed_at = {opened_at_venue.ms + 500};
  CHECK(watch.changed_by_read(opened, at(900ms)));
}

TEST_CASE("a close that is known so late that it may have come before the stream is no sign") {
  auto watch = an_open_watch();
  // It was told of before the stream opened, and the reads that lacked it were doubted since.
  CHECK_FALSE(watch.changed_by_read(change(btc, 1, 0, 90ms), at(30'000ms)));
  CHECK_FALSE(watch.changed_by_read(change(eth, 1, 0, 90ms), at(200'000ms)));
  // One of these reads came from a copy that still had it.
  CHECK_FALSE(watch.changed_by_read(change(btc, 1, 0, 30'099ms), at(31'000ms)));
  CHECK_FALSE(watch.next_look());
  // Proven when no read can be of before the stream any more.
  CHECK(watch.changed_by_read(change(btc, 1, 0, 30'100ms), at(31'000ms)));
  CHECK(watch.look(at(33'000ms)) == btc);
}

TEST_CASE("a close that does not count may be taken back, and is no sign then either") {
  auto watch = an_open_watch();
  watch.told_by_stream(btc, quantity::whole(2));
  CHECK_FALSE(watch.changed_by_read(change(btc, 2, 0, 5'000ms), at(6'000ms)));
  CHECK_FALSE(watch.changed_by_read(change(btc, 0, 2, 6'000ms), at(7'000ms)));
  CHECK_FALSE(watch.changed_by_read(change(btc, 2, 0, 7'000ms), at(8'000ms)));
  CHECK_FALSE(watch.changed_by_read(change(btc, 0, 2, 37'999ms), at(38'500ms)));
  // Not for ever: that it is held anew is news then.
  CHECK(watch.changed_by_read(change(btc, 0, 2, 38'000ms), at(38'500ms)));
  CHECK(watch.look(at(40'500ms)) == btc);
}

TEST_CASE("another amount than the one of before a close that does not count is a sign") {
  auto watch = an_open_watch();
  CHECK_FALSE(watch.changed_by_read(change(btc, 2, 0, 5'000ms), at(6'000ms)));
  CHECK(watch.changed_by_read(change(btc, 0, 3, 6'000ms), at(7'000ms)));
}

TEST_CASE("an event that a read had outrun has told what the next read shows, and nothing else") {
  auto watch = an_open_watch();
  // A lagging read had proven the position flat up to then; the event came and was no news.
  watch.told_by_stream(btc, quantity::whole(1));
  CHECK_FALSE(watch.changed_by_read(change(btc, 0, 1, 5'000ms), at(5'850ms)));
  // The stream told of one trade, and fell silent before the next.
  watch.told_by_stream(btc, quantity::whole(1));
  CHECK(watch.changed_by_read(change(btc, 1, 2, 5'900ms), at(6'400ms)));
  // What an earlier stream told is over with it.
  watch.told_by_stream(eth, quantity::whole(1));
  watch.stream_opened(at(7'500ms), known_clock, opened_wall);
  CHECK(watch.changed_by_read(change(eth, 0, 1, 8'500ms), at(8'600ms)));
}

TEST_CASE("a change that the next read takes back is no sign, and the next one is") {
  auto watch = an_open_watch();
  CHECK(watch.changed_by_read(change(btc, 2, 0, 40'000ms), at(41'500ms)));
  CHECK_FALSE(watch.changed_by_read(change(btc, 0, 2, 41'500ms), at(42'000ms)));
  CHECK_FALSE(watch.next_look());
  CHECK(watch.changed_by_read(change(btc, 2, 0, 42'000ms), at(42'500ms)));
  CHECK(watch.changed_by_read(change(btc, 0, 1, 42'500ms), at(43'000ms)));
  CHECK(watch.next_look() == at(44'500ms));
  CHECK(watch.look(at(44'500ms)) == btc);
}

TEST_CASE("a close that a lagging copy undoes for a read is no sign, however young the stream") {
  auto watch = an_open_watch();
  watch.told_by_stream(btc, quantity{});
  CHECK(watch.changed_by_read(change(btc, 0, 2, 2'900ms), at(3'500ms)));
  CHECK_FALSE(watch.changed_by_read(change(btc, 2, 0, 3'500ms), at(4'000ms)));
  CHECK_FALSE(watch.look(at(9'000ms)));
}

namespace {

/// As the venue has it from now on.
position_row a_row_of_now(const pipeline_run& run, const char* name, const char* amount,
                          const char* entry) {
  return a_row(name, amount, entry, run.given.time.at(run.now()).wall.ms);
}

}  // namespace

TEST_CASE("the pipeline opens a mute stream anew, once") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(2s, {a_row("BTCUSDT", "0.5", "50000")});
  REQUIRE(world.exchange->renewals.empty());
  run.live(5s, {a_row_of_now(run, "BTCUSDT", "0.7", "50000")});
  REQUIRE(world.exchange->renewals.size() == 1);
  CHECK(world.exchange->renewals.front().find("BTCUSDT") != std::string::npos);
  CHECK(run.given.vitals->stream_mutes == 1);
}

TEST_CASE("a change that the stream tells is no reason to open it anew") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(2s, {a_row("BTCUSDT", "0.5", "50000")});
  run.tell(account_update{
      "ORDER", {3'000}, {{btc, quantity::parse("0.7").value(), price::whole(50'000)}}});
  run.live(5s, {a_row("BTCUSDT", "0.7", "50000", 3'000)});
  CHECK(world.exchange->renewals.empty());
}

TEST_CASE("a list that is falsely empty once closes no healthy stream") {
  pipeline_world world;
  pipeline_run run(world);
  const auto held = a_row("BTCUSDT", "0.5", "50000", 1'000);
  run.make_ready({held});
  run.live(40s, {held});
  REQUIRE(world.exchange->renewals.empty());
  while (!run.answer_read(symbol{}, {}))
    run.pass(10ms);
  REQUIRE(run.truth_of("BTCUSDT").content == truth{position_flat{}});
  // The next one takes it back, long before its round would come.
  std::int64_t passed_ms = 0;
  while (!run.answer_read(symbol{}, {held})) {
    REQUIRE(passed_ms < 700);
    run.pass(10ms);
    passed_ms += 10;
  }
  run.live(10s, {held});
  CHECK(world.exchange->renewals.empty());
}

TEST_CASE("a close that was lost between two streams is proven later, and renews neither") {
  pipeline_world world;
  pipeline_run run(world);
  const auto held = a_row("BTCUSDT", "0.5", "50000", 3'000);
  run.make_ready();
  run.live(2s, {});
  run.tell(account_update{
      "ORDER", {3'000}, {{btc, quantity::parse("0.5").value(), price::whole(50'000)}}});
  run.live(3s, {held});
  REQUIRE(std::holds_alternative<position_open>(run.truth_of("BTCUSDT").content));
  run.tell(stream_closed{"cut"});
  run.pass(100ms);
  run.tell(stream_opened{});
  run.live(15s, {});
  CHECK(std::holds_alternative<position_open>(run.truth_of("BTCUSDT").content));
  // No read says anything until long after nothing of before the stream is to be expected.
  run.pass(25s);
  run.live(5s, {});
  CHECK(run.truth_of("BTCUSDT").content == truth{position_flat{}});
  run.live(5s, {});
  CHECK(world.exchange->renewals.empty());
  // What this stream hides is found.
  run.live(5s, {a_row_of_now(run, "ETHUSDT", "1", "2000")});
  CHECK(world.exchange->renewals.size() == 1);
}

TEST_CASE("a stream that is mute from its first second is found") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.live(5s, {a_row_of_now(run, "BTCUSDT", "0.5", "50000")});
  CHECK(world.exchange->renewals.size() == 1);
}

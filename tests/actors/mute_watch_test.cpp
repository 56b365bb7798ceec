// A stream that lives and hides changes is found; one that is only slower than reads is not.
#include "mute_watch.hpp"

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

const position_key btc{symbol("BTCUSDT"), position_side::both};
const position_key eth{symbol("ETHUSDT"), position_side::both};

const truth held{position_open{quantity::whole(1), price::whole(100)}};

instant at(milliseconds t) {
  return instant{} + duration{t};
}

mute_watch an_open_watch() {
  mute_watch watch(2'000ms);
  watch.stream_opened(at(0ms));
  watch.account_read(at(100ms));
  return watch;
}

}  // namespace

TEST_CASE("a change that only a read shows makes the stream mute after the patience") {
  auto watch = an_open_watch();
  watch.changed_by_read(btc, held, at(500ms));
  CHECK(watch.next_look() == at(2'500ms));
  CHECK_FALSE(watch.look(at(2'499ms)));
  CHECK(watch.look(at(2'500ms)) == btc);
  // Found once; a new stream starts a new watch.
  CHECK_FALSE(watch.look(at(9'000ms)));
  watch.changed_by_read(eth, held, at(9'000ms));
  CHECK_FALSE(watch.look(at(20'000ms)));
}

TEST_CASE("a stream that tells a little later than the read is not mute") {
  auto watch = an_open_watch();
  watch.changed_by_read(btc, held, at(500ms));
  watch.told_by_stream(eth);
  watch.told_by_stream(btc);
  CHECK_FALSE(watch.look(at(9'000ms)));
}

TEST_CASE("what happened before the stream opened, or while it was down, is no sign") {
  mute_watch watch(2'000ms);
  watch.changed_by_read(btc, held, at(0ms));
  watch.stream_opened(at(10ms));
  // Shown by the first account-wide read since.
  watch.changed_by_read(btc, held, at(20ms));
  watch.account_read(at(15ms));
  CHECK_FALSE(watch.look(at(9'000ms)));
  watch.changed_by_read(btc, held, at(9'000ms));
  watch.stream_closed();
  CHECK_FALSE(watch.look(at(20'000ms)));
}

TEST_CASE("a read under way when the stream opened proves nothing since") {
  mute_watch watch(2'000ms);
  watch.stream_opened(at(100ms));
  watch.account_read(at(50ms));
  watch.changed_by_read(btc, held, at(200ms));
  CHECK_FALSE(watch.look(at(9'000ms)));
}

TEST_CASE(
    "a close that came before the stream, and is known only now, is no sign that it is mute") {
  auto watch = an_open_watch();
  watch.changed_by_read(btc, position_flat{}, at(31'999ms));
  CHECK_FALSE(watch.next_look());
  CHECK_FALSE(watch.look(at(60'000ms)));
  watch.changed_by_read(eth, position_flat{}, at(60'000ms));
  CHECK(watch.look(at(62'000ms)) == eth);
}

TEST_CASE("the pipeline opens a mute stream anew, once") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(2s, {a_row("BTCUSDT", "0.5", "50000")});
  REQUIRE(world.exchange->renewals.empty());
  run.live(5s, {a_row("BTCUSDT", "0.7", "50000", 3'000)});
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

// Marks by stream and by reads: which counts, and what watches a stop when the stream does not.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

std::vector<position_row> holding(const std::string& mark = "0") {
  auto row = a_row("BTCUSDT", "0.5", "50000");
  row.mark = price::parse(mark).value();
  return {row};
}

/// What the stream brings now: `age` on our clock, `told` is the venue's time.
void bring(pipeline_run& run, const std::string& mark, venue_time told, milliseconds age,
           bool up = true) {
  mark_batch batch{.received_at = run.now(), .up = up};
  batch.rows.push_back(
      {symbol("BTCUSDT"), price::parse(mark).value(), told, run.now() - duration{age}});
  run.world.exchange->mark_sink(std::move(batch));
  run.settle();
}

/// One without a time of the venue.
void late_mark(pipeline_run& run, const std::string& mark, milliseconds age, bool up) {
  bring(run, mark, {}, age, up);
}

/// By the venue's clock, after one moment.
venue_time at(std::int64_t ms) {
  return {1'790'000'000'000 + ms};
}

price shown(const pipeline_run& run) {
  return run.given.marks->read(symbol("BTCUSDT"))->value;
}

}  // namespace

TEST_CASE("a read's mark counts where the stream is silent: the stop is watched all the same") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding());
  for (int i = 0; i < 20; ++i) {
    run.give_marks({{"BTCUSDT", "50000"}});
    run.live(500ms, holding("40000"));  // Of a copy that lags.
  }
  CHECK(world.exchange->placed.empty());
  CHECK(shown(run) == price::whole(50'000));
  run.live(10s, holding("40000"));
  CHECK(world.exchange->placed.size() == 1);
  CHECK(shown(run) == price::whole(40'000));
  CHECK(run.given.vitals->mark_stream_up);
}

TEST_CASE("a mark that comes late still shows a stop that was crossed") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding());
  run.give_marks({{"BTCUSDT", "50000"}});
  run.live(30s, holding());
  late_mark(run, "40000", 20s, false);
  CHECK_FALSE(run.given.vitals->mark_stream_up);
  CHECK(world.exchange->placed.size() == 1);
}

TEST_CASE("a mark that is older than the last one changes nothing") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding());
  run.give_marks({{"BTCUSDT", "50000"}});
  late_mark(run, "40000", 3s, true);
  CHECK(world.exchange->placed.empty());
  CHECK(shown(run) == price::whole(50'000));
}

TEST_CASE("a mark of the stream from before that of a read changes nothing") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding());
  bring(run, "50000", at(1'000), 0ms);
  for (int i = 0; i < 4; ++i)
    run.live(1s, holding("50400"));
  REQUIRE(shown(run) == price::whole(50'400));
  bring(run, "40000", at(2'000), 3s);
  CHECK(world.exchange->placed.empty());
  CHECK(shown(run) == price::whole(50'400));
  bring(run, "52000", at(5'000), 0ms);
  CHECK(shown(run) == price::whole(52'000));
}

TEST_CASE("a clock that is measured anew makes no mark older than the one before it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding());
  bring(run, "50000", at(1'000), 0ms);
  bring(run, "51000", at(900), 0ms);
  CHECK(shown(run) == price::whole(50'000));
  run.live(31s, holding());
  bring(run, "40000", at(2'000), 30s);
  CHECK(shown(run) == price::whole(40'000));
  CHECK(world.exchange->placed.size() == 1);
}

TEST_CASE("one mark with a time that has not come yet silences no stop") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding());
  bring(run, "50000", at(3'600'000), 0ms);
  run.live(1s, holding());
  bring(run, "40000", at(1'000), 0ms);
  CHECK(shown(run) == price::whole(40'000));
  CHECK(world.exchange->placed.size() == 1);
  bring(run, "50000", at(900), 0ms);
  CHECK(shown(run) == price::whole(40'000));
}

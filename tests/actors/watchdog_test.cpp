// The watchdog in the running pipeline, on virtual time: named within a minute, told once, gone
// when cured.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> causes(const pipeline_run& run) {
  std::vector<std::string> out;
  for (const auto& s : run.given.vitals->stalls())
    out.emplace_back(to_string(s.cause));
  return out;
}

bool has(const std::vector<std::string>& all, const char* one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

TEST_CASE("truth that no longer advances is named within a minute, and cured when it does") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(3s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(causes(run).empty());
  run.pass(30s);
  // Nobody answers: that is the cause, and not how the reads are planned.
  REQUIRE(has(causes(run), "exchange_away"));
  CHECK_FALSE(has(causes(run), "slow_rounds"));
  CHECK(run.given.vitals->stalls().front().effect.find("1 positions are open") !=
        std::string::npos);
  const auto told = run.records_of("notice");
  run.pass(10s);
  CHECK(run.records_of("notice") == told);
  run.live(5s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(causes(run).empty());
}

TEST_CASE("replies that cannot be used are named for what they are") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  for (int i = 0; i < 300; ++i) {
    run.pass(100ms);
    run.fail_read({}, failure_kind::malformed);
  }
  CHECK(has(causes(run), "parser_refusing"));
  CHECK_FALSE(has(causes(run), "exchange_away"));
  CHECK_FALSE(has(causes(run), "budget_exhausted"));
}

TEST_CASE("one symbol whose own reads fail is named") {
  pipeline_world world;
  world.chosen.snapshot.strategy = freshness_strategy::per_symbol;
  pipeline_run run(world);
  run.give_universe();
  run.tell(stream_opened{});
  REQUIRE(run.answer_read({}, {}));
  for (int i = 0; i < 2'000; ++i) {
    run.pass(10ms);
    run.answer_read(symbol("BTCUSDT"), {});
    run.answer_read(symbol("ETHUSDT"), {});
    run.fail_read(symbol("XRPUSDT"), failure_kind::venue_error);
  }
  REQUIRE(has(causes(run), "symbol_failing"));
  // The others answer, so the exchange is there; what is old is old for want of this one.
  CHECK(has(causes(run), "slow_rounds"));
  CHECK_FALSE(has(causes(run), "exchange_away"));
  for (const auto& s : run.given.vitals->stalls())
    if (s.cause == stall_cause::symbol_failing)
      CHECK(s.text.find("XRPUSDT") != std::string::npos);
}

TEST_CASE("a stage that has a message and handles none is named, until it does") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(20s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(causes(run).empty());
  // No stage of this pipeline, so nobody ever takes what comes for it.
  run.given.vitals->work[static_cast<std::size_t>(stage_name::redis_bridge)].queued();
  run.live(10s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(causes(run) == std::vector<std::string>{"stage_stuck"});
  CHECK(run.given.vitals->stalls().front().text.find("redis_bridge (1)") != std::string::npos);
  auto& work = run.given.vitals->work[static_cast<std::size_t>(stage_name::redis_bridge)];
  work.handled({}, {});
  run.live(2s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(causes(run).empty());
}

TEST_CASE("a disk that is slow at each commit is named, one slow commit is not") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  auto& v = *run.given.vitals;
  const bool each = GENERATE(true, false);
  for (int i = 0; i < 4; ++i) {
    // As the journal shows it: nothing waits just now, and the last commits took this.
    v.commits_took_ms = each ? 3'000 : 2;
    v.committed_at_ms = run.given.time.at(run.now()).wall.ms;
    run.live(3s, {});
  }
  CHECK(has(causes(run), "journal_slow") == each);
  v.commits_took_ms = 2;
  v.committed_at_ms = run.given.time.at(run.now()).wall.ms;
  run.live(2s, {});
  CHECK_FALSE(has(causes(run), "journal_slow"));
}

TEST_CASE("an order whose outcome stays open is named") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  REQUIRE(world.exchange->orders.size() == 1);
  run.live(60s, {});
  CHECK(has(causes(run), "executor_stuck"));
}

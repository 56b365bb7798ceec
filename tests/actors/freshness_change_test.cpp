// Where freshness comes from, changed while the pipeline runs; and what follows when it cannot be
// kept.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

/// What the snapshot manager answers to an operator.
freshness_changed ordered(pipeline_run& run, freshness_strategy strategy,
                          std::optional<milliseconds> bound = std::nullopt) {
  freshness_changed answer;
  caf::scoped_actor self{run.system()};
  auto asked = self->request(run.all->snapshot_manager, caf::infinite,
                             change_freshness{strategy, bound, "ann", "a test"});
  run.settle();
  asked.receive([&](const freshness_changed& a) { answer = a; },
                [](const caf::error&) { FAIL("no answer"); });
  return answer;
}

std::size_t reads_of(const pipeline_run& run, const char* scope) {
  return static_cast<std::size_t>(std::ranges::count(run.world.exchange->reads, symbol(scope),
                                                     &fake_exchange::pending_read::scope));
}

/// No account-wide read succeeds until truth is three seconds old.
void starve(pipeline_run& run, failure_kind how = failure_kind::timed_out) {
  while (run.now() - run.truth_of("BTCUSDT").as_of < 3s) {
    run.pass(100ms);
    run.fail_read({}, how);
  }
}

std::optional<finding> budget_finding(const pipeline_run& run) {
  for (auto& f : run.given.vitals->findings())
    if (f.reason == "bound_cannot_be_kept")
      return f;
  return std::nullopt;
}

}  // namespace

TEST_CASE("from adaptive to per_symbol and back, at run time, each with its own reads") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto noticed = run.records_of("notice");
  const auto changed = ordered(run, freshness_strategy::per_symbol);
  CHECK(changed.refusal.empty());
  CHECK(run.given.vitals->promise().strategy == freshness_strategy::per_symbol);
  CHECK(run.records_of("notice") == noticed + 1);
  REQUIRE(run.answer_read({}, {}));
  std::size_t singles = 0;
  for (int i = 0; i < 600; ++i) {
    run.pass(10ms);
    for (const char* name : {"BTCUSDT", "ETHUSDT", "XRPUSDT"})
      singles += run.answer_read(symbol(name), {}) ? 1 : 0;
    CHECK(reads_of(run, "") == 0);
    CHECK(run.now() - run.truth_of("XRPUSDT").as_of <= world.chosen.snapshot.bound);
  }
  CHECK(singles >= 9);
  CHECK(ordered(run, freshness_strategy::adaptive).refusal.empty());
  while (run.answer_read({}, {})) {
  }
  singles = 0;
  run.live(5s, {});
  for (const char* name : {"BTCUSDT", "ETHUSDT", "XRPUSDT"})
    singles += reads_of(run, name);
  CHECK(singles == 0);
  CHECK(run.now() - run.truth_of("BTCUSDT").as_of <= 1s);
}

TEST_CASE("a choice that cannot be kept changes nothing and answers with the arithmetic") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto before = run.given.vitals->promise();
  const auto refused = ordered(run, freshness_strategy::adaptive, 600ms);
  CHECK_THAT(refused.refusal, ContainsSubstring("raise the bound"));
  CHECK(run.given.vitals->promise() == before);
  CHECK_THAT(ordered(run, freshness_strategy::adaptive, 1h).refusal,
             ContainsSubstring("after which the gate calls truth stale"));
}

TEST_CASE(
    "under open_positions only what is open is read, from the moment it opens until it closes") {
  pipeline_world world;
  world.chosen.snapshot.strategy = freshness_strategy::open_positions;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  const auto rounds_over = [&](milliseconds span) {
    std::map<std::string, int> seen;
    for (milliseconds passed{0}; passed < span; passed += 10ms) {
      run.pass(10ms);
      seen["BTC"] += run.answer_read(symbol("BTCUSDT"), {a_row("BTCUSDT", "0.5", "50000")}) ? 1 : 0;
      seen["ETH"] += run.answer_read(symbol("ETHUSDT"), {a_row("ETHUSDT", "3", "2000", 5'000)});
      seen["XRP"] += run.answer_read(symbol("XRPUSDT"), {}) ? 1 : 0;
      seen["account"] += run.answer_read({}, {}) ? 1 : 0;
    }
    return seen;
  };
  auto seen = rounds_over(10s);
  CHECK(seen["BTC"] >= 5);
  CHECK(seen["ETH"] + seen["XRP"] + seen["account"] == 0);
  run.tell(account_update{
      "ORDER",
      {5'000},
      {{{symbol("ETHUSDT"), position_side::both}, quantity::whole(3), price::whole(2'000)}}});
  seen = rounds_over(10s);
  CHECK(seen["ETH"] >= 5);
  CHECK(run.now() - run.truth_of("ETHUSDT").as_of <= world.chosen.snapshot.bound);
  run.tell(account_update{
      "ORDER", {9'000'000'000'000}, {{{symbol("ETHUSDT"), position_side::both}, {}, {}}}});
  run.pass(600ms);
  while (run.answer_read(symbol("ETHUSDT"), {})) {
  }
  for (int i = 0; i < 300; ++i) {
    run.pass(10ms);
    run.answer_read(symbol("BTCUSDT"), {a_row("BTCUSDT", "0.5", "50000")});
  }
  CHECK(reads_of(run, "ETHUSDT") == 0);
  CHECK(run.given.vitals->stalls().empty());  // What is flat and old was never promised fresh.
}

TEST_CASE("what a start has to prove is read until it is proven, also where nothing comes round") {
  pipeline_world world;
  world.chosen.snapshot.strategy = freshness_strategy::open_positions;
  pipeline_run run(world);
  run.give_universe();
  run.tell(stream_opened{});
  for (int i = 0; i < 10; ++i) {
    REQUIRE(run.fail_read({}, failure_kind::unreachable));
    while (run.fail_read({}, failure_kind::unreachable)) {
    }
    run.pass(1'100ms);
  }
  CHECK_FALSE(is_known(run.truth_of("BTCUSDT").content));
  REQUIRE(run.answer_read({}, {a_row("BTCUSDT", "0.5", "50000")}));
  run.settle();
  CHECK(is_known(run.truth_of("BTCUSDT").content));
  CHECK(is_known(run.truth_of("ETHUSDT").content));
}

TEST_CASE("a position that one read of its own does not show is read again") {
  pipeline_world world;
  world.chosen.snapshot.strategy = freshness_strategy::open_positions;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.tell(stream_closed{"gone"});
  const auto next = [&](std::vector<position_row> rows) {
    for (int i = 0; i < 500; ++i) {
      if (run.answer_read(symbol("BTCUSDT"), rows))
        return true;
      run.pass(10ms);
    }
    return false;
  };
  REQUIRE(next({a_row("BTCUSDT", "0.5", "50000")}));
  REQUIRE(next({}));
  REQUIRE(std::holds_alternative<position_flat>(run.truth_of("BTCUSDT").content));
  REQUIRE(next({a_row("BTCUSDT", "0.5", "50000")}));
  CHECK(std::holds_alternative<position_open>(run.truth_of("BTCUSDT").content));
}

TEST_CASE("reads that take longer than planned shorten the period, then the promise is named") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  CHECK(run.given.vitals->promise().plan.account_period == 850ms);
  const auto slow = [&](milliseconds took, int times) {
    for (int i = 0; i < times; ++i) {
      while (reads_of(run, "") == 0)
        run.pass(10ms);
      auto read = std::move(world.exchange->reads.front());
      world.exchange->reads.pop_front();
      const auto sent = run.now();
      run.pass(took);
      read.answer(snapshot{{}, sent, run.now(), {}});
      run.settle();
    }
  };
  slow(500ms, 80);
  CHECK(run.given.vitals->promise().plan.account_period == 737ms);
  CHECK_FALSE(budget_finding(run));
  slow(900ms, 80);
  REQUIRE(budget_finding(run));
  CHECK_THAT(budget_finding(run)->detail, ContainsSubstring("kept instead"));
}

TEST_CASE("a read that a plan waits for is tried once more, over another connection") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 2'000ms;
  pipeline_run run(world);
  const std::vector<position_row> rows{a_row("BTCUSDT", "0.5", "50000")};
  run.make_ready(rows);
  starve(run);
  run.offer({run.a_reduce("p", "BTCUSDT")});
  REQUIRE(reads_of(run, "BTCUSDT") == 1);
  CHECK(world.exchange->reads.back().options.connection == connection_choice::any);
  SECTION("after it was given up") {
    run.pass(world.chosen.snapshot.demand_timeout + 10ms);
    REQUIRE(reads_of(run, "BTCUSDT") == 2);
    CHECK(world.exchange->reads.back().options.connection == connection_choice::fresh);
    world.exchange->reads.erase(std::ranges::find(world.exchange->reads, symbol("BTCUSDT"),
                                                  &fake_exchange::pending_read::scope));
    REQUIRE(run.answer_read(symbol("BTCUSDT"), rows));
    CHECK(run.verdict_of("p") == verdict_kind::allow);
  }
  SECTION("after the connection broke, and only once") {
    REQUIRE(run.fail_read(symbol("BTCUSDT"), failure_kind::unreachable));
    REQUIRE(reads_of(run, "BTCUSDT") == 1);
    CHECK(world.exchange->reads.back().options.connection == connection_choice::fresh);
    REQUIRE(run.fail_read(symbol("BTCUSDT"), failure_kind::unreachable));
    CHECK(reads_of(run, "BTCUSDT") == 0);
    CHECK(run.given.vitals->reads_retried == 1);
  }
  SECTION("but not when the venue has answered") {
    REQUIRE(run.fail_read(symbol("BTCUSDT"), failure_kind::venue_error));
    CHECK(reads_of(run, "BTCUSDT") == 0);
    CHECK(run.given.vitals->reads_retried == 0);
  }
}

TEST_CASE("a plan that joined a routine read gets the second try too") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 2'000ms;
  pipeline_run run(world);
  const std::vector<position_row> rows{a_row("BTCUSDT", "0.5", "50000")};
  run.make_ready(rows);
  starve(run, failure_kind::rate_limited);  // Which says nothing against the next.
  while (reads_of(run, "") == 0)
    run.pass(10ms);
  run.offer({run.a_reduce("p", "BTCUSDT")});
  REQUIRE(world.exchange->reads.size() == 1);  // It waits for the routine read.
  REQUIRE(run.fail_read({}, failure_kind::unreachable));
  REQUIRE(reads_of(run, "") == 1);
  CHECK(world.exchange->reads.back().options.connection == connection_choice::fresh);
  REQUIRE(run.answer_read({}, rows));
  CHECK(run.verdict_of("p") == verdict_kind::allow);
}

TEST_CASE("a venue that turns slow at once is still read, and the promise says what it keeps") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  struct flying {
    fake_exchange::pending_read read{};
    instant sent{};
  };
  std::vector<flying> under_way;
  milliseconds oldest{0};
  for (int i = 0; i < 8'000; ++i) {  // 400 s at 2.5 s a read, cut when its time is over.
    run.pass_at_once(50ms);
    for (; !world.exchange->reads.empty(); world.exchange->reads.pop_front())
      under_way.push_back({std::move(world.exchange->reads.front()), run.now()});
    std::erase_if(under_way, [&](flying& f) {
      const auto age = between(f.sent, run.now());
      if (age >= f.read.options.timeout)
        f.read.answer(read_failure{failure_kind::timed_out, 0, 0, "cut", std::nullopt});
      else if (age >= 2'500ms)
        f.read.answer(snapshot{f.read.scope, f.sent, run.now(), {}});
      else
        return false;
      return true;
    });
    run.settle();
    if (i > 400)
      oldest = std::max(oldest, between(run.truth_of("BTCUSDT").as_of, run.now()));
  }
  REQUIRE(budget_finding(run));
  CHECK(oldest <= run.given.vitals->promise().kept);
  CHECK(oldest < 8s);
}

TEST_CASE("a symbol whose own reads failed is not called failing once the account is read") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 2'000ms;
  world.chosen.gate.read_retry = 100ms;
  pipeline_run run(world);
  const std::vector<position_row> rows{a_row("BTCUSDT", "0.5", "50000")};
  run.make_ready(rows);
  starve(run);
  run.offer({run.a_reduce("p", "BTCUSDT")});
  for (int i = 0; i < 20; ++i) {
    run.pass(100ms);
    run.fail_read(symbol("BTCUSDT"), failure_kind::unreachable);
  }
  CHECK(run.given.vitals->failing_symbol().has_value());
  run.live(2s, rows);
  CHECK_FALSE(run.given.vitals->failing_symbol().has_value());
}

TEST_CASE("without reads on demand a stale plan is denied at once, exits too") {
  pipeline_world world;
  world.chosen.gate.read_on_demand = false;
  world.chosen.gate.limits.stale_after_exit = 2'000ms;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  starve(run);
  run.offer({run.a_reduce("p", "BTCUSDT")});
  CHECK(run.reason_of("p") == refusal_code::stale_exchange_state);
}

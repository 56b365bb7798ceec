// The snapshot manager and its workers in the running pipeline, on virtual time.
#include <set>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("every symbol is unknown until a read proves it") {
  pipeline_world world;
  pipeline_run run(world);
  run.give_universe();
  CHECK_FALSE(is_known(run.truth_of("BTCUSDT").content));
  REQUIRE(run.answer_read({}, {a_row("BTCUSDT", "0.5", "50000")}));
  CHECK(amount_of(run.truth_of("BTCUSDT").content) == quantity::parse("0.5").value());
  CHECK(kind_of(run.truth_of("ETHUSDT").content) == "flat");
}

TEST_CASE("account reads repeat within the period that keeps the bound, one at a time") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  int answered = 0;
  for (int i = 0; i < 1'000; ++i) {
    run.pass(10ms);
    CHECK(world.exchange->reads.size() <= 1);
    answered += run.answer_read({}, {}) ? 1 : 0;
    CHECK(run.now() - run.truth_of("BTCUSDT").as_of <= world.chosen.snapshot.bound);
  }
  // (2000 - 300) / 2 = 850 ms: 10 s hold eleven or twelve of them.
  CHECK(answered >= 11);
  CHECK(answered <= 13);
}

TEST_CASE("a read that never answers is given up and asked again within the bound") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.pass(900ms);
  REQUIRE(world.exchange->reads.size() == 1);
  run.pass(900ms);
  CHECK(world.exchange->reads.size() == 2);
  CHECK(run.given.vitals->workers_lost == 1);
  SECTION("its late reply is merged, but truth never goes back") {
    run.pass(10ms);
    const auto late = std::move(world.exchange->reads.front());
    world.exchange->reads.pop_front();
    REQUIRE(run.answer_read({}, {a_row("BTCUSDT", "0.2", "50000", 2'000)}));
    const auto as_of = run.truth_of("BTCUSDT").as_of;
    late.answer(snapshot{{}, as_of - 900ms, run.now(), {}});
    run.settle();
    CHECK(amount_of(run.truth_of("BTCUSDT").content) == quantity::parse("0.2").value());
    CHECK(run.truth_of("BTCUSDT").as_of >= as_of);
  }
}

TEST_CASE("what is open is watched by the share of exits while the rounds have to stay away") {
  const bool open = GENERATE(true, false);
  CAPTURE(open);
  pipeline_world world;
  pipeline_run run(world);
  const auto rows =
      open ? std::vector{a_row("BTCUSDT", "0.5", "50000")} : std::vector<position_row>{};
  run.make_ready(rows);
  auto& reads = world.exchange->reads;
  // As after a firewall's page: all but exits are refused here until then.
  const auto paused_until = run.now() + 60s;
  int of_exits = 0;
  for (int i = 0; i < 590; ++i) {
    run.pass(100ms);
    while (!reads.empty()) {
      const auto traffic = reads.front().options.traffic;
      REQUIRE(reads.front().scope.empty());
      if (traffic == read_class::exit_demand) {
        ++of_exits;
        run.answer_read({}, rows);
      } else {
        auto refused = std::move(reads.front().answer);
        reads.pop_front();
        refused(read_failure{failure_kind::rate_limited, 0, 0, "paused", paused_until});
        run.settle();
      }
    }
    if (open && i > 60)
      CHECK(run.now() - run.truth_of("BTCUSDT").as_of <= 7s);
  }
  CHECK(of_exits >= (open ? 8 : 0));
  CHECK(of_exits <= (open ? 12 : 0));
}

TEST_CASE("a failed read changes nothing and makes nothing flat") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  const auto before = run.truth_of("BTCUSDT");
  for (const auto kind : {failure_kind::malformed, failure_kind::timed_out,
                          failure_kind::unreachable, failure_kind::venue_error}) {
    run.pass(900ms);
    REQUIRE(run.fail_read({}, kind));
    CHECK(run.truth_of("BTCUSDT").content == before.content);
    CHECK(run.truth_of("BTCUSDT").as_of == before.as_of);
  }
  CHECK_FALSE(run.given.vitals->exchange().reachable);
  run.pass(900ms);
  REQUIRE(run.answer_read({}, {a_row("BTCUSDT", "0.5", "50000")}));
  CHECK(run.given.vitals->exchange().reachable);
}

TEST_CASE("under per_symbol every symbol has its own read and never two at once") {
  pipeline_world world;
  world.chosen.snapshot.strategy = freshness_strategy::per_symbol;
  pipeline_run run(world);
  run.give_universe();
  REQUIRE(run.answer_read({}, {}));
  std::size_t answered = 0;
  for (int i = 0; i < 500; ++i) {
    std::multiset<symbol> scopes;
    for (const auto& r : world.exchange->reads)
      scopes.insert(r.scope);
    for (const auto& s : scopes)
      CHECK(scopes.count(s) == 1);
    for (const char* name : {"BTCUSDT", "ETHUSDT", "XRPUSDT"})
      answered += run.answer_read(symbol(name), {}) ? 1 : 0;
    run.pass(10ms);
  }
  CHECK(answered >= 9);
  CHECK(run.now() - run.truth_of("XRPUSDT").as_of <= world.chosen.snapshot.bound);
}

TEST_CASE("an event is truth at once and is checked by a read of its own") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.tell(account_update{
      "ORDER",
      {5'000},
      {{{symbol("ETHUSDT"), position_side::both}, quantity::whole(3), price::whole(2'000)}}});
  CHECK(amount_of(run.truth_of("ETHUSDT").content) == quantity::whole(3));
  run.pass(world.chosen.snapshot.verification_delay + 10ms);
  CHECK(run.answer_read(symbol("ETHUSDT"), {a_row("ETHUSDT", "3", "2000", 5'000)}));
}

TEST_CASE("a plan that joined a read under way learns that it failed and asks again") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 1'000ms;
  world.chosen.gate.read_retry = 100ms;
  world.chosen.gate.read_lost_after = 10'000ms;
  pipeline_run run(world);
  run.make_ready();
  const symbol eth("ETHUSDT");
  run.tell(account_update{
      "ORDER", {5'000}, {{{eth, position_side::both}, quantity::whole(3), price::whole(2'000)}}});
  // The read that checks the event goes out before the event is too old, and stays under way.
  run.pass(1'050ms);
  const auto reads_of = [&] {
    return std::ranges::count(world.exchange->reads, eth, &fake_exchange::pending_read::scope);
  };
  REQUIRE(reads_of() == 1);
  // Without an account-wide read under way that could serve the plan.
  REQUIRE(run.fail_read({}, failure_kind::timed_out));
  run.give_marks({{"ETHUSDT", "2000"}});
  run.offer({run.a_reduce("p", "ETHUSDT")});
  REQUIRE_FALSE(run.verdict_of("p").has_value());
  REQUIRE(reads_of() == 1);
  REQUIRE(run.fail_read(eth, failure_kind::unreachable));
  run.pass(200ms);
  REQUIRE(reads_of() == 1);
  REQUIRE(run.answer_read(eth, {a_row("ETHUSDT", "3", "2000", 5'000)}));
  CHECK(run.verdict_of("p") == verdict_kind::allow);
}

TEST_CASE("a ban from before the start is named before anything was read") {
  pipeline_world world;
  world.exchange->banned_until = instant::max();
  pipeline_run run(world);
  CHECK(run.given.vitals->exchange().banned_until == instant::max());
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  CHECK_FALSE(run.given.vitals->exchange().banned_until.has_value());
}

TEST_CASE("plans on many stale symbols cost one account-wide read") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 2'000ms;
  pipeline_run run(world);
  const std::vector<position_row> rows{a_row("BTCUSDT", "0.5", "50000"),
                                       a_row("ETHUSDT", "3", "2000"),
                                       a_row("XRPUSDT", "90", "0.5")};
  run.make_ready(rows);
  while (run.now() - run.truth_of("BTCUSDT").as_of < 3s) {
    run.pass(100ms);
    run.fail_read({}, failure_kind::rate_limited);  // Which says nothing against the next.
  }
  run.offer(
      {run.a_reduce("a", "BTCUSDT"), run.a_reduce("b", "ETHUSDT"), run.a_reduce("c", "XRPUSDT")});
  REQUIRE(world.exchange->reads.size() == 1);
  REQUIRE(run.answer_read({}, rows));
  for (const char* id : {"a", "b", "c"})
    CHECK(run.verdict_of(id) == verdict_kind::allow);
}

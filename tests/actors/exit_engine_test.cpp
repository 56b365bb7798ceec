// The exit engine in the pipeline: from fills, marks, reads and signals to exits, over a restart.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

quantity q(const std::string& text) {
  return quantity::parse(text).value();
}
bool holds(const std::string& text, std::string_view part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}
std::vector<position_row> holding(const std::string& amount) {
  return {a_row("BTCUSDT", amount, "50000")};
}
/// Marks of BTCUSDT that stay for a while, with all that follows.
void stay_at(pipeline_run& run, const std::string& mark, milliseconds span) {
  for (milliseconds passed{0}; passed < span; passed += 500ms) {
    run.pass(500ms);
    run.give_marks({{"BTCUSDT", mark}});
  }
}

}  // namespace

TEST_CASE(
    "fees delay a part of a gain, its numbers are in the journal, a restart does not repeat "
    "it") {
  pipeline_world world;
  world.fee = notional::whole(1);
  {
    pipeline_run run(world);
    run.make_ready();
    auto p = run.an_open("p", "BTCUSDT", "0.02");
    std::get<open_plan>(p.body).stop = price::whole(49'000);  // One r is 1000.
    run.offer({p});
    run.fill_order(q("0.02"), price::whole(50'000));
    run.give_marks({{"BTCUSDT", "51049"}});  // (1049 - 1 / 0.02) / 1000 = 0.999.
    CHECK(world.exchange->placed.size() == 1);
    run.give_marks({{"BTCUSDT", "51050"}});
    REQUIRE(world.exchange->placed.size() == 2);
    CHECK(world.exchange->placed.back().reduce_only);
    CHECK(world.exchange->placed.back().amount == q("0.005"));
    CHECK(
        holds(run.last_record_of("plan_accepted"),
              "\"numbers\":\"r 1 >= 1, tranche 1 of 2; mark 51050, entry 50000, amount 0.02, risk "
              "1000, cost 1, initial 0.02\""));
    run.fill_order(q("0.015"), price::whole(51'050), price::whole(50'000));
    run.live(3s, holding("0.015"));
    CHECK(holds(run.last_record_of("exit_changed"), "\"tranches\":1"));
    CHECK(holds(run.last_record_of("exit_changed"), "\"cost\":\"2\""));
    CHECK(holds(run.last_record_of("exit_changed"), "\"source\":\"test\""));
    CHECK(run.end() == 0);
  }
  world.wall_ms += 10'000;  // Reads lag behind no fill of the last run any more.
  // Not made ready as usual: a mark at the entry would cross the stop, which is at break-even.
  pipeline_run again(world);
  again.give_universe();
  again.tell(stream_opened{});
  while (again.answer_read(symbol{}, holding("0.015"))) {
  }
  stay_at(again, "51200", 3s);
  CHECK(world.exchange->placed.size() == 2);
  again.give_marks({{"BTCUSDT", "51600"}});  // (1600 - 2 / 0.02) / 1000 = 1.5.
  REQUIRE(world.exchange->placed.size() == 3);
  CHECK(world.exchange->placed.back().amount == q("0.005"));
}

TEST_CASE("a source that wants the other side closes a position whose score is watched closely") {
  pipeline_world world;
  world.chosen.exits.kill_score_at = ratio::from_raw(26'000'000);
  const bool allowed = GENERATE(true, false);
  if (!allowed)
    world.chosen.gate.entry_sources = {source_id("somebody")};
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  CHECK(world.exchange->placed.empty());
  auto p = run.an_open("other", "BTCUSDT", "0.1");
  std::get<open_plan>(p.body).direction = side::sell;
  p.deadline = run.now() + 1s;
  run.offer({p});
  run.live(1'500ms, holding("0.5"));
  CHECK(run.verdict_of("other") == verdict_kind::deny);
  run.give_marks({{"BTCUSDT", "50000"}});
  REQUIRE(world.exchange->placed.size() == (allowed ? 1 : 0));
  if (!allowed)
    return;
  CHECK(world.exchange->placed.back().reduce_only);
  CHECK(world.exchange->placed.back().amount == q("0.5"));
  CHECK(holds(run.last_record_of("plan_accepted"), "\"reason\":\"kill_score\""));
}

TEST_CASE("a duplicate of a source that the gate does not allow is no signal") {
  pipeline_world world;
  world.chosen.exits.kill_score_at = ratio::from_raw(26'000'000);
  world.chosen.gate.entry_sources = {source_id("somebody")};
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  auto first = run.an_open("first", "BTCUSDT", "0.1");
  std::get<open_plan>(first.body).direction = side::sell;
  auto second = first;
  second.id = plan_id("second");
  // Together, so that the first has no verdict yet that would leave the window.
  run.offer({first, second});
  run.live(1'500ms, holding("0.5"));
  CHECK(run.verdict_of("first") == verdict_kind::deny);
  REQUIRE(run.reason_of("second") == refusal_code::duplicate_plan);
  run.give_marks({{"BTCUSDT", "50000"}});
  CHECK(world.exchange->placed.empty());
}

TEST_CASE("a position is closed before its liquidation, which is no part of its truth") {
  pipeline_world world;
  pipeline_run run(world);
  auto rows = holding("0.5");
  rows[0].liquidation = price::whole(49'000);
  run.make_ready(rows);
  const auto version = run.truth_of("BTCUSDT").version;
  const auto changes = run.records_of("truth_changed");
  CHECK(world.exchange->placed.empty());
  // 25 bp of 50000 are 125.
  rows[0].liquidation = price::whole(49'900);
  run.live(6s, rows);
  run.give_marks({{"BTCUSDT", "50000"}});
  CHECK(run.truth_of("BTCUSDT").version == version);
  CHECK(run.records_of("truth_changed") == changes);
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(holds(run.last_record_of("plan_accepted"), "\"reason\":\"liquidation_buffer\""));
}

TEST_CASE("a part smaller than a step is never ordered, and asked for once") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding("0.001"));
  stay_at(run, "51000", 5s);  // One r: a quarter of a step.
  CHECK(world.exchange->placed.empty());
  CHECK(run.records_of("plan_accepted") == 1);
  CHECK(holds(run.last_record_of("exit_changed"), "\"tranches\":1"));
}

TEST_CASE("a part that would leave what cannot be traded closes all") {
  pipeline_world world;
  world.market_min = q("0.003");
  world.chosen.exits.tranches = {{ratio::whole(1), 50}};
  pipeline_run run(world);
  run.make_ready(holding("0.004"));
  run.give_marks({{"BTCUSDT", "51000"}});
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(world.exchange->placed.back().amount == q("0.004"));
}

TEST_CASE("a position that no rule limits is told of until it is gone") {
  pipeline_world world;
  world.chosen.exits.symbols["BTCUSDT"] = {};
  world.chosen.exits.symbols["BTCUSDT"].stop_bp = 0;
  world.chosen.exits.symbols["BTCUSDT"].time_limit = 0ms;
  pipeline_run run(world);
  const auto told = [&] {
    return std::ranges::count(run.given.vitals->findings(), "unprotected",
                              &actors::finding::reason);
  };
  run.make_ready({a_row("ETHUSDT", "1", "2000")});
  run.pass(1s);
  CHECK(told() == 0);
  run.tell(
      account_update{"ORDER",
                     {run.given.time.at(run.now()).wall.ms},
                     {{{symbol("BTCUSDT"), position_side::both}, q("0.5"), price::whole(50'000)}}});
  run.pass(1s);
  CHECK(told() == 1);
  CHECK(holds(run.given.metrics->exposition(), "sluice_positions_unprotected 1"));
  run.pass(1s);
  run.tell(account_update{"ORDER",
                          {run.given.time.at(run.now()).wall.ms},
                          {{{symbol("BTCUSDT"), position_side::both}, {}, {}}}});
  run.pass(1s);
  CHECK(told() == 0);
  CHECK(holds(run.given.metrics->exposition(), "sluice_positions_unprotected 0"));
}

TEST_CASE("marks that stay write a state once a minute, not once a second") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  const auto before = run.records_of("exit_changed");
  for (int second = 0; second < 180; ++second) {
    run.pass_at_once(1s);
    run.give_marks({{"BTCUSDT", second % 2 == 0 ? "50010" : "50000"}});
  }
  CHECK(run.records_of("exit_changed") - before == 3);
  CHECK(holds(run.last_record_of("exit_changed"), "\"samples\":3"));
}

TEST_CASE("a position that was gone and is there again before the engine looks is another one") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  run.pass(1s);
  const auto before = run.records_of("exit_changed");
  const auto told = [&](quantity amount, price entry) {
    run.tell(account_update{"ORDER",
                            {run.given.time.at(run.now()).wall.ms},
                            {{{symbol("BTCUSDT"), position_side::both}, amount, entry}}});
    run.pass(10ms);
  };
  run.stand_still(run.all->exit_engine);
  told({}, {});
  told(q("0.5"), price::whole(50'000));
  run.go_on();
  CHECK(run.records_of("exit_changed") == before + 2);
  CHECK(holds(run.last_record_of("exit_changed"), "\"active\":true"));
}

TEST_CASE("what a position left in a symbol that is not offered ends with it, and rules no other") {
  pipeline_world world;
  const std::vector<position_row> held{a_row("SOLUSDT", "1", "100")};
  {
    pipeline_run run(world);
    run.make_ready(held);
    run.live(1s, held);
    REQUIRE(holds(run.last_record_of("exit_changed"), R"("stop":"98")"));
    CHECK(run.end() == 0);
  }
  pipeline_run run(world);
  run.make_ready();
  run.live(3s, {});
  CHECK(std::holds_alternative<position_flat>(run.truth_of("SOLUSDT").content));
  CHECK(holds(run.last_record_of("exit_changed"), R"("active":false)"));
  run.live(2s, {a_row("SOLUSDT", "2", "150")});
  CHECK(holds(run.last_record_of("exit_changed"), R"("stop":"147")"));
  CHECK(world.exchange->placed.empty());
  CHECK(run.records_of("plan_accepted") == 0);
}

TEST_CASE("a wall clock that is wrong at a start makes no position older") {
  pipeline_world world;
  world.chosen.exits.time_limit = 8h;
  world.chosen.exits.time_stop = 0ms;
  {
    pipeline_run run(world);
    run.make_ready(holding("0.5"));
    run.live(1s, holding("0.5"));
    CHECK(run.end() == 0);
  }
  world.exchange->clock_seen.reset();
  world.wall_ms += 3'600'000 * 9;
  const bool really = GENERATE(false, true);
  pipeline_run run(world);
  world.exchange->clock_seen = clock_offset{.offset = really ? 0ms : -9h};
  run.make_ready(holding("0.5"));
  run.live(2s, holding("0.5"));
  CHECK(world.exchange->placed.size() == (really ? 1 : 0));
  if (!really)  // The page says what decides.
    CHECK(holds(run.page("/api/v1/positions"), "\"time_left_ms\":287"));
}

TEST_CASE("a fee in BNB counts where its pair is not offered, too") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.give_marks({{"BNBUSDT", "600"}});
  run.offer({run.an_open("p", "BTCUSDT", "0.02")});
  REQUIRE(world.exchange->orders.size() == 1);
  const auto& r = world.exchange->orders.front().request;
  const venue_time when{run.given.time.at(run.now()).wall.ms};
  const auto at = price::whole(50'000);
  const order_report filled{
      r.id,     9,        r.instrument, r.leg, r.direction, order_status::filled,
      "FILLED", r.amount, r.amount,     at,    false,       when};
  run.tell(order_update{filled, "TRADE",
                        fill{r.instrument, r.leg, 101, 9, r.id, r.direction, r.amount, at,
                             notional::parse("0.001").value(), "BNB", notional{}, when}});
  run.live(1s, holding("0.02"));
  CHECK(holds(run.last_record_of("exit_changed"), R"("cost":"0.6")"));
}

// Symbols and rules in force over failures, restarts and changes; settings that somebody changes.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

void fail_universe(pipeline_run& run) {
  auto answer = std::exchange(run.world.exchange->universe_answer, nullptr);
  REQUIRE(answer);
  answer(read_failure{failure_kind::timed_out, 0, 0, "made by the test", std::nullopt});
  run.settle();
}

universe_source source_of(const pipeline_run& run) {
  return run.given.universe->current()->source;
}

}  // namespace

TEST_CASE("after a restart the last good universe lets exits go before the venue lists anything") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    CHECK(run.records_of("universe_kept") == 1);
    CHECK(run.end() == 0);
  }
  pipeline_run run(world);
  CHECK(source_of(run) == universe_source::last_good);
  CHECK(run.given.universe->current()->find(symbol("BTCUSDT"))->market_lot.step ==
        quantity::parse("0.001").value());
  fail_universe(run);
  CHECK(source_of(run) == universe_source::last_good);
  run.tell(stream_opened{});
  while (run.answer_read({}, {a_row("BTCUSDT", "0.5", "50000")})) {
  }
  run.offer({run.a_reduce("x", "BTCUSDT")});
  CHECK(run.verdict_of("x") == verdict_kind::allow);
  run.pass(1s);
  run.give_universe();
  CHECK(source_of(run) == universe_source::live);
  CHECK(run.records_of("universe_kept") == 1);  // Nothing new in it.
}

TEST_CASE("without anything good the configured names let exits go, and no entry") {
  pipeline_world world;
  world.chosen.universe.allow = {"BTCUSDT"};
  pipeline_run run(world);
  fail_universe(run);
  CHECK(source_of(run) == universe_source::configured);
  run.tell(stream_opened{});
  while (run.answer_read({}, {a_row("BTCUSDT", "0.5", "50000")})) {
  }
  run.give_marks({{"BTCUSDT", "50000"}});
  run.offer({run.an_open("e", "BTCUSDT", "0.01"), run.a_reduce("x", "BTCUSDT")});
  CHECK(run.reason_of("e") == refusal_code::symbol_not_in_universe);
  CHECK(run.verdict_of("x") == verdict_kind::allow);
}

TEST_CASE(
    "with nothing good and nothing configured entries are denied, and exits wait for a list") {
  pipeline_world world;
  pipeline_run run(world);
  fail_universe(run);
  CHECK(source_of(run) == universe_source::none);
  run.offer({run.an_open("e", "BTCUSDT", "0.01"), run.a_reduce("x", "BTCUSDT")});
  CHECK(run.reason_of("e") == refusal_code::symbol_not_in_universe);
  run.pass(1s);
  CHECK_FALSE(run.verdict_of("x"));
  CHECK(run.given.vitals->parked_exit == 1);
  SECTION("which lets them go") {
    REQUIRE(world.exchange->universe_answer);
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    run.live(1s, {a_row("BTCUSDT", "0.5", "50000")});
    CHECK(run.verdict_of("x") == verdict_kind::allow);
  }
  SECTION("which lacks their symbol, and what is held has it read anew") {
    run.offer({run.a_reduce("y", "NEWUSDT"), run.a_reduce("z", "NEVERUSDT")});
    run.make_ready({a_row("NEWUSDT", "5", "2")});
    CHECK_FALSE(world.exchange->universe_answer);
    run.live(1s, {a_row("NEWUSDT", "5", "2")});
    CHECK_FALSE(run.verdict_of("y"));
    CHECK(run.reason_of("z") == refusal_code::symbol_not_in_universe);
    CHECK(world.exchange->universe_answer);
  }
  SECTION("as long as they live") {
    run.pass(60s);
    CHECK(run.reason_of("x") == refusal_code::symbol_not_in_universe);
  }
}

TEST_CASE("only so many exits wait for the first list of symbols") {
  pipeline_world world;
  world.chosen.gate.parked_exit_max = 1;
  pipeline_run run(world);
  fail_universe(run);
  run.offer({run.a_reduce("x", "BTCUSDT"), run.a_reduce("y", "ETHUSDT")});
  CHECK_FALSE(run.verdict_of("x"));
  CHECK(run.reason_of("y") == refusal_code::symbol_not_in_universe);
  // What is ours waits all the same.
  auto ours = run.a_reduce("flatten:1", "ETHUSDT");
  ours.source = source_id{std::string{flatten_source}};
  caf::anon_send(run.all->gate,
                 actors::judge_plans{{std::make_shared<const plan>(std::move(ours))}});
  run.pass(20ms);
  CHECK_FALSE(run.verdict_of("flatten:1"));
}

TEST_CASE("a list that is asked for while one is under way is read after it") {
  pipeline_world world;
  pipeline_run run(world);
  caf::anon_send(run.all->universe_keeper, actors::read_anew{true, false, {}});
  run.give_universe();
  run.pass(20ms);
  REQUIRE(world.exchange->universe_answer);
  run.give_universe();
  run.pass(1s);
  CHECK_FALSE(world.exchange->universe_answer);
}

TEST_CASE("an exit of what is held in a symbol that the last list lacks has it read anew") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto held = std::vector{a_row("NEWUSDT", "5", "2")};
  run.live(3s, held);
  REQUIRE_FALSE(world.exchange->universe_answer);
  run.offer({run.a_reduce("x", "NEWUSDT")});
  CHECK_FALSE(run.verdict_of("x"));
  run.pass(20ms);
  REQUIRE(world.exchange->universe_answer);
  auto listed = *run.given.universe->current();
  auto added = listed.instruments.front();
  added.instrument = symbol("NEWUSDT");
  added.market_lot.step = quantity::whole(1);
  listed.instruments.push_back(added);
  listed.rebuild_index();
  listed.read_at = run.now();
  std::exchange(world.exchange->universe_answer, nullptr)(std::move(listed));
  // It is the list that has it judged, not the next read of the account.
  run.settle();
  CHECK(run.verdict_of("x") == verdict_kind::allow);
}

TEST_CASE("rules that grow too old without a new read open nothing, and exits still go by them") {
  pipeline_world world;
  world.chosen.universe.refresh = 1'000ms;
  world.chosen.universe.max_age = 2'000ms;
  world.chosen.universe.last_good_max_age = 6'000ms;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.pass(2'600ms);
  CHECK(source_of(run) == universe_source::last_good);
  CHECK(run.given.universe->rules_of(symbol("BTCUSDT"))->offered);
  run.live(4'000ms, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(source_of(run) == universe_source::last_good);
  const auto rules = run.given.universe->rules_of(symbol("BTCUSDT"));
  REQUIRE(rules);
  CHECK_FALSE(rules->offered);
  CHECK(rules->market_lot.step == quantity::parse("0.001").value());
  run.give_marks({{"BTCUSDT", "50000"}, {"ETHUSDT", "2000"}});
  run.offer({run.an_open("e", "ETHUSDT", "0.1"), run.a_reduce("x", "BTCUSDT")});
  CHECK(run.reason_of("e") == refusal_code::symbol_not_in_universe);
  CHECK(run.verdict_of("x") == verdict_kind::allow);
}

TEST_CASE("exits of a symbol that the configuration leaves out are let through") {
  pipeline_world world;
  world.chosen.universe.allow = {"ETHUSDT"};
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.offer({run.an_open("e", "BTCUSDT", "0.01"), run.a_reduce("x", "BTCUSDT")});
  CHECK(run.reason_of("e") == refusal_code::symbol_not_in_universe);
  CHECK(run.verdict_of("x") == verdict_kind::allow);
}

TEST_CASE("a changed listing is told with its names, and a delisted symbol leaves the rounds") {
  pipeline_world world;
  world.chosen.universe.refresh = 1'000ms;
  world.chosen.snapshot.strategy = freshness_strategy::per_symbol;
  pipeline_run run(world);
  run.make_ready();
  const auto noticed = run.records_of("notice");
  run.pass(1'100ms);
  REQUIRE(world.exchange->universe_answer);
  auto fewer = *run.given.universe->current();
  std::erase_if(fewer.instruments, [](const auto& r) { return r.instrument == symbol("XRPUSDT"); });
  fewer.rebuild_index();
  for (const auto notices : {noticed, noticed + 1}) {  // One list that lacks it may be a part.
    REQUIRE(world.exchange->universe_answer);
    fewer.read_at = run.now();
    std::exchange(world.exchange->universe_answer, nullptr)(fewer);
    run.settle();
    CHECK(run.records_of("notice") == notices);
    run.pass(1'100ms);
  }
  const auto answer_all = [&] {
    while (run.answer_read(symbol("XRPUSDT"), {}) || run.answer_read(symbol("BTCUSDT"), {}) ||
           run.answer_read(symbol("ETHUSDT"), {})) {
    }
  };
  for (int i = 0; i < 30; ++i) {
    answer_all();
    run.pass(100ms);
  }
  int reads = 0;
  for (int i = 0; i < 50; ++i) {
    reads += run.answer_read(symbol("XRPUSDT"), {}) ? 1 : 0;
    answer_all();
    run.pass(100ms);
  }
  CHECK(reads == 0);
  CHECK(run.given.vitals->stalls().empty());
}

TEST_CASE("settings that somebody changes are read again at once, and noted") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  CHECK(run.given.vitals->findings().empty());
  const auto noticed = run.records_of("notice");
  world.exchange->settings.can_trade = false;
  const auto read_before = world.exchange->settings_reads;
  run.tell(settings_update{symbol("BTCUSDT"), 20, std::nullopt});
  CHECK(run.records_of("notice") == noticed + 1);
  run.pass(1'100ms);
  CHECK(world.exchange->settings_reads == read_before + 1);
  CHECK_FALSE(run.given.vitals->findings().empty());
  run.tell(settings_update{symbol{}, 0, true});
  run.tell(account_update{
      "MARGIN_TYPE_CHANGE", {5'000}, {{{symbol("ETHUSDT"), position_side::both}, {}, {}}}, {}, {}});
  CHECK(run.records_of("notice") == noticed + 3);
}

TEST_CASE("a storm of changed settings costs one read") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto before = world.exchange->settings_reads;
  for (int leverage = 1; leverage <= 100; ++leverage)
    run.tell(settings_update{symbol("BTCUSDT"), leverage, std::nullopt});
  run.pass(3s);
  CHECK(world.exchange->settings_reads == before + 1);
}

TEST_CASE("funding is booked by symbol and asset, and moves no position") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.tell(account_update{"FUNDING_FEE",
                          {5'000},
                          {},
                          {{"USDT", notional::parse("-1.25").value()}, {"BNB", notional{}}},
                          symbol("BTCUSDT")});
  CHECK(run.records_of("funding_booked") == 1);
  CHECK(amount_of(run.truth_of("BTCUSDT").content) == quantity::parse("0.5").value());
}

TEST_CASE("funding that is told twice is booked once, and what only looks like it is booked") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  const balance_change paid{"USDT", notional::parse("-1.25").value()};
  const account_update fee{"FUNDING_FEE", {5'000}, {}, {paid}, symbol("BTCUSDT")};
  run.tell(fee);
  run.tell(fee);
  CHECK(run.records_of("funding_booked") == 1);
  run.tell(account_update{"FUNDING_FEE", {5'000}, {}, {paid}, symbol("ETHUSDT")});
  run.tell(account_update{"FUNDING_FEE", {28'805'000}, {}, {paid}, symbol("BTCUSDT")});
  CHECK(run.records_of("funding_booked") == 3);
  const account_update two_rows{"FUNDING_FEE", {6'000}, {}, {paid, paid}, symbol("BTCUSDT")};
  run.tell(two_rows);
  run.tell(two_rows);
  CHECK(run.records_of("funding_booked") == 5);
}

TEST_CASE("a close that the venue forces is told by its name, and explains the drift it makes") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(6s, {a_row("BTCUSDT", "0.5", "50000")});
  const auto noticed = run.records_of("notice");
  fill forced;
  forced.instrument = symbol("BTCUSDT");
  forced.id = 900;
  forced.order = 77;
  forced.client_id = client_order_id("autoclose-1");
  forced.direction = side::sell;
  forced.amount = quantity::parse("0.5").value();
  forced.at = price::whole(45'000);
  forced.traded_at = {9'000'000'000'000};
  forced.given_by = order_giver::liquidation;
  order_update update;
  update.report.client_id = forced.client_id;
  update.report.instrument = forced.instrument;
  update.report.status_text = "FILLED";
  update.execution = "CALCULATED";
  update.trade = forced;
  run.tell(update);
  run.tell(account_update{
      "ORDER", {9'000'000'000'000}, {{{symbol("BTCUSDT"), position_side::both}, {}, {}}}, {}, {}});
  CHECK(run.records_of("notice") == noticed + 1);
  run.live(20s, {});
  CHECK(run.given.vitals->holds == 0);
}

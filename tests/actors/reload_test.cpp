// A configuration that is read again while the pipeline runs, on virtual time: whole or not at all,
// at once, and never against what is under way.
#include <fstream>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

/// A world whose settings come from a file.
struct filed_world : pipeline_world {
  std::filesystem::path file{directory / "sluice.toml"};

  filed_world() { write("", true); }

  /// The file with these tables; `load` takes it as what the process starts with.
  void write(const std::string& tables, bool load = false) {
    std::ofstream out(file);
    out << "mode = \"demo\"\naccount = \"test\"\n[journal]\nstate_dir = \""
        << (directory / "state").string() << "\"\n[log]\nto_stderr = false\nlevel = \"error\"\n"
        << tables;
    out.close();
    if (load)
      chosen = std::get<config::settings>(config::load(file.string()));
  }
};

reload_outcome reloaded(pipeline_run& run) {
  reload_outcome out;
  caf::scoped_actor self{run.system()};
  auto asked =
      self->request(run.all->settings_keeper, caf::infinite, reload_settings{"ann", "a test"});
  run.settle();
  asked.receive([&](const settings_reloaded& done) { out = *done.outcome; },
                [](const caf::error&) { FAIL("no answer"); });
  return out;
}

bool warned_of(const pipeline_run& run, std::string_view reason) {
  return std::ranges::count(run.given.vitals->findings(), reason, &finding::reason) > 0;
}

const std::string no_limits =
    "[limits]\norder_notional_max = \"0\"\nsymbol_notional_max = \"0\"\n"
    "account_notional_max = \"0\"\nopen_positions_max = 0\nprice_collar_bp = 0\n"
    "symbol_entries_per_minute_max = 0\nsymbol_entries_per_hour_max = 0\n"
    "margin_use_percent_max = 0\ndrawdown_percent_max = 0\n";

}  // namespace

TEST_CASE("a reload applies at once what it may, lists what waits, and is a record") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  world.write(no_limits + "[gate]\ncooldown = \"20s\"\n[snapshot]\nconcurrency = 8\n");
  const auto out = reloaded(run);
  REQUIRE(out.faults.empty());
  REQUIRE(out.applied.size() == 1);
  CHECK(out.applied.front() == setting_change{"gate.cooldown", "\"15s\"", "\"20s\""});
  REQUIRE(out.restart_needed.size() == 1);
  CHECK(out.restart_needed.front().key == "snapshot.concurrency");
  CHECK(run.records_of("settings_changed") == 1);
  const auto record = run.last_record_of("settings_changed");
  CHECK_THAT(record, ContainsSubstring(R"("author":"ann")"));
  CHECK_THAT(record, ContainsSubstring("gate.cooldown"));
  CHECK(warned_of(run, "restart_needed"));
}

TEST_CASE("a file that cannot be used changes nothing, and everybody is told") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  world.write(no_limits + "[gate]\ncooldown = \"20s\"\npark_entry = \"soon\"\n[nonsense]\n");
  const auto out = reloaded(run);
  REQUIRE(out.faults.size() == 2);
  CHECK_THAT(out.faults.front().text, ContainsSubstring("gate.park_entry"));
  CHECK(out.applied.empty());
  CHECK(run.records_of("settings_changed") == 0);
  CHECK(run.notices_of("config_reload_refused") == 1);
  CHECK(warned_of(run, "config_reload_refused"));
  const auto shown = run.given.metrics->exposition();
  CHECK_THAT(shown, ContainsSubstring("sluice_config_last_reload_successful 0"));
  world.write(no_limits);
  CHECK(reloaded(run).faults.empty());
  CHECK_FALSE(warned_of(run, "config_reload_refused"));
  CHECK_THAT(run.given.metrics->exposition(),
             ContainsSubstring("sluice_config_last_reload_successful 1"));
  CHECK(run.records_of("settings_changed") == 0);
}

TEST_CASE("a stricter limit holds for a plan that waits, and not for one that has left") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("leaves", "ETHUSDT", "0.1")});
  REQUIRE(world.exchange->orders.size() == 1);
  run.pass(11s);  // Beyond what the gate judges by: the next entry waits for a read.
  run.give_marks({{"BTCUSDT", "50000"}});
  run.offer({run.an_open("waits", "BTCUSDT", "0.01")});
  REQUIRE_FALSE(run.verdict_of("waits"));
  world.write("[limits]\norder_notional_max = \"10\"\nmargin_use_percent_max = 0\n");
  REQUIRE(reloaded(run).faults.empty());
  CHECK(run.verdict_of("waits") == verdict_kind::deny);
  CHECK_THAT(run.last_record_of("plan_judged"), ContainsSubstring("limit_order_notional"));
  CHECK(run.verdict_of("leaves") == verdict_kind::allow);
  CHECK(world.exchange->orders.size() == 1);
}

TEST_CASE(
    "a limit of risk that was set by a reload refuses the next entry, and one taken away lets it") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  const auto reads = world.exchange->margin_reads;
  world.write("[limits]\norder_notional_max = \"10\"\nmargin_use_percent_max = 50\n");
  REQUIRE(reloaded(run).faults.empty());
  CHECK(world.exchange->margin_reads > reads);
  run.offer({run.an_open("large", "BTCUSDT", "0.01")});
  CHECK(run.reason_of("large") == refusal_code::limit_order_notional);
  world.write(no_limits + "order_notional_max = \"0\"\n");
  CHECK_FALSE(reloaded(run).faults.empty());  // The key twice.
  world.write(no_limits);
  REQUIRE(reloaded(run).faults.empty());
  run.offer({run.an_open("large too", "BTCUSDT", "0.01")});
  CHECK(run.verdict_of("large too") == verdict_kind::allow);
}

TEST_CASE("an override stands over a reload of its key and the reload says so") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  caf::scoped_actor self{run.system()};
  auto asked =
      self->request(run.all->gate, caf::infinite,
                    set_override{{"gate.cooldown", "1s", "ann", "a test", 60s, std::nullopt}});
  run.settle();
  asked.receive([](const override_answer& a) { REQUIRE(a.faults.empty()); },
                [](const caf::error&) { FAIL("no answer"); });
  world.write(no_limits + "[gate]\ncooldown = \"30s\"\n");
  CHECK(reloaded(run).overridden == std::vector<std::string>{"gate.cooldown"});
  REQUIRE(run.given.vitals->overrides().size() == 1);
}

TEST_CASE("an override that a reload passes by ends with a record and is shown no more") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  caf::scoped_actor self{run.system()};
  auto asked = self->request(
      run.all->gate, caf::infinite,
      set_override{{"gate.stale_after_exit", "20s", "ann", "a test", 10min, std::nullopt}});
  run.settle();
  asked.receive([](const override_answer& a) { REQUIRE(a.faults.empty()); },
                [](const caf::error&) { FAIL("no answer"); });
  REQUIRE(run.given.vitals->overrides().size() == 1);
  world.write(no_limits + "[gate]\nstale_after_exit = \"30s\"\n");
  REQUIRE(reloaded(run).faults.empty());
  CHECK(run.given.vitals->overrides().empty());
  REQUIRE(run.records_of("override_ended") == 1);
  CHECK_THAT(run.last_record_of("override_ended"),
             ContainsSubstring(R"("refused")") && ContainsSubstring("shorter than the normal 30s"));
}

TEST_CASE("a reload of the exits gives a position the stop that it lacked") {
  filed_world world;
  world.write(no_limits + "[exits]\nstop_bp = 0\ntime_limit = \"0s\"\n", true);
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(1s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(warned_of(run, "unprotected"));
  world.write(no_limits + "[exits]\nstop_bp = 100\ntime_limit = \"0s\"\n");
  REQUIRE(reloaded(run).faults.empty());
  run.live(1s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK_FALSE(warned_of(run, "unprotected"));
  CHECK_THAT(run.last_record_of("exit_changed"), ContainsSubstring(R"("stop":"49500")"));
}

TEST_CASE("a limit shorter than the bound that was ordered meanwhile is refused") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  caf::scoped_actor self{run.system()};
  auto asked = self->request(run.all->snapshot_manager, caf::infinite,
                             change_freshness{freshness_strategy::adaptive, 8s, "ann", "a test"});
  run.settle();
  asked.receive([](const freshness_changed& a) { REQUIRE(a.refusal.empty()); },
                [](const caf::error&) { FAIL("no answer"); });
  world.write(no_limits + "[gate]\nstale_after_entry = \"5s\"\n");
  const auto out = reloaded(run);
  REQUIRE(out.faults.size() == 1);
  CHECK(out.faults.front().key == "gate.stale_after_entry");
  CHECK_THAT(out.faults.front().text, ContainsSubstring("promised now, 8s"));
  world.write(no_limits + "[gate]\nstale_after_entry = \"9s\"\n");
  CHECK(reloaded(run).applied.size() == 1);
}

TEST_CASE("what waits for a restart is still told after a reload that was refused") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready();
  world.write(no_limits + "[snapshot]\nconcurrency = 8\n");
  REQUIRE(reloaded(run).faults.empty());
  world.write("nonsense");
  REQUIRE_FALSE(reloaded(run).faults.empty());
  CHECK(warned_of(run, "restart_needed"));
  CHECK(warned_of(run, "config_reload_refused"));
}

TEST_CASE("a symbol that is taken off the list by a reload is exited and no longer opened") {
  filed_world world;
  world.write(no_limits, true);
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  world.write(no_limits + "[universe]\nallow = [\"ETHUSDT\"]\n");
  REQUIRE(reloaded(run).applied.size() == 1);
  run.offer({run.an_open("off", "BTCUSDT", "0.01"), run.an_open("on", "ETHUSDT", "0.1"),
             run.a_reduce("exit", "BTCUSDT")});
  CHECK(run.reason_of("off") == refusal_code::symbol_not_in_universe);
  CHECK(run.verdict_of("on") == verdict_kind::allow);
  CHECK(run.verdict_of("exit") == verdict_kind::allow);
}

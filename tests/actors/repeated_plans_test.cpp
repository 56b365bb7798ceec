// Plans that come again: as another id, after their id was forgotten, past the planner, and after a
// restart. None of them is carried out twice, and none keeps its symbol for ever.
#include "sluice/actors/recovery.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

quantity q(const char* text) {
  return quantity::parse(text).value();
}

/// How many records of a kind name this plan.
std::size_t records_about(pipeline_run& run, std::string_view kind, const std::string& id) {
  const auto reader =
      journal::reader::open(journal::journal_path(run.world.chosen.journal)).value();
  const auto name = "\"plan_id\":\"" + id + '"';
  std::size_t found = 0;
  for (const auto& e : reader->events_after(0, 100'000).value())
    found += e.kind == kind && e.json.find(name) != std::string::npos ? 1 : 0;
  return found;
}

/// Plan a buys, and an exit closes the position again.
void open_and_close(pipeline_run& run) {
  run.make_ready();
  run.offer({run.an_open("a", "BTCUSDT", "0.01")});
  run.fill_order(q("0.01"), price::whole(50'000));
  run.live(3s, {a_row("BTCUSDT", "0.01", "50000")});
  run.offer({run.a_reduce("close-a", "BTCUSDT")});
  run.fill_order({}, price::whole(50'000));
  run.live(3s, {});
  REQUIRE(run.ended("a") == plan_end::done);
  REQUIRE(run.ended("close-a") == plan_end::done);
  REQUIRE(run.world.exchange->placed.size() == 2);
}

/// So many plans that the memory of 1,000 ids has none from before them.
void make_forget(pipeline_run& run) {
  std::vector<plan> many;
  for (int i = 0; i < 1'001; ++i)
    many.push_back(run.a_reduce("denied-" + std::to_string(i), "ETHUSDT"));
  run.offer(std::move(many));
  run.live(1s, {});
  REQUIRE(run.verdict_of("denied-1000") == verdict_kind::deny);
}

/// The symbol has no open plan, and takes one.
void check_free(pipeline_run& run) {
  const auto before = run.world.exchange->placed.size();
  run.offer({run.an_open("next", "BTCUSDT", "0.02")});
  run.live(1s, {});
  CHECK(run.world.exchange->placed.size() == before + 1);
}

}  // namespace

TEST_CASE("one idea under two ids has one verdict for each of them, also after a restart") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("a", "BTCUSDT", "0.01")});
    run.offer({run.an_open("b", "BTCUSDT", "0.01")});
    CHECK(run.verdict_of("b") == verdict_kind::deny);
    CHECK(run.reason_of("b") == refusal_code::duplicate_plan);
    run.fill_order(q("0.01"), price::whole(50'000));
    run.live(2s, {a_row("BTCUSDT", "0.01", "50000")});
  }
  world.wall_ms += 60'000;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.01", "50000")});
  CHECK(run.reason_of("b") == refusal_code::duplicate_plan);
  CHECK(records_about(run, "plan_judged", "a") == 1);
  CHECK(records_about(run, "plan_judged", "b") == 1);
}

TEST_CASE("a plan whose id was forgotten is not carried out again, and leaves its symbol free") {
  const bool restarted = GENERATE(false, true);
  const bool same = GENERATE(true, false);
  INFO("restarted " << restarted << ", same content " << same);
  pipeline_world world;
  world.chosen.intake.remembered_ids_max = 1'000;
  auto first = std::make_unique<pipeline_run>(world);
  open_and_close(*first);
  make_forget(*first);
  if (restarted) {
    first.reset();
    world.wall_ms += 60'000;
    first = std::make_unique<pipeline_run>(world);
    first->make_ready();
  }
  auto& run = *first;
  const auto orders = world.exchange->placed.size();
  const auto accepted = run.records_of("plan_accepted");
  actors::plan_reception told{};
  {
    caf::scoped_actor self{run.system()};
    auto asked =
        self->request(run.all->planner, caf::infinite,
                      actors::take_plans{{run.an_open("a", "BTCUSDT", same ? "0.01" : "0.03")}});
    run.settle();
    asked.receive([&](const actors::plans_taken& t) { told = t.receptions.at(0); },
                  [](const caf::error&) { FAIL("refused"); });
  }
  CHECK(told == (same ? actors::plan_reception::repeated : actors::plan_reception::conflicting));
  run.live(2s, {});
  CHECK(world.exchange->placed.size() == orders);
  CHECK(run.records_of("plan_accepted") == accepted);
  CHECK(records_about(run, "plan_judged", "a") == 1);
  check_free(run);
}

TEST_CASE("a plan that was carried out long ago neither withdraws another one nor finds it busy") {
  const auto policy = GENERATE(second_entry_policy::refuse, second_entry_policy::supersede);
  pipeline_world world;
  world.chosen.intake.remembered_ids_max = 1'000;
  world.chosen.planner.second_entry = policy;
  pipeline_run run(world);
  open_and_close(run);
  make_forget(run);
  run.offer({run.an_open("live", "BTCUSDT", "0.02")});
  const auto orders = world.exchange->placed.size();
  const auto judged = run.records_of("plan_judged");
  actors::plans_taken told;
  {
    caf::scoped_actor self{run.system()};
    auto asked = self->request(run.all->planner, caf::infinite,
                               actors::take_plans{{run.an_open("a", "BTCUSDT", "0.01"),
                                                   run.an_open("new", "BTCUSDT", "0.03")}});
    run.settle();
    asked.receive([&](const actors::plans_taken& t) { told = t; },
                  [](const caf::error&) { FAIL("refused"); });
  }
  REQUIRE(told.receptions.size() == 2);
  CHECK(told.receptions[0] == actors::plan_reception::repeated);
  CHECK(told.receptions[1] == actors::plan_reception::symbol_busy);
  CHECK(told.about[1] == plan_id{"live"});
  CHECK(run.records_of("plan_judged") == judged);
  CHECK(world.exchange->placed.size() == orders);
}

TEST_CASE("a repetition is answered when the first of its plan is durable, not before") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.stand_still(run.all->journal);
  run.offer({run.an_open("a", "BTCUSDT", "0.01")});
  {
    caf::scoped_actor self{run.system()};
    auto asked = self->request(run.all->planner, caf::infinite,
                               actors::take_plans{{run.an_open("a", "BTCUSDT", "0.01")}});
    run.settle();
    CHECK(self->peek_at_next_mailbox_element() == nullptr);
    run.go_on();
    run.settle();
    REQUIRE(self->peek_at_next_mailbox_element() != nullptr);
    asked.receive(
        [&](const actors::plans_taken& t) {
          CHECK(t.receptions == std::vector{actors::plan_reception::repeated});
        },
        [](const caf::error&) { FAIL("refused"); });
  }
  CHECK(run.records_of("plan_accepted") == 1);
}

TEST_CASE("what is like a plan of long ago is judged for itself") {
  pipeline_world world;
  world.chosen.intake.remembered_ids_max = 1'000;
  pipeline_run run(world);
  open_and_close(run);
  make_forget(run);
  const auto orders = world.exchange->placed.size();
  actors::plans_taken told;
  {
    caf::scoped_actor self{run.system()};
    auto asked = self->request(run.all->planner, caf::infinite,
                               actors::take_plans{{run.an_open("a", "BTCUSDT", "0.01"),
                                                   run.an_open("b", "BTCUSDT", "0.01"),
                                                   run.an_open("c", "BTCUSDT", "0.01")}});
    run.settle();
    asked.receive([&](const actors::plans_taken& t) { told = t; },
                  [](const caf::error&) { FAIL("refused"); });
  }
  CHECK(told.receptions == std::vector{actors::plan_reception::repeated,
                                       actors::plan_reception::accepted,
                                       actors::plan_reception::duplicate});
  run.live(1s, {});
  CHECK(world.exchange->placed.size() == orders + 1);
  CHECK(run.reason_of("c") == refusal_code::duplicate_plan);
  CHECK(run.last_record_of("plan_judged").find("\"b\"") != std::string::npos);
}

TEST_CASE("plans that are new are carried out after ids were forgotten, and duplicates denied") {
  pipeline_world world;
  world.chosen.intake.remembered_ids_max = 1'000;
  pipeline_run run(world);
  run.make_ready();
  make_forget(run);
  run.offer({run.an_open("x", "BTCUSDT", "0.01"), run.an_open("y", "BTCUSDT", "0.01")});
  run.live(1s, {});
  CHECK(world.exchange->placed.size() == 1);
  CHECK(run.reason_of("y") == refusal_code::duplicate_plan);
  CHECK(records_about(run, "plan_judged", "y") == 1);
}

TEST_CASE("a plan that comes to the gate a second time gets no order, and an end") {
  const bool restarted = GENERATE(false, true);
  INFO("restarted " << restarted);
  pipeline_world world;
  auto first = std::make_unique<pipeline_run>(world);
  open_and_close(*first);
  if (restarted) {
    first.reset();
    world.wall_ms += 60'000;
    first = std::make_unique<pipeline_run>(world);
    first->make_ready();
  }
  auto& run = *first;
  const auto orders = world.exchange->placed.size();
  const auto ends = records_about(run, "plan_finished", "a");
  const auto intents = run.records_of("order_intended");
  const auto again = std::make_shared<const plan>(run.an_open("a", "BTCUSDT", "0.01"));
  caf::anon_send(run.all->gate, actors::judge_plans{{again}});
  run.live(2s, {});
  CHECK(world.exchange->placed.size() == orders);
  CHECK(run.records_of("order_intended") == intents);
  CHECK(records_about(run, "plan_finished", "a") == ends + 1);
  CHECK(run.ended("a") == plan_end::done);
  check_free(run);
}

// The edges of a run: what is asked before the stages have met, and what they say while they end.
#include <future>

#include "sluice/actors/intake.hpp"
#include "sluice/actors/status.hpp"
#include "sluice/actors/supervisor.hpp"
#include "sluice/status/http_server.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"
#include "support/raw_client.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;
using status::testing::raw_client;

namespace {

/// An executor that has nothing open, and something to say when it is told to end.
actors::executor_actor::behavior_type an_executor_with_last_words(
    actors::executor_actor::pointer self, actors::journal_actor journal) {
  self->set_exit_handler([self, journal](caf::exit_msg& told) {
    actors::append last;
    last.bodies.emplace_back(notice{"last_words", "said while ending"});
    self->send(journal, std::move(last));
    self->quit(std::move(told.reason));
  });
  return {
      [](const actors::meet&) {},
      [](const actors::carry_out&) {},
      [](const actors::refused_again&) {},
      [](const actors::open_orders_read&) {},
      [](const actors::order_cancelled&) {},
      [](const actors::order_reported&) {},
      [](const actors::order_answered&) {},
      [](const actors::order_queried&) {},
      [](const actors::order_named&) {},
      [](const actors::fills_read&) {},
      [](const actors::order_pending_changed&) {},
      [](actors::tick) {},
      [](actors::drain) { return actors::drained{}; },
  };
}

}  // namespace

TEST_CASE("what was appended just before the journal ends is durable") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto before = run.records_of("notice");
  actors::append last;
  last.bodies.emplace_back(notice{"last_words", "said while ending"});
  // Back to back: the journal's own commit message comes behind its end.
  caf::anon_send(run.all->journal, std::move(last));
  caf::anon_send_exit(run.all->journal, caf::exit_reason::user_shutdown);
  run.settle();
  CHECK(run.records_of("notice") >= before + 1);
}

TEST_CASE("the journal ends after every stage that may still have something to say") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto before = run.records_of("notice");
  auto changed = std::make_shared<actors::peers>(*run.all);
  changed->executor = run.system().spawn(an_executor_with_last_words, run.all->journal);
  int ended_with = -1;
  actors::supervisor_options ending;
  ending.ended = [&](int code) { ended_with = code; };
  const auto other = actors::spawn_supervisor(run.system(), run.given, std::move(ending));
  caf::anon_send(other, actors::meet{changed});
  caf::anon_send(other, actors::end_process{0, "the test ends"});
  run.settle();
  run.pass(1s);
  CHECK(ended_with == 0);
  // The supervisor's own, and the executor's.
  CHECK(run.records_of("notice") == before + 2);
}

TEST_CASE("what is asked before the stages have met is answered, not lost") {
  pipeline_world world;
  pipeline_run run(world);
  const auto intake = actors::spawn_intake(run.system(), run.given, {world.chosen.intake, {}, {}});
  const auto shown = actors::spawn_status(run.system(), run.given, {});
  status::http_settings listening;
  listening.listen = "127.0.0.1:0";
  std::promise<std::pair<status::request, status::responder>> asked;
  auto arrived = asked.get_future();
  const auto server =
      status::http_server::start(listening, [&](status::request what, status::responder answer) {
        asked.set_value({std::move(what), std::move(answer)});
      }).value();
  raw_client client(server->port());
  SECTION("a plan") {
    REQUIRE(client.send(status::testing::post("/api/v1/plans", "{}")));
    REQUIRE(arrived.wait_for(10s) == std::future_status::ready);
    auto [what, answer] = arrived.get();
    caf::anon_send(intake, actors::plans_posted{what.body, std::nullopt, std::nullopt, answer});
  }
  SECTION("a page") {
    REQUIRE(client.send(status::testing::get("/api/v1/status")));
    REQUIRE(arrived.wait_for(10s) == std::future_status::ready);
    auto [what, answer] = arrived.get();
    caf::anon_send(shown,
                   actors::http_asked{std::make_shared<const status::request>(what), answer});
  }
  run.settle();
  CHECK(status::testing::status_of(client.read_response()) == "503");
  caf::anon_send_exit(intake, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(shown, caf::exit_reason::user_shutdown);
  run.settle();
}

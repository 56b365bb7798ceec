// What shares a commit with what somebody waits for.
#include <caf/scheduler/test_coordinator.hpp>

#include "sluice/actors/journal_writer.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// An intent with three records behind it that were at hand with it; how many commits that were.
std::uint64_t commits_of_a_crowd(milliseconds commit_wait) {
  testing::pipeline_world world;
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("testing"));
  caf::actor_system system(config);
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  actors::services given;
  given.vitals = std::make_shared<actors::vitals>();
  given.log = std::shared_ptr<status::logger>(status::logger::start({}).value());
  given.metrics = std::make_shared<status::metrics>();
  actors::journal_options options;
  options.thread = actors::journal_thread::shared;
  options.commit_wait = commit_wait;
  const auto writer = actors::spawn_journal_writer(
      system, given, journal::store::open(world.directory / "journal.db").value(), options);
  caf::scoped_actor self{system};
  auto asked =
      self->request(writer, caf::infinite, actors::append_durable{{notice{"an", "intent"}}});
  for (int i = 0; i < 3; ++i)
    caf::anon_send(writer, actors::append{{notice{"a", "verdict"}}});
  scheduler.run();
  asked.receive([](const actors::appended& a) { CHECK(a.last_seq >= 1); },
                [](const caf::error&) { FAIL("refused"); });
  CHECK(given.vitals->records == 4);
  const std::uint64_t commits = given.vitals->commits;
  caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
  scheduler.run();
  return commits;
}

}  // namespace

TEST_CASE("records at hand share the commit of an intent, but only for as long as it may wait") {
  CHECK(commits_of_a_crowd(1ms) == 1);
  CHECK(commits_of_a_crowd(0ms) == 2);
}

// An operator asks for the whole account at once: shared reads, their pace, and what is answered.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

using answer = std::shared_ptr<std::optional<resynced>>;

// With an argument: CAF follows a null pointer to the arguments of a function without any.
void an_operator(caf::event_based_actor* self, const actors::snapshot_manager_actor& manager,
                 const answer& got) {
  self->request(manager, caf::infinite, resync{"ann", "a test"}).then([got](const resynced& r) {
    *got = r;
  });
}

/// The answer, once there is one.
answer asked(pipeline_run& run) {
  auto got = std::make_shared<std::optional<resynced>>();
  run.system().spawn(an_operator, run.all->snapshot_manager, got);
  run.settle();
  return got;
}

std::size_t account_reads(const pipeline_run& run) {
  return static_cast<std::size_t>(
      std::ranges::count(run.world.exchange->reads, symbol(), &fake_exchange::pending_read::scope));
}

/// Ready, and nobody reads the account but for an operator.
void make_quiet(pipeline_run& run) {
  run.make_ready();
  run.pass(2s);
  while (run.answer_read({}, {})) {
  }
  REQUIRE(account_reads(run) == 0);
}

}  // namespace

TEST_CASE("a resync is answered by a read that was sent after it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  while (account_reads(run) == 0)
    run.pass(10ms);
  run.pass(10ms);
  const auto got = asked(run);
  const auto ordered_at = run.now();
  CHECK(run.notices_of("resync") == 1);
  REQUIRE(account_reads(run) == 1);  // The one that was under way is no proof.
  REQUIRE(run.answer_read({}, {a_row("BTCUSDT", "0.5", "50000")}));
  CHECK_FALSE(*got);
  REQUIRE(run.answer_read({}, {a_row("ETHUSDT", "2", "2000")}));
  REQUIRE(*got);
  CHECK((*got)->refusal.empty());
  CHECK((*got)->sent_at >= ordered_at);
  CHECK((*got)->open == 1);
  CHECK((*got)->flat == 2);
  CHECK((*got)->unknown == 0);
  CHECK((*got)->changed == 2);  // BTCUSDT is flat now, ETHUSDT is open.
}

TEST_CASE("whoever asks meanwhile shares the read, and those for operators keep their pace") {
  pipeline_world world;
  world.chosen.snapshot.strategy = freshness_strategy::open_positions;
  pipeline_run run(world);
  make_quiet(run);
  const auto first = asked(run);
  CHECK(account_reads(run) == 1);
  CHECK(world.exchange->reads.back().options.traffic == read_class::verification);
  REQUIRE(run.answer_read({}, {}));
  CHECK(*first);
  std::vector<answer> more;
  for (int i = 0; i < 50; ++i) {
    more.push_back(asked(run));
    run.pass(10ms);
  }
  CHECK(account_reads(run) == 0);
  run.pass(600ms);
  CHECK(account_reads(run) == 1);
  REQUIRE(run.answer_read({}, {}));
  CHECK(account_reads(run) == 0);
  for (const auto& each : more)
    CHECK(*each);
}

TEST_CASE("a read that fails is said to have failed, once and with why") {
  pipeline_world world;
  world.chosen.snapshot.strategy = freshness_strategy::open_positions;
  pipeline_run run(world);
  make_quiet(run);
  const auto got = asked(run);
  REQUIRE(run.fail_read({}, failure_kind::venue_error));
  REQUIRE(*got);
  CHECK_THAT((*got)->refusal, ContainsSubstring("venue_error"));
  const auto lost = asked(run);
  run.pass(1s);
  REQUIRE(account_reads(run) == 1);
  run.pass(world.chosen.snapshot.read_timeout + 10ms);  // Nobody answers.
  REQUIRE(*lost);
  CHECK_THAT((*lost)->refusal, ContainsSubstring("timed_out"));
}

TEST_CASE("nothing is read for an operator before the universe is known") {
  pipeline_world world;
  pipeline_run run(world);
  const auto got = asked(run);
  REQUIRE(*got);
  CHECK_THAT((*got)->refusal, ContainsSubstring("no universe"));
  CHECK(account_reads(run) == 0);
}

TEST_CASE("a resync that waits when the process ends does not keep it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto got = asked(run);
  CHECK(run.end() == 0);
  CHECK_FALSE(*got);
}

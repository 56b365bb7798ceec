// Plans whose time was over when they came again: a repetition is told what became of the plan.
#include "sluice/domain/time.hpp"
#include "support/asked_over_http.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

struct told {
  std::string status{};
  std::string body{};
};

told ask(pipeline_run& run, const std::string& body, bool dry_run = false) {
  asked_over_http asked(body);
  asked.try_plans.dry_run = dry_run;
  caf::anon_send(run.all->intake, asked.try_plans);
  run.settle();
  auto response = asked.response();
  return {status::testing::status_of(response), std::move(response)};
}

std::string close_of(const std::string& id, const std::string& on, const std::string& more) {
  return R"({"plan_id":")" + id + R"(","source":"s","symbol":")" + on +
         R"(","kind":"reduce","target":"0",)" + more + "}";
}

std::string at(const pipeline_world& world, milliseconds later) {
  return format_rfc3339({world.wall_ms + later.count()});
}

}  // namespace

TEST_CASE(
    "a plan that comes again after its time is a repetition, never \"nothing was accepted\"") {
  pipeline_world world;
  const auto began = world.wall_ms;
  std::vector<std::string> late;
  for (const auto& more : {R"("deadline":")" + at(world, 30s) + '"',
                           R"("created_at":")" + at(world, 0s) + R"(","ttl":"30s")"})
    late.push_back(close_of("p" + std::to_string(late.size()), "BTCUSDT", more));
  {
    pipeline_run run(world);
    run.make_ready();
    for (const auto& plan : late)
      CHECK_THAT(ask(run, plan).body, ContainsSubstring("accepted"));
    run.live(70s, {});
    for (const auto& plan : late) {
      const auto again = ask(run, plan);
      CHECK(again.status == "200");
      CHECK_THAT(again.body, ContainsSubstring(R"("status":"repeated")"));
      CHECK_THAT(again.body, ContainsSubstring(R"("kind":"deny")"));
    }
  }
  world.wall_ms = began + 120'000;
  pipeline_run run(world);
  run.make_ready();
  for (const auto& plan : late) {
    const auto again = ask(run, plan);
    CHECK(again.status == "200");
    CHECK_THAT(again.body, ContainsSubstring(R"("status":"repeated")"));
    CHECK_THAT(again.body, ContainsSubstring(R"("kind":"deny")"));
  }
  // It holds up nothing that came with it.
  const auto batch =
      ask(run, "[" + late[0] + "," + close_of("new", "ETHUSDT", R"("ttl":"30s")") + "]");
  CHECK_THAT(batch.body, ContainsSubstring(R"("status":"accepted")"));
  CHECK(run.verdict_of("new").has_value());
  CHECK(run.records_of("plan_accepted") == 3);
}

TEST_CASE("a plan that comes after its time for the first time is not taken") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const auto known = close_of("known", "BTCUSDT", R"("deadline":")" + at(world, 30s) + '"');
  ask(run, known);
  run.live(40s, {});
  const auto late = close_of("late", "ETHUSDT", R"("deadline":")" + at(world, 30s) + '"');
  for (const auto& document : {late, "[" + known + "," + late + "]"}) {
    const auto refused = ask(run, document);
    CHECK(refused.status == "400");
    CHECK_THAT(refused.body, ContainsSubstring("deadline"));
    CHECK_THAT(refused.body, ContainsSubstring("has passed"));
    CHECK_THAT(refused.body, !ContainsSubstring("\"/0/deadline"));
  }
  CHECK(ask(run, late, true).status == "400");
  CHECK(run.records_of("plan_accepted") == 1);
  // What it asks for differs: the id is taken.
  const auto other = close_of("known", "ETHUSDT", R"("deadline":")" + at(world, 30s) + '"');
  CHECK(ask(run, other).status == "409");
}

// What limits ask of the stages around the gate: a reading of the margin after each entry, and dry
// runs that keep nobody waiting.
#include "support/asked_over_http.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

std::string opens(int count) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += (i == 0 ? "[" : ",") + std::string(R"({"plan_id":"p)") + std::to_string(i) +
           R"(","source":"s","symbol":"BTCUSDT","kind":"open","side":"buy","quantity":"1"})";
  return all + "]";
}

}  // namespace

TEST_CASE("an entry leaves when the margin was read after the one before it, soon and once") {
  pipeline_world world;
  world.chosen.limits.limits.margin_use_percent_max = 80;
  pipeline_run run(world);
  run.make_ready();
  const auto reads = world.exchange->margin_reads;
  REQUIRE(reads > 0);
  run.offer({run.an_open("first", "BTCUSDT", "0.01"), run.an_open("second", "ETHUSDT", "0.1")});
  CHECK(world.exchange->orders.size() == 1);
  run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  run.pass(1'100ms);
  CHECK(world.exchange->margin_reads == reads + 1);
  CHECK(world.exchange->orders.size() == 1);
  CHECK(run.verdict_of("first") == verdict_kind::allow);
  CHECK(run.verdict_of("second") == verdict_kind::allow);
}

TEST_CASE("one dry run is under way at a time, and none has more plans than the bound") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  asked_over_http most(opens(50));
  asked_over_http second(opens(1));
  asked_over_http too_many(opens(51));
  for (auto* asked : {&most, &second, &too_many})
    caf::anon_send(run.all->intake, asked->try_plans);
  run.settle();
  CHECK(status::testing::status_of(most.response()) == "200");
  const auto refused = second.response();
  CHECK(status::testing::status_of(refused) == "429");
  CHECK_THAT(refused, ContainsSubstring("Retry-After: 1"));
  const auto bounded = too_many.response();
  CHECK(status::testing::status_of(bounded) == "400");
  CHECK_THAT(bounded, ContainsSubstring("at most 50 plans; this one has 51"));
  // The first has ended: the next is shown.
  asked_over_http next(opens(1));
  caf::anon_send(run.all->intake, next.try_plans);
  run.settle();
  CHECK(status::testing::status_of(next.response()) == "200");
}

TEST_CASE("only so many requests wait for verdicts; one more is told at once what is known") {
  pipeline_world world;
  world.chosen.status.connections_max = 2;
  pipeline_run run(world);
  // What is held is not known: every plan waits for a read.
  run.give_universe();
  run.tell(stream_opened{});
  run.give_marks({{"BTCUSDT", "50000"}, {"ETHUSDT", "2000"}});
  const auto exit_of = [](const std::string& id, const std::string& on) {
    return R"({"plan_id":")" + id + R"(","source":"s","symbol":")" + on +
           R"(","kind":"reduce","target":"0","ttl":"30s"})";
  };
  asked_over_http waits(exit_of("x1", "BTCUSDT"));
  asked_over_http one_more(exit_of("x2", "ETHUSDT"));
  for (auto* asked : {&waits, &one_more}) {
    asked->try_plans.dry_run = false;
    asked->try_plans.wait = 10s;
    caf::anon_send(run.all->intake, asked->try_plans);
    run.settle();
  }
  const auto told = one_more.response();
  CHECK(status::testing::status_of(told) == "202");
  CHECK_THAT(told, ContainsSubstring(R"("plan_id":"x2")"));
  for (int i = 0; i < 20; ++i) {
    for (const char* scope : {"", "BTCUSDT", "ETHUSDT"})
      while (run.answer_read(symbol(scope), {})) {
      }
    run.pass(50ms);
  }
  CHECK(status::testing::status_of(waits.response()) == "200");
}

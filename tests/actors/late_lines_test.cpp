// Lines with plans that come, or are taken up, too late: what of them is still carried out.
#include "support/catch.hpp"
#include "support/plan_lines.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("of a line with a late plan its exits in time go, and cancels unless an exit is late") {
  const wall_time long_ago{1'780'000'000'000};
  const std::string cancel = R"({"plan_id":"c","source":"desk","kind":"cancel","cancels":"x1"})";
  pipeline_world world;
  pipeline_run run(world);
  make_waiting(run);
  send_line(run, exit_line("x1", "BTCUSDT"), 1);
  REQUIRE(run.records_of("plan_accepted") == 1);
  SECTION("an entry is late") {
    const auto line = send_line(run,
                                "[" + made_at(entry_line("e", "BTCUSDT"), long_ago) + "," +
                                    entry_line("young", "ETHUSDT") + "," +
                                    exit_line("x2", "ETHUSDT") + "," + cancel + "]",
                                2);
    CHECK(line.expired());
    CHECK(run.records_of("plan_accepted") == 3);
    CHECK(run.reason_of("x1") == refusal_code::plan_withdrawn);
  }
  SECTION("an entry is of a time to come") {
    const auto hour_ahead = wall_time{world.wall_ms + 3'600'000};
    send_line(run,
              "[" + made_at(entry_line("e", "BTCUSDT"), hour_ahead) + "," +
                  exit_line("x2", "ETHUSDT") + "]",
              2);
    CHECK(run.records_of("plan_accepted") == 2);
    CHECK_FALSE(run.verdict_of("e"));
  }
  SECTION("an exit is late") {
    send_line(run,
              "[" + made_at(exit_line("x2", "ETHUSDT"), long_ago) + "," +
                  exit_line("x3", "XRPUSDT") + "," + cancel + "]",
              2);
    CHECK(run.records_of("plan_accepted") == 2);
    CHECK_FALSE(run.verdict_of("x1"));
  }
  SECTION("an exit is late, and one of the cancels is of an entry") {
    send_line(run, entry_line("e1", "ETHUSDT"), 2);
    REQUIRE_FALSE(run.verdict_of("e1"));
    send_line(run,
              "[" + made_at(exit_line("x2", "XRPUSDT"), long_ago) + "," + cancel +
                  R"(,{"plan_id":"c1","source":"desk","kind":"cancel","cancels":"e1"}])",
              3);
    CHECK(run.reason_of("e1") == refusal_code::plan_withdrawn);
    CHECK_FALSE(run.verdict_of("x1"));
  }
  SECTION("and so is one of an entry that came by another door") {
    run.offer({run.an_open("e1", "ETHUSDT", "1")});
    send_line(run,
              "[" + made_at(exit_line("x2", "XRPUSDT"), long_ago) +
                  R"(,{"plan_id":"c1","source":"test","kind":"cancel","cancels":"e1"}])",
              2);
    CHECK(run.reason_of("e1") == refusal_code::plan_withdrawn);
  }
}

TEST_CASE("a cancel does not outlive the exit it came with, which waited here too long") {
  const std::string both =
      R"([{"plan_id":"c","source":"greedy","kind":"cancel","cancels":"x1","ttl":"60s"},)"
      R"({"plan_id":"c1","source":"greedy","kind":"cancel","cancels":"e1","ttl":"60s"},)"
      R"({"plan_id":"x2","source":"greedy","symbol":"BTCUSDT","kind":"reduce","target":"0",)"
      R"("ttl":"1s"}])";
  pipeline_world world;
  world.chosen.intake.sources["greedy"].plans_per_second_max = 1;
  pipeline_run run(world);
  make_waiting(run);
  send_line(run, exit_line("x1", "BTCUSDT", "greedy"), 1);
  send_line(run, exit_line("y1", "XRPUSDT", "greedy"), 2);
  send_line(run, entry_line("e1", "ETHUSDT"), 2);
  const auto line = send_line(run, both, 3);
  REQUIRE_FALSE(line.expired());
  run.pass(4s);
  CHECK(line.expired());
  CHECK(run.reason_of("x2") == refusal_code::plan_expired);
  CHECK(run.reason_of("e1") == refusal_code::plan_withdrawn);
  CHECK_FALSE(run.verdict_of("x1"));
  CHECK_FALSE(run.verdict_of("c"));
}

// What a stage shows of its mailbox and handlers, by itself and in the running pipeline.
#include "sluice/actors/workload.hpp"

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"
#include "workload_metrics.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

workload::moment at(std::chrono::nanoseconds since_start) {
  return workload::moment{} + 10h + since_start;
}

}  // namespace

TEST_CASE("messages wait from their arrival until they were handled") {
  workload w;
  CHECK(w.waiting() == 0);
  w.queued();
  w.queued();
  CHECK(w.waiting() == 2);
  w.handled(at(1s), at(1s + 5us));
  CHECK(w.waiting() == 1);
  CHECK(w.handled() == 1);
}

TEST_CASE("the longest handler is told for its minute and the next one, and then no more") {
  workload w;
  CHECK(w.longest(at(0s)) == 0ns);
  w.handled(at(1s), at(1s + 5ms));
  w.handled(at(2s), at(2s + 3ms));
  CHECK(w.longest(at(59s)) == 5ms);
  CHECK(w.longest(at(119s)) == 5ms);
  CHECK(w.longest(at(121s)) == 0ns);
  w.handled(at(61s), at(61s + 1ms));
  CHECK(w.longest(at(119s)) == 5ms);
  CHECK(w.longest(at(121s)) == 1ms);
  w.handled(at(300s), at(300s + 2ms));
  CHECK(w.longest(at(301s)) == 2ms);
}

TEST_CASE("every stage of a pipeline shows its work, and no message waits once all is done") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  const auto& all = run.given.vitals->work;
  for (const auto s : {stage_name::gate, stage_name::planner, stage_name::executor,
                       stage_name::journal, stage_name::snapshot_manager, stage_name::watchdog}) {
    INFO(to_string(s));
    const auto& w = all[static_cast<std::size_t>(s)];
    CHECK(w.waiting() == 0);
    CHECK(w.longest(std::chrono::steady_clock::now()) > 0ns);
  }
  show_in(*run.given.metrics, all, std::chrono::steady_clock::now());
  const auto text = run.given.metrics->exposition();
  CHECK(text.find("sluice_actor_mailbox_messages{actor=\"gate\"} 0\n") != std::string::npos);
  CHECK(text.find("sluice_actor_handler_longest_seconds{actor=\"gate\"} 0\n") == std::string::npos);
}

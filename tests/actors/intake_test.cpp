// Plans on their way to the gate: one open plan a symbol, duplicates, and lines that find no room.
#include <fstream>
#include <iterator>

#include "answer_slot.hpp"
#include "dead_letters.hpp"
#include "sluice/actors/intake.hpp"
#include "support/catch.hpp"
#include "support/plan_lines.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("an entry that waits is withdrawn for a newer one, which is then carried out") {
  pipeline_world world;
  world.chosen.planner.second_entry = second_entry_policy::supersede;
  pipeline_run run(world);
  make_waiting(run);
  run.offer({run.an_open("old", "BTCUSDT", "0.01")});
  REQUIRE_FALSE(run.verdict_of("old"));
  run.offer({run.an_open("new", "BTCUSDT", "0.02")});
  run.settle();
  CHECK(run.verdict_of("old") == verdict_kind::deny);
  CHECK(run.reason_of("old") == refusal_code::plan_withdrawn);
  answer_reads(run);
  REQUIRE(world.exchange->orders.size() == 1);
  CHECK(world.exchange->orders.front().request.amount == quantity::parse("0.02").value());
  run.fill_order(quantity::parse("0.02").value(), price::whole(50'000));
  answer_reads(run);
  CHECK(run.verdict_of("new") == verdict_kind::allow);
}

TEST_CASE("an entry whose order has left is not superseded") {
  for (const auto second : {second_entry_policy::refuse, second_entry_policy::supersede}) {
    pipeline_world world;
    world.chosen.planner.second_entry = second;
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("old", "BTCUSDT", "0.01")});
    REQUIRE(world.exchange->orders.size() == 1);
    const auto before = run.records_of("plan_accepted");
    run.offer({run.an_open("new", "BTCUSDT", "0.02"), run.an_open("other", "ETHUSDT", "0.1")});
    run.pass(200ms);
    CHECK_FALSE(run.verdict_of("new"));
    CHECK(world.exchange->orders.size() == 2);
    CHECK(run.records_of("plan_accepted") >= before + 1);
    CHECK_FALSE(run.reason_of("new"));
  }
}

TEST_CASE("a symbol stays busy over a restart until its entry has ended") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("old", "BTCUSDT", "0.01")});
    REQUIRE(world.exchange->orders.size() == 1);
  }
  world.wall_ms += 5'000;
  pipeline_run run(world);
  run.make_ready();
  const auto before = run.records_of("plan_accepted");
  run.offer({run.an_open("new", "BTCUSDT", "0.02")});
  run.pass(100ms);
  CHECK(run.records_of("plan_accepted") == before);
  run.offer({run.an_open("elsewhere", "ETHUSDT", "0.1")});
  CHECK(run.records_of("plan_accepted") == before + 1);
}

TEST_CASE("one idea under two ids gets one order, and both ids one verdict, over a restart too") {
  pipeline_world world;
  std::size_t judged = 0;
  {
    pipeline_run run(world);
    make_waiting(run);
    run.offer({run.an_open("a", "BTCUSDT", "0.01")});
    run.offer({run.an_open("b", "BTCUSDT", "0.01")});
    CHECK(run.reason_of("b") == refusal_code::duplicate_plan);
    answer_reads(run);
    REQUIRE(world.exchange->orders.size() == 1);
    run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
    answer_reads(run);
    CHECK(run.verdict_of("a") == verdict_kind::allow);
    CHECK(world.exchange->orders.empty());
    judged = run.records_of("plan_judged");
  }
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.01", "50000")});
  run.offer({run.an_open("b", "BTCUSDT", "0.01")});
  CHECK(run.reason_of("b") == refusal_code::duplicate_plan);
  CHECK(run.records_of("plan_judged") == judged);
}

TEST_CASE(
    "over HTTP a full queue of entries is told with a time to come again, and exits have room") {
  pipeline_world world;
  world.chosen.intake.entry_queue_max = 1;
  pipeline_run run(world);
  make_waiting(run);
  const auto seats = std::make_shared<status::reader_seats>(0);
  const auto post = [&](std::string body) {
    const auto slot =
        std::make_shared<status::answer_slot>(seats, 0, status::stream_wish::head_only);
    actors::plans_posted posted;
    posted.body = std::move(body);
    posted.answer = status::responder(slot);
    posted.may_order = true;
    caf::anon_send(run.all->intake, std::move(posted));
    run.settle();
    REQUIRE(slot->ready());
    return std::get<status::response>(slot->take());
  };
  CHECK(post(entry_line("e1", "BTCUSDT")).status == 202);
  const auto shed = post(entry_line("e2", "ETHUSDT"));
  CHECK(shed.status == 429);
  REQUIRE(shed.headers.size() == 1);
  CHECK(shed.headers.front().first == "Retry-After");
  CHECK(std::stoi(shed.headers.front().second) >= 1);
  CHECK(post(exit_line("x1", "XRPUSDT")).status == 202);
  CHECK(run.records_of("plan_accepted") == 2);
  answer_reads(run);
  // With room again it is taken.
  CHECK(post(entry_line("e2", "ETHUSDT")).status == 202);
  CHECK(run.records_of("plan_accepted") == 3);
}

TEST_CASE(
    "whoever waits for a verdict until the process ends is told of the acceptance, not given up") {
  const int code = GENERATE(0, 1);
  pipeline_world world;
  pipeline_run run(world);
  make_waiting(run);
  const auto slot = std::make_shared<status::answer_slot>(std::make_shared<status::reader_seats>(0),
                                                          0, status::stream_wish::head_only);
  actors::plans_posted posted;
  posted.body = exit_line("x1", "BTCUSDT");
  posted.wait = 30s;
  posted.answer = status::responder(slot);
  posted.may_order = true;
  caf::anon_send(run.all->intake, std::move(posted));
  run.settle();
  REQUIRE_FALSE(slot->ready());
  SECTION("without a verdict") {
    CHECK(run.end(code) == code);
    REQUIRE(slot->ready());
    const auto answer = std::get<status::response>(slot->take());
    CHECK(answer.status == 202);
    CHECK_THAT(answer.body, ContainsSubstring("accepted"));
  }
  SECTION("with one in the last moment") {
    answer_reads(run);
    CHECK(run.end(code) == code);
    REQUIRE(slot->ready());
    CHECK(std::get<status::response>(slot->take()).status == 200);
  }
}

TEST_CASE("exits of a file wait for room and none is lost, entries are shed") {
  pipeline_world world;
  world.chosen.intake.exit_queue_max = 1;
  world.chosen.intake.entry_queue_max = 1;
  const auto letters = world.directory / "dead";
  pipeline_run run(world);
  // The run's own intake knows of no dead letters; this one has the same peers and queues.
  const auto intake =
      actors::spawn_intake(run.system(), run.given,
                           {world.chosen.intake,
                            {},
                            std::make_shared<actors::dead_letters>(
                                letters.string(), 1'000'000, run.given.log, run.given.metrics)});
  auto changed = std::make_shared<actors::peers>(*run.all);
  changed->intake = intake;
  run.all = changed;
  caf::anon_send(intake, actors::meet{changed});
  caf::anon_send(run.all->journal, actors::watch_records{intake});
  make_waiting(run);
  const auto first = send_line(run, exit_line("x1", "BTCUSDT"), 1);
  const auto second = send_line(run, exit_line("x2", "ETHUSDT"), 2);
  const auto third = send_line(run, exit_line("x3", "XRPUSDT"), 3);
  const auto entry = send_line(run, entry_line("e1", "BTCUSDT"), 4);
  const auto shed = send_line(run, entry_line("e2", "ETHUSDT"), 5);
  CHECK(run.records_of("plan_accepted") == 2);
  CHECK(first.expired());
  CHECK_FALSE(second.expired());
  CHECK_FALSE(third.expired());
  CHECK(shed.expired());
  answer_reads(run);
  for (const char* id : {"x1", "x2", "x3"}) {
    INFO(id);
    CHECK(run.reason_of(id) == refusal_code::no_position);
  }
  CHECK(second.expired());
  CHECK(third.expired());
  CHECK(entry.expired());
  CHECK_FALSE(run.verdict_of("e2"));
  caf::anon_send_exit(intake, caf::exit_reason::user_shutdown);
  run.settle();
}

TEST_CASE("a source whose quota is used up does not hold back the exits of another one") {
  pipeline_world world;
  world.chosen.intake.sources["greedy"].open_plans_max = 1;
  pipeline_run run(world);
  make_waiting(run);
  const auto first = send_line(run, exit_line("x1", "BTCUSDT", "greedy"), 1);
  const auto second = send_line(run, exit_line("x2", "ETHUSDT", "greedy"), 2);
  const auto other = send_line(run, exit_line("y1", "XRPUSDT", "desk"), 3);
  CHECK(first.expired());
  CHECK_FALSE(second.expired());
  CHECK(other.expired());
  CHECK(run.records_of("plan_accepted") == 2);
  answer_reads(run);
  for (const char* id : {"x1", "x2", "y1"}) {
    INFO(id);
    CHECK(run.reason_of(id) == refusal_code::no_position);
  }
}

TEST_CASE("exits of one source stay in order, though a later one would be within its quota") {
  pipeline_world world;
  world.chosen.intake.sources["greedy"].open_plans_max = 2;
  pipeline_run run(world);
  make_waiting(run);
  send_line(run, exit_line("x1", "BTCUSDT", "greedy"), 1);
  const auto two = send_line(
      run,
      "[" + exit_line("x2", "ETHUSDT", "greedy") + "," + exit_line("x3", "XRPUSDT", "greedy") + "]",
      2);
  const auto later = send_line(run, exit_line("x4", "BTCUSDT", "greedy"), 3);
  CHECK(run.records_of("plan_accepted") == 1);
  CHECK_FALSE(two.expired());
  CHECK_FALSE(later.expired());
  answer_reads(run);
  for (const char* id : {"x1", "x2", "x3", "x4"}) {
    INFO(id);
    CHECK(run.reason_of(id) == refusal_code::no_position);
  }
}

TEST_CASE("a dry run of an exit before the first list of symbols says that it would wait") {
  pipeline_world world;
  pipeline_run run(world);
  const auto slot = std::make_shared<status::answer_slot>(std::make_shared<status::reader_seats>(0),
                                                          0, status::stream_wish::head_only);
  actors::plans_posted posted;
  posted.body = exit_line("x1", "BTCUSDT");
  posted.dry_run = true;
  posted.answer = status::responder(slot);
  posted.may_order = true;
  caf::anon_send(run.all->intake, std::move(posted));
  run.settle();
  REQUIRE(slot->ready());
  CHECK_THAT(std::get<status::response>(slot->take()).body,
             ContainsSubstring(R"("would_wait":true)"));
}

TEST_CASE("a line's times are held against the exchange's clock, too") {
  pipeline_world world;
  world.exchange->clock_seen = clock_offset{.offset = 1h};
  pipeline_run run(world);
  make_waiting(run);
  const auto theirs = wall_time{run.given.time.at(run.now()).wall.ms + 3'600'000};
  const auto ours = run.given.time.at(run.now()).wall;
  send_line(run, made_at(exit_line("x1", "BTCUSDT"), theirs), 1);
  send_line(run, made_at(exit_line("x2", "ETHUSDT"), ours), 2);
  CHECK(run.records_of("plan_accepted") == 2);
  send_line(run, made_at(entry_line("e", "XRPUSDT"), ours), 3);
  CHECK(run.records_of("plan_accepted") == 2);
}

TEST_CASE("a letter holds a line cut to its bound, readable whatever bytes it had") {
  const auto letter = actors::letter_json(
      wall_time{1'790'000'000'000}, 7, "\xff" + std::string(5'000, 'x'), {{"/side", "is no side"}});
  CHECK(letter.ends_with("\"cut\":true}\n"));
  CHECK(letter.find(R"("line":7,"errors":[{"field":"/side","reason":"is no side"}])") !=
        std::string::npos);
  CHECK(letter.find("\xff") == std::string::npos);
  CHECK(letter.size() < 5'000);
}

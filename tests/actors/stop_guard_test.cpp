// Protective stops in the whole pipeline: durable before they leave, followed, and booked as ours.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

const std::vector<position_row> held{a_row("BTCUSDT", "0.5", "50000")};

void with_stops(pipeline_world& world) {
  world.chosen.protective_stops.enabled = true;
  world.chosen.exits.enabled = false;
}

conditional_report report_of(const conditional_request& r, conditional_status status,
                             order_id became = 0) {
  conditional_report out;
  out.client_id = r.id;
  out.id = 900;
  out.instrument = r.instrument;
  out.leg = r.leg;
  out.direction = r.direction;
  out.status = status;
  out.status_text = "SAID";
  out.trigger = r.trigger;
  out.close_position = r.close_position;
  out.triggered_order = became;
  return out;
}

conditional_request accept(pipeline_run& run) {
  auto& waiting = run.world.exchange->conditionals;
  REQUIRE(waiting.size() == 1);
  auto placed = std::move(waiting.front());
  waiting.pop_front();
  const auto told = report_of(placed.request, conditional_status::new_);
  run.world.exchange->open_conditionals.push_back(told);
  placed.answer(conditional_done{told});
  run.settle();
  return placed.request;
}

/// The position is held, and its stop rests.
conditional_request guarded(pipeline_run& run) {
  run.make_ready(held);
  run.live(1s, held);
  auto stop = accept(run);
  run.live(1s, held);
  return stop;
}

/// The exit engine wants the stop of BTCUSDT here.
void move_stop(pipeline_run& run, std::string_view to) {
  exit_state moved;
  moved.position = {symbol("BTCUSDT"), position_side::both};
  moved.active = true;
  moved.entry = price::whole(50'000);
  moved.initial = quantity::parse("0.5").value();
  moved.stop = price::parse(to).value();
  auto told = std::make_shared<std::vector<record>>();
  told->push_back({1, {}, exit_changed{moved}});
  caf::anon_send(run.all->stop_guard, actors::records_committed{told});
  run.settle();
}

/// The venue takes one stop at a time, and one rests.
void refuse_second(pipeline_run& run) {
  auto& waiting = run.world.exchange->conditionals;
  REQUIRE(waiting.size() == 1);
  const auto second = std::move(waiting.front());
  waiting.pop_front();
  second.answer(order_refused{.http_status = 400, .code = -4130, .text = "one at a time"});
}

/// The venue takes one stop at a time: the old one is gone, the new one is not there yet.
void take_old_stop_back(pipeline_run& run) {
  const auto old = guarded(run);
  move_stop(run, "49500");
  refuse_second(run);
  run.settle();  // What the answer makes necessary waits for no tick.
  REQUIRE(run.world.exchange->cancelled_conditionals == std::vector{old.id});
}

template <class Handle>
void kill(const Handle& stage) {
  caf::anon_send_exit(stage, caf::exit_reason::kill);
}

}  // namespace

TEST_CASE("a position gets a stop whose intent is durable before it leaves") {
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  run.make_ready(held);
  run.live(1s, held);
  REQUIRE(world.exchange->conditionals.size() == 1);
  const auto& sent = world.exchange->conditionals.front().request;
  CHECK(sent.close_position);
  CHECK(sent.direction == side::sell);
  CHECK(sent.trigger == price::whole(49'000));  // The exit engine's 2 %.
  CHECK(run.records_of("stop_changed") == 2);   // Intended, sent.
  accept(run);
  run.live(3s, held);
  CHECK(world.exchange->conditionals.empty());
  CHECK(world.exchange->cancelled_conditionals.empty());
  run.live(3s, {});  // A second read that agrees.
  CHECK(world.exchange->cancelled_conditionals.size() == 1);
}

TEST_CASE("switched off, or in mode shadow, no stop is placed and no list is read") {
  for (const bool shadow : {false, true}) {
    pipeline_world world;
    with_stops(world);
    if (shadow)
      world.chosen.mode = run_mode::shadow;
    else
      world.chosen.protective_stops.enabled = false;
    pipeline_run run(world);
    run.make_ready(held);
    run.live(15s, held);
    CHECK(world.exchange->conditionals.empty());
    CHECK(world.exchange->conditional_lists == 0);
    CHECK(run.notices_of("position_without_stop") == 0);
  }
}

TEST_CASE("a position whose stop gets no answer is not ready until it has one") {
  pipeline_world world;
  with_stops(world);
  world.chosen.protective_stops.grace = 2s;
  pipeline_run run(world);
  run.make_ready(held);
  run.live(4s, held);
  CHECK(run.notices_of("position_without_stop") == 1);
  const auto stopping = [&] {
    auto found = run.given.vitals->findings();
    std::erase_if(found, [](const auto& f) { return f.kind != actors::finding_kind::blocks; });
    return found;
  };
  REQUIRE(stopping().size() == 1);
  CHECK(stopping().front().reason == "position_without_stop");
  accept(run);
  run.live(1s, held);
  CHECK(run.notices_of("position_guarded") == 1);
  CHECK(stopping().empty());
}

TEST_CASE("a stop that the exit engine moves is placed anew before the old one is cancelled") {
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  const auto old = guarded(run);
  move_stop(run, "49500.005");
  REQUIRE(world.exchange->conditionals.size() == 1);
  CHECK(world.exchange->conditionals.front().request.trigger == price::parse("49500.01").value());
  CHECK(world.exchange->cancelled_conditionals.empty());
  const auto fresh = accept(run);
  run.live(1s, held);
  CHECK(world.exchange->cancelled_conditionals == std::vector{old.id});
  REQUIRE(world.exchange->open_conditionals.size() == 1);
  CHECK(world.exchange->open_conditionals.front().client_id == fresh.id);
}

TEST_CASE("a stop stays while its place is needed for one that could not be sent") {
  pipeline_world world;
  with_stops(world);
  const bool paused = GENERATE(false, true);
  pipeline_run run(world);
  const auto old = guarded(run);
  move_stop(run, "49500");
  if (paused)
    world.exchange->budget_seen.orders_paused_until = run.now() + 30s;
  else
    world.exchange->budget_seen.orders_10s = {240, 300};
  refuse_second(run);
  run.live(20s, held);
  CHECK(world.exchange->cancelled_conditionals.empty());
  if (!paused)
    world.exchange->budget_seen.orders_10s = {1, 300};
  run.live(11s, held);
  CHECK(world.exchange->cancelled_conditionals == std::vector{old.id});
}

TEST_CASE("a process that ends in the middle of a move lets the new stop stand first") {
  const bool by_fault = GENERATE(false, true);
  CAPTURE(by_fault);
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  take_old_stop_back(run);
  if (by_fault)
    kill(run.all->status);
  else
    caf::anon_send(run.all->supervisor, actors::end_process{0, "the test ends"});
  run.settle();
  run.live(600ms, held);
  REQUIRE(world.exchange->conditionals.size() == 1);
  CHECK(run.ended_with() == -1);
  CHECK(accept(run).trigger == price::whole(49'500));
  run.pass(1s);
  CHECK(run.ended_with() == (by_fault ? 1 : 0));
  CHECK(world.exchange->open_conditionals.size() == 1);
}

TEST_CASE(
    "a stop guard that died or hangs in the middle of a move does not hold the end up for long") {
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  take_old_stop_back(run);
  SECTION("died") {
    kill(run.all->stop_guard);
    run.settle();
    run.pass(100ms);
  }
  SECTION("hangs") {
    run.stand_still(run.all->stop_guard);
    kill(run.all->status);
    run.settle();
    run.pass(1'500ms);
    CHECK(run.ended_with() == -1);
    run.pass(1'500ms);
  }
  CHECK(run.ended_with() == 1);
  run.go_on();
}

TEST_CASE("a fault amid an orderly end waits for the same stop, and is what the end is told by") {
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  take_old_stop_back(run);
  caf::anon_send(run.all->supervisor, actors::end_process{0, "the test ends"});
  run.settle();
  kill(run.all->status);
  run.settle();
  run.live(600ms, held);
  REQUIRE(world.exchange->conditionals.size() == 1);
  accept(run);
  run.pass(1s);
  CHECK(run.ended_with() == 1);
  CHECK(run.notices_of("process_ended") == 1);
  CHECK_THAT(run.last_record_of("notice"), ContainsSubstring("stage status ended"));
}

TEST_CASE("a restart finds the stop again") {
  pipeline_world world;
  with_stops(world);
  {
    pipeline_run run(world);
    guarded(run);
  }
  pipeline_run run(world);
  run.make_ready(held);
  run.live(3s, held);
  CHECK(world.exchange->conditionals.empty());
  CHECK(world.exchange->cancelled_conditionals.empty());
}

TEST_CASE("what a triggered stop trades is ours, whatever client id the venue gave its order") {
  // The stream never told that the stop rests: only the stop guard knows.
  const bool order_first = GENERATE(false, true);
  for (const std::string child : {"the stop's", "v_random"}) {
    INFO(child << (order_first ? ", told before the stop" : ""));
    pipeline_world world;
    with_stops(world);
    world.chosen.reconcile.foreign = foreign_policy::hold;
    pipeline_run run(world);
    const auto stop = guarded(run);
    world.exchange->open_conditionals.clear();
    order_update sold;
    sold.report.client_id = child == "v_random" ? client_order_id(child) : stop.id;
    sold.report.id = 88;
    sold.report.instrument = stop.instrument;
    sold.report.direction = side::sell;
    sold.report.status = order_status::filled;
    sold.report.original = sold.report.executed = quantity::parse("0.5").value();
    sold.execution = "TRADE";
    fill f;
    f.instrument = stop.instrument;
    f.id = 4'711;
    f.order = 88;
    f.client_id = sold.report.client_id;
    f.direction = side::sell;
    f.amount = sold.report.executed;
    f.at = price::whole(49'000);
    f.realised = notional::whole(-500);
    f.traded_at = {run.given.time.at(run.now()).wall.ms};
    sold.trade = f;
    if (order_first)
      run.tell(sold);
    run.tell(conditional_update{report_of(stop, conditional_status::triggering)});
    run.tell(
        account_update{"ORDER", f.traded_at, {{{stop.instrument, position_side::both}, {}, {}}}});
    if (!order_first)
      run.tell(sold);
    run.tell(conditional_update{report_of(stop, conditional_status::triggered, 88)});
    run.tell(conditional_update{report_of(stop, conditional_status::finished, 88)});
    run.live(2s, {});
    CHECK(run.records_of("hold_placed") == 0);
    CHECK(run.records_of("fill_recorded") == 1);
    CHECK(world.exchange->conditionals.empty());
    CHECK(run.end() == 0);
    const auto found = journal::store::open(journal::journal_path(world.chosen.journal))
                           .value()
                           ->recover()
                           .value();
    REQUIRE(found.ledger.size() == 1);
    CHECK(found.ledger.front().amount.is_zero());
    CHECK(found.ledger.front().fills == 1);
    CHECK(found.ledger.front().realised == notional::whole(-500));
    CHECK(found.stops.empty());
    CHECK(found.last_stop_number == 1);
  }
}

TEST_CASE("a stop that went while the user stream was down is missed as soon as that is up") {
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  guarded(run);
  run.live(3s, held);
  const auto lists = world.exchange->conditional_lists;
  world.exchange->open_conditionals.clear();
  run.tell(stream_closed{"made by the test"});
  CHECK(world.exchange->conditional_lists == lists);
  run.tell(stream_opened{});
  CHECK(world.exchange->conditional_lists == lists + 1);
  CHECK(run.last_record_of("stop_changed").find("unknown") != std::string::npos);
}

TEST_CASE("an entry that is filled while the process ends gets its stop before the end") {
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  run.make_ready();
  run.live(1s, {});
  run.offer({run.an_open("p", "BTCUSDT", "0.5")});
  REQUIRE(world.exchange->orders.size() == 1);
  const auto order = world.exchange->orders.front();
  caf::anon_send(run.all->supervisor, actors::end_process{0, "the test ends"});
  run.settle();
  const bool by_fault = GENERATE(false, true);
  CAPTURE(by_fault);
  if (by_fault)
    kill(run.all->status);
  run.settle();
  // The order is over before anything says that the position is open.
  const auto& r = order.request;
  const auto at = price::whole(50'000);
  const venue_time when{run.given.time.at(run.now()).wall.ms};
  const order_report filled{
      r.id,     9,        r.instrument, r.leg, r.direction, order_status::filled,
      "FILLED", r.amount, r.amount,     at,    false,       when};
  run.tell(order_update{filled, "TRADE",
                        fill{r.instrument, r.leg, 101, 9, r.id, r.direction, r.amount, at,
                             notional{}, "USDT", notional{}, when}});
  run.pass(100ms);
  run.tell(account_update{"ORDER", when, {{held[0].position, held[0].amount, held[0].entry}}});
  run.live(600ms, held);
  if (by_fault) {  // What cannot be trusted any more begins nothing.
    CHECK(world.exchange->conditionals.empty());
    CHECK(run.ended_with() == 1);
    return;
  }
  REQUIRE(world.exchange->conditionals.size() == 1);
  CHECK(run.ended_with() == -1);
  accept(run);
  run.live(1'500ms, held);
  CHECK(run.ended_with() == 0);
  CHECK(world.exchange->open_conditionals.size() == 1);
}

TEST_CASE("a first stop whose intent is at the journal when the process ends leaves all the same") {
  pipeline_world world;
  with_stops(world);
  pipeline_run run(world);
  run.make_ready();
  run.live(1s, {});
  run.stand_still(run.all->journal);
  const venue_time when{run.given.time.at(run.now()).wall.ms};
  run.tell(account_update{"ORDER", when, {{held[0].position, held[0].amount, held[0].entry}}});
  run.pass(1'500ms);  // The state of its exit is at the journal as well.
  CHECK(world.exchange->conditionals.empty());
  caf::anon_send(run.all->supervisor, actors::end_process{0, "the test ends"});
  run.settle();
  run.go_on();
  run.live(600ms, held);
  REQUIRE(world.exchange->conditionals.size() == 1);
  CHECK(run.ended_with() == -1);
  accept(run);
  run.live(1s, held);
  CHECK(run.ended_with() == 0);
}

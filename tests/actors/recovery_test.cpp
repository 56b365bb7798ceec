// Which plans without a verdict are judged by the next process, and which are settled at its start.
#include "sluice/actors/recovery.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

namespace {

const stamp now{instant{} + std::chrono::hours{1}, wall_time{1'790'000'000'000}};

plan a_plan(const char* id, plan_body body, std::int64_t left_ms = 60'000) {
  plan p;
  p.id = plan_id{id};
  p.source = source_id{"desk"};
  p.instrument = symbol{"BTCUSDT"};
  p.body = std::move(body);
  p.deadline_wall = {now.wall.ms + left_ms};
  return p;
}

std::vector<std::string> ids_of(const std::vector<plan_ptr>& plans) {
  std::vector<std::string> out;
  for (const auto& p : plans)
    out.push_back(p->id.str());
  return out;
}

std::vector<std::string> settled_in(const std::vector<record_body>& records) {
  std::vector<std::string> out;
  for (const auto& r : records)
    if (const auto* judged = std::get_if<plan_judged>(&r))
      out.push_back(judged->plan.str());
  return out;
}

}  // namespace

TEST_CASE("each plan without a verdict is either judged or settled, exits with time left judged") {
  journal::recovered found;
  found.undecided_plans = {a_plan("exit", reduce_plan{}), a_plan("late", reduce_plan{}, 0),
                           a_plan("entry", open_plan{}), a_plan("sent", reduce_plan{})};
  journal::stored_order order;
  order.plan = plan_id{"sent"};
  found.unresolved_orders.push_back(order);
  CHECK(ids_of(exits_to_judge(found, now)) == std::vector<std::string>{"exit"});
  CHECK(settled_in(settle_undecided(found, now)) ==
        std::vector<std::string>{"late", "entry", "sent"});
  CHECK(exits_to_judge(found, now).front()->deadline == now.steady + std::chrono::minutes{1});
}

TEST_CASE("an exit of the last run is weighed against the truth that it was permitted for") {
  journal::recovered found;
  journal::stored_order order;
  order.plan = plan_id{"exit"};
  order.request.instrument = symbol{"BTCUSDT"};
  order.request.direction = side::buy;
  order.request.reduce_only = true;
  found.unresolved_orders.push_back(order);
  journal::ledger_line line;
  line.position = {order.request.instrument, order.request.leg};
  line.amount = quantity::parse("-67").value();  // Held apart from the truth.
  found.ledger.push_back(line);
  CHECK(inherited_orders(found).front().amount_before.str() == "-67");
  journal::unfinished_plan unfinished;
  unfinished.what = a_plan("exit", reduce_plan{});
  unfinished.position_before = quantity::parse("0.1").value();
  found.unfinished_plans.push_back(unfinished);
  CHECK(inherited_orders(found).front().amount_before.str() == "-0.1");
  found.unresolved_orders.front().request.direction = side::sell;
  CHECK(inherited_orders(found).front().amount_before.str() == "0.1");
  found.unresolved_orders.front().request.reduce_only = false;
  CHECK(inherited_orders(found).front().amount_before.str() == "-67");
}

TEST_CASE("an order's own intent says what the position was before it") {
  journal::recovered found;
  journal::stored_order order;
  order.plan = plan_id{"exit"};
  order.request.instrument = symbol{"BTCUSDT"};
  order.request.direction = side::sell;
  order.request.reduce_only = true;
  order.held = quantity::parse("4").value();
  order.held_since = venue_time{1'789'999'990'000};
  found.unresolved_orders.push_back(order);
  journal::ledger_line line;
  line.position = {order.request.instrument, order.request.leg};
  line.amount = quantity::parse("10").value();
  found.ledger.push_back(line);
  const auto check = [&] {
    const auto back = inherited_orders(found).front();
    CHECK(back.amount_before.str() == "4");
    CHECK(back.changed_before == order.held_since);
    CHECK(back.position_before == order.held);
  };
  check();  // Killed before the verdict was on record.
  journal::unfinished_plan unfinished;
  unfinished.what = a_plan("exit", reduce_plan{});
  unfinished.position_before = quantity::parse("10").value();
  found.unfinished_plans.push_back(unfinished);
  check();  // Killed before the verdict on the plan's next order was.
}

TEST_CASE("a clock set back while no process ran gives no plan more time than it had") {
  journal::recovered found;
  found.undecided_plans = {a_plan("exit", reduce_plan{}, 3'600'000)};
  found.undecided_plans.front().received.wall = {found.undecided_plans.front().deadline_wall.ms -
                                                 48'000};
  CHECK(exits_to_judge(found, now).front()->deadline == now.steady + std::chrono::seconds{48});
}

TEST_CASE("a clock set back while no process ran is seen where the machine ran on") {
  journal::recovered found;
  found.last_seq = 7;
  found.last_at = {now.steady - std::chrono::seconds{5}, {now.wall.ms + 55'000}};
  found.undecided_plans = {a_plan("exit", reduce_plan{}, 80'000),
                           a_plan("over", reduce_plan{}, 59'000)};
  for (auto& p : found.undecided_plans)
    p.received.wall = {now.wall.ms + 50'000};
  const auto exits = exits_to_judge(found, now);
  REQUIRE(exits.size() == 1);
  CHECK(exits.front()->deadline == now.steady + std::chrono::seconds{20});
  CHECK(settled_in(settle_undecided(found, now)) == std::vector<std::string>{"over"});
}

TEST_CASE("an exit goes on where another machine takes the state over, however long that has run") {
  journal::recovered found;
  found.last_seq = 7;
  found.last_at = {now.steady - std::chrono::hours{2'160}, {now.wall.ms - 30'000}};
  found.undecided_plans = {a_plan("exit", reduce_plan{}, 60'000)};
  found.undecided_plans.front().received.wall = {now.wall.ms - 40'000};
  REQUIRE(exits_to_judge(found, now).size() == 1);
  CHECK(exits_to_judge(found, now).front()->deadline == now.steady + std::chrono::minutes{1});
}

TEST_CASE("an exit whose withdrawal was accepted is not judged again") {
  journal::recovered found;
  found.undecided_plans = {a_plan("exit", reduce_plan{}),
                           a_plan("cancel", cancel_plan{plan_id{"exit"}})};
  found.withdrawals = {{plan_id{"exit"}, plan_id{"cancel"}}};
  CHECK(exits_to_judge(found, now).empty());
  CHECK(settled_in(settle_undecided(found, now)) == std::vector<std::string>{"exit", "cancel"});
}

TEST_CASE("numbers that name plans are above those of any journal that was there before") {
  journal::recovered found;
  SECTION("in a new one") {}
  SECTION("in one that was put back") {
    found.last_hold_id = found.last_flatten_id = 7;
  }
  CHECK(books_of(found, {}, 10, now).found.last_hold_id == 1'790'000'000);
  CHECK(flattens_of(found, {}, milliseconds{2'000}, now).last_id == 1'790'000'000);
  // The clock was set back since: no number is given twice.
  found.last_hold_id = found.last_flatten_id = 1'800'000'000;
  CHECK(books_of(found, {}, 10, now).found.last_hold_id == 1'800'000'000);
  CHECK(flattens_of(found, {}, milliseconds{2'000}, now).last_id == 1'800'000'000);
}

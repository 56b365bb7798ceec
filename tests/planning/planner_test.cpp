// Identity and order of plans, and the plans made for exits.
#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "sluice/planning/planner.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

plan an_open(std::string id, const char* amount) {
  plan p;
  p.id = plan_id{std::move(id)};
  p.source = source_id{"strategy"};
  p.instrument = symbol{"BTCUSDT"};
  p.body = open_plan{.amount = *quantity::parse(amount)};
  return p;
}
plan an_exit(std::string id) {
  auto p = an_open(std::move(id), "1");
  p.body = reduce_plan{};
  return p;
}

exit_wish a_wish() {
  return {.position = {symbol{"BTCUSDT"}, position_side::both},
          .seen = {*quantity::parse("0.5"), price::whole(50'000)},
          .truth_version = 3,
          .target = {},
          .reason = "stop_crossed",
          .run = 17,
          .attempt = 0};
}

std::string id_of(const exit_wish& w) {
  return plan_for_exit(w, stamp{}, milliseconds{1'000}).id.str();
}

}  // namespace

TEST_CASE("a plan is fresh once, then a repetition, and with other content a conflict") {
  planner_core planner;
  CHECK(planner.remember(an_open("p", "1")) == plan_identity::fresh);
  CHECK(planner.remember(an_open("p", "1")) == plan_identity::repeat);
  CHECK(planner.remember(an_open("p", "2")) == plan_identity::conflict);
  CHECK(planner.remember(an_open("p", "1")) == plan_identity::repeat);
  CHECK(planner.remember(an_open("q", "1")) == plan_identity::fresh);
  CHECK(planner.remembered() == 2);
}

TEST_CASE("the time of receipt and the deadline do not make a plan another one") {
  planner_core planner;
  auto p = an_open("p", "1");
  CHECK(planner.remember(p) == plan_identity::fresh);
  p.received.wall.ms += 5'000;
  p.deadline += milliseconds{5'000};
  CHECK(planner.remember(p) == plan_identity::repeat);
}

TEST_CASE("what the journal knows is recognised after a restart") {
  planner_core planner;
  planner.remember(stable_hash("p"), content_hash(an_open("p", "1")));
  CHECK(planner.remember(an_open("p", "1")) == plan_identity::repeat);
  CHECK(planner.remember(an_open("p", "3")) == plan_identity::conflict);
}

TEST_CASE("ids are remembered up to the bound, and the last half of them surely") {
  planner_core planner(1'000);
  for (int i = 0; i < 10'250; ++i)
    CHECK(planner.remember(stable_hash("p" + std::to_string(i)), 1) == plan_identity::fresh);
  CHECK(planner.remembered() <= 1'000);
  CHECK(planner.remembered() >= 500);
  for (int i = 9'750; i < 10'250; ++i)
    CHECK(planner.remember(stable_hash("p" + std::to_string(i)), 1) == plan_identity::repeat);
  CHECK(planner.remember(stable_hash("p0"), 1) == plan_identity::fresh);
}

TEST_CASE("within its bound the memory answers as a map would") {
  CHECK(rc::check("recent_map", [](const std::vector<std::pair<std::uint8_t, int>>& inputs) {
    recent_map memory(1'000);
    std::map<std::uint64_t, std::uint64_t> model;
    for (const auto& [key, value] : inputs) {
      const auto known = memory.find(key);
      const auto expected = model.find(key);
      RC_ASSERT(known.has_value() == (expected != model.end()));
      if (known) {
        RC_ASSERT(*known == expected->second);
        continue;
      }
      memory.add(key, static_cast<std::uint64_t>(value));
      model.emplace(key, static_cast<std::uint64_t>(value));
    }
    RC_ASSERT(memory.size() == model.size());
  }));
}

TEST_CASE("exits come before entries, otherwise order is kept") {
  std::vector<plan> plans{an_open("o1", "1"), an_exit("r1"), an_open("o2", "1"), an_exit("r2")};
  order_exits_first(plans);
  std::string order;
  for (const auto& p : plans)
    order += p.id.str();
  CHECK(order == "r1r2o1o2");
}

TEST_CASE("an exit's plan is named by its content, not by the time") {
  const auto early = plan_for_exit(a_wish(), stamp{}, milliseconds{1'000});
  const auto late = plan_for_exit(
      a_wish(), stamp{instant{std::chrono::seconds{9}}, wall_time{9'000}}, milliseconds{1'000});
  CHECK(early.id == late.id);
  CHECK(content_hash(early) == content_hash(late));
  CHECK(early.id.str().starts_with("exit:BTCUSDT:both:"));
  CHECK(parse_plan_id(early.id.str()));
  CHECK(lane_of(early) == lane::exit);
  CHECK(late.deadline == instant{std::chrono::seconds{10}});
  CHECK(late.deadline_wall.ms == 10'000);
}

TEST_CASE("an exit's plan is another one when anything it was decided on differs") {
  const auto same = id_of(a_wish());
  const auto differs = [&](auto change) {
    auto wish = a_wish();
    change(wish);
    return id_of(wish) != same;
  };
  CHECK(differs([](exit_wish& w) { w.position.leg = position_side::long_; }));
  CHECK(differs([](exit_wish& w) { w.seen.amount = quantity::whole(1); }));
  CHECK(differs([](exit_wish& w) { w.seen.entry = price::whole(1); }));
  CHECK(differs([](exit_wish& w) { w.truth_version = 4; }));
  CHECK(differs([](exit_wish& w) { w.target = quantity::whole(1); }));
  CHECK(differs([](exit_wish& w) { w.reason = "time_limit"; }));
  CHECK(differs([](exit_wish& w) { w.run = 18; }));
  CHECK(differs([](exit_wish& w) { w.attempt = 1; }));
}

TEST_CASE("an exit's plan is bound to what it was decided on: a part by size, a close by side") {
  const auto body_of = [](const exit_wish& w) {
    return std::get<reduce_plan>(plan_for_exit(w, stamp{}, milliseconds{1'000}).body);
  };
  auto wish = a_wish();
  CHECK(body_of(wish).part_of.is_zero());
  CHECK(body_of(wish).of_side == 1);
  wish.seen.amount = -wish.seen.amount;
  CHECK(body_of(wish).of_side == -1);
  wish.target = *quantity::parse("0.2");
  CHECK(body_of(wish).part_of == *quantity::parse("-0.5"));
  CHECK(body_of(wish).of_side == 0);
}

TEST_CASE("an exit of a symbol that an id cannot spell still gets a valid id") {
  auto wish = a_wish();
  wish.position.instrument = symbol{"币安人生USDT"};
  CHECK(parse_plan_id(id_of(wish)));
  wish.position = {symbol{std::string(32, 'A')}, position_side::short_};
  CHECK(parse_plan_id(id_of(wish)));
}

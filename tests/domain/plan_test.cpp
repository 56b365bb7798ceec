// Plans: their lane, kind, and what makes two of them the same.
#include "sluice/domain/plan.hpp"

#include "support/catch.hpp"

using namespace sluice;

namespace {

plan an_open_plan() {
  plan p;
  p.id = plan_id("p-1");
  p.source = source_id("desk");
  p.instrument = symbol("BTCUSDT");
  p.body = open_plan{side::buy,    quantity::whole(1), std::nullopt,
                     std::nullopt, std::nullopt,       std::nullopt};
  return p;
}

}  // namespace

TEST_CASE("only an open plan travels in the entry lane") {
  auto p = an_open_plan();
  CHECK(lane_of(p) == lane::entry);
  p.body = reduce_plan{};
  CHECK(lane_of(p) == lane::exit);
  CHECK(kind_of(p) == "reduce");
  p.body = cancel_plan{};
  CHECK(lane_of(p) == lane::exit);
}

TEST_CASE("the content of a plan is what it asks for, not when it came") {
  const auto first = an_open_plan();
  auto again = first;
  again.received.wall = wall_time{12345};
  again.deadline_wall = wall_time{99999};
  CHECK(content_hash(first) == content_hash(again));
}

TEST_CASE("a part of another position is another plan, and no part is what it always was") {
  plan p;
  reduce_plan whole{.target = quantity::whole(1), .reason = "r", .numbers = {}, .part_of = {}};
  auto part = whole;
  part.part_of = quantity::whole(2);
  p.body = whole;
  CHECK(content_hash(p) == stable_hash("||both|0|reduce|100000000|r"));
  const auto before = content_hash(p);
  p.body = part;
  CHECK(content_hash(p) != before);
  whole.of_side = 1;
  p.body = whole;
  const auto of_long = content_hash(p);
  CHECK(of_long != before);
  whole.of_side = -1;
  p.body = whole;
  CHECK(content_hash(p) != of_long);
}

TEST_CASE("every part of what a plan asks for changes its content hash") {
  const auto first = an_open_plan();
  auto other = first;
  SECTION("symbol") {
    other.instrument = symbol("ETHUSDT");
  }
  SECTION("source") {
    other.source = source_id("bot");
  }
  SECTION("leg") {
    other.leg = position_side::long_;
  }
  SECTION("kind") {
    other.body = reduce_plan{};
  }
  SECTION("side") {
    std::get<open_plan>(other.body).direction = side::sell;
  }
  SECTION("amount") {
    std::get<open_plan>(other.body).amount = quantity::whole(2);
  }
  SECTION("amount against value") {
    std::get<open_plan>(other.body).amount.reset();
    std::get<open_plan>(other.body).value = notional::whole(1);
  }
  SECTION("stop") {
    std::get<open_plan>(other.body).stop = price::whole(9);
  }
  SECTION("target") {
    std::get<open_plan>(other.body).target = price::whole(9);
  }
  SECTION("time limit") {
    std::get<open_plan>(other.body).time_limit = milliseconds{5};
  }
  SECTION("creation") {
    other.created_at = wall_time{1};
  }
  CHECK(content_hash(first) != content_hash(other));
}

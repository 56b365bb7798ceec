// What the planner answers to plans that want the same, want the same symbol, or want to cancel
// what is not theirs.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "sluice/planning/planner.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

plan a_plan(std::string id, plan_body body, std::string on = "BTCUSDT",
            std::string source = "strategy") {
  plan p;
  p.id = plan_id{std::move(id)};
  p.source = source_id{std::move(source)};
  p.instrument = symbol{std::move(on)};
  p.body = std::move(body);
  p.received.steady = instant{std::chrono::hours{50}};
  return p;
}
plan an_open(std::string id, const char* amount = "1", std::string on = "BTCUSDT") {
  return a_plan(std::move(id), open_plan{.amount = *quantity::parse(amount)}, std::move(on));
}
plan later(plan p, milliseconds by) {
  p.received.steady += by;
  return p;
}
plan by(plan p, std::string source) {
  p.source = source_id{std::move(source)};
  return p;
}

planner_core a_planner(second_entry_policy second = second_entry_policy::refuse) {
  return planner_core{1'000, {.duplicate_window = milliseconds{5'000}, .second_entry = second}};
}

const offer_answer fresh{offer_kind::fresh, {}};
offer_answer answer(offer_kind kind, const char* about) {
  return {kind, plan_id{about}};
}

/// A plan is taken, judged and, when allowed, carried out.
void done(planner_core& planner, const plan& p) {
  REQUIRE(planner.offer(p) == fresh);
  planner.judged(p.id, verdict_kind::allow);
  planner.finished(p.id);
}

}  // namespace

TEST_CASE("an open that wants what another wanted is the same plan within the window") {
  struct row {
    const char* name;
    plan second;
    offer_answer expected;
  };
  auto made_later = an_open("b");
  made_later.created_at = wall_time{17};
  auto with_stop = an_open("b");
  std::get<open_plan>(with_stop.body).stop = price::whole(1);
  auto other_leg = an_open("b");
  other_leg.leg = position_side::long_;
  const row rows[] = {
      {"the same", an_open("b"), answer(offer_kind::duplicate, "a")},
      {"made at another time", made_later, answer(offer_kind::duplicate, "a")},
      {"just within the window", later(an_open("b"), milliseconds{4'999}),
       answer(offer_kind::duplicate, "a")},
      {"after the window", later(an_open("b"), milliseconds{5'000}), fresh},
      {"another amount", an_open("b", "2"), fresh},
      {"another stop", with_stop, fresh},
      {"another leg", other_leg, fresh},
      {"another symbol", an_open("b", "1", "ETHUSDT"), fresh},
      {"another source", by(an_open("b"), "other"), fresh},
      {"its own id again", an_open("a"), {offer_kind::repeat, {}}},
      {"its own id with other content", an_open("a", "2"), {offer_kind::conflict, {}}},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    auto planner = a_planner();
    done(planner, an_open("a"));
    CHECK(planner.offer(r.second) == r.expected);
  }
}

TEST_CASE("a duplicate keeps its id, and does not prolong the window") {
  auto planner = a_planner();
  done(planner, an_open("a"));
  CHECK(planner.offer(later(an_open("b"), milliseconds{4'000})).kind == offer_kind::duplicate);
  CHECK(planner.offer(later(an_open("b"), milliseconds{9'000})).kind == offer_kind::repeat);
  CHECK(planner.offer(later(an_open("c"), milliseconds{5'500})) == fresh);
}

TEST_CASE("what was denied may be wanted again at once") {
  auto planner = a_planner();
  REQUIRE(planner.offer(an_open("a")) == fresh);
  CHECK(planner.offer(an_open("b")) == answer(offer_kind::duplicate, "a"));
  planner.judged(plan_id{"a"}, verdict_kind::deny);
  CHECK(planner.offer(an_open("c")) == fresh);
}

TEST_CASE("what was allowed and traded nothing may be wanted again once it has ended") {
  auto planner = a_planner();
  REQUIRE(planner.offer(an_open("a")) == fresh);
  planner.judged(plan_id{"a"}, verdict_kind::allow);
  CHECK(planner.offer(an_open("b")) == answer(offer_kind::duplicate, "a"));
  planner.finished(plan_id{"a"}, false);
  CHECK(planner.offer(an_open("c")) == fresh);
}

TEST_CASE("an exit is never taken for another one's duplicate") {
  auto planner = a_planner();
  for (const char* id : {"a", "b", "c"})
    CHECK(planner.offer(a_plan(id, reduce_plan{})) == fresh);
}

TEST_CASE("a window of zero knows no duplicates") {
  planner_core planner{1'000, {.duplicate_window = milliseconds{0}}};
  done(planner, an_open("a"));
  CHECK(planner.offer(an_open("b")) == fresh);
}

TEST_CASE("a part of a position is taken only while no open plan of its symbol lives") {
  const auto a_part = [](std::string on) {
    reduce_plan part;
    part.target = part.part_of = *quantity::parse("1");
    return a_plan("part", part, std::move(on));
  };
  auto planner = a_planner();
  REQUIRE(planner.offer(an_open("a")) == fresh);
  CHECK(planner.offer(a_part("BTCUSDT")) == answer(offer_kind::symbol_busy, "a"));
  CHECK(planner.offer(a_plan("whole", reduce_plan{})) == fresh);
  reduce_plan of_long;
  of_long.of_side = 1;
  CHECK(planner.offer(a_plan("of long", of_long)) == fresh);
  planner.judged(plan_id{"a"}, verdict_kind::allow);
  CHECK(planner.offer(a_part("BTCUSDT")) == answer(offer_kind::symbol_busy, "a"));
  planner.finished(plan_id{"a"});
  // It was not remembered.
  CHECK(planner.offer(a_part("BTCUSDT")) == fresh);
  CHECK(planner.offer(a_part("BTCUSDT")).kind == offer_kind::repeat);
  auto other = a_planner();
  REQUIRE(other.offer(an_open("a", "1", "ETHUSDT")) == fresh);
  CHECK(other.offer(a_part("BTCUSDT")) == fresh);
}

TEST_CASE("a symbol has one open plan at a time") {
  auto planner = a_planner();
  REQUIRE(planner.offer(an_open("a")) == fresh);
  CHECK(planner.offer(an_open("b", "2")) == answer(offer_kind::symbol_busy, "a"));
  CHECK(planner.offer(an_open("c", "2", "ETHUSDT")) == fresh);
  CHECK(planner.offer(a_plan("r", reduce_plan{})) == fresh);
  planner.judged(plan_id{"a"}, verdict_kind::allow);
  CHECK(planner.offer(an_open("b", "2")) == answer(offer_kind::symbol_busy, "a"));
  planner.finished(plan_id{"a"});
  // It was not remembered, so that its producer may send it again under its own id.
  CHECK(planner.offer(an_open("b", "2")) == fresh);
}

TEST_CASE("a denied open leaves its symbol") {
  for (const auto outcome : {verdict_kind::deny, verdict_kind::expire}) {
    auto planner = a_planner();
    REQUIRE(planner.offer(an_open("a")) == fresh);
    planner.judged(plan_id{"a"}, outcome);
    CHECK(planner.offer(an_open("b", "2")) == fresh);
  }
}

TEST_CASE("an older open is superseded while no order of it can have left") {
  auto planner = a_planner(second_entry_policy::supersede);
  REQUIRE(planner.offer(an_open("a")) == fresh);
  CHECK(planner.offer(an_open("b", "2")) == answer(offer_kind::supersedes, "a"));
  // One may wait at a time.
  CHECK(planner.offer(an_open("c", "3")) == answer(offer_kind::symbol_busy, "b"));
  planner.judged(plan_id{"a"}, verdict_kind::deny);
  CHECK(planner.offer(an_open("b", "2")) == fresh);
  planner.judged(plan_id{"b"}, verdict_kind::allow);
  CHECK(planner.offer(an_open("c", "3")) == answer(offer_kind::symbol_busy, "b"));
}

TEST_CASE("no source withdraws the entry of another one") {
  auto planner = a_planner(second_entry_policy::supersede);
  REQUIRE(planner.offer(an_open("a")) == fresh);
  CHECK(planner.offer(by(an_open("b", "2"), "other")) == answer(offer_kind::symbol_busy, "a"));
  // Nor does it wait for the symbol in the way of the first one's own source.
  CHECK(planner.offer(an_open("c", "2")) == answer(offer_kind::supersedes, "a"));
}

TEST_CASE("a plan that has not ended is known however many came after it") {
  planner_core planner{2, {.second_entry = second_entry_policy::refuse}};
  REQUIRE(planner.offer(an_open("a")) == fresh);
  CHECK_FALSE(planner.has_forgotten());
  for (const char* id : {"r1", "r2", "r3", "r4"})
    REQUIRE(planner.offer(a_plan(id, reduce_plan{})) == fresh);
  CHECK(planner.has_forgotten());
  CHECK(planner.offer(an_open("a")).kind == offer_kind::repeat);
  CHECK(planner.offer(an_open("a", "2")).kind == offer_kind::conflict);
  planner.judged(plan_id{"a"}, verdict_kind::allow);
  planner.finished(plan_id{"a"});
  // It has ended, and is still what was opened last.
  CHECK(planner.offer(an_open("a")).kind == offer_kind::repeat);
}

TEST_CASE("a forgotten plan that the journal knows leaves its symbol and is remembered again") {
  planner_core planner{2};
  const auto far = [](plan p) { return later(std::move(p), milliseconds{60'000}); };
  done(planner, an_open("a"));
  for (const char* id : {"r1", "r2", "r3", "r4"})
    REQUIRE(planner.offer(far(a_plan(id, reduce_plan{}))) == fresh);
  REQUIRE(planner.offer(far(an_open("a", "2"))) == fresh);
  CHECK(planner.known_before(an_open("a", "2"), content_hash(an_open("a"))) ==
        plan_identity::conflict);
  CHECK(planner.offer(far(an_open("a"))).kind == offer_kind::repeat);
  CHECK(planner.offer(far(an_open("a", "2"))).kind == offer_kind::conflict);
  // Neither its symbol nor what it wanted is taken.
  CHECK(planner.offer(far(an_open("b", "2"))) == fresh);
}

TEST_CASE("a plan that others stand in the way of is looked up first, once ids were forgotten") {
  planner_core planner{2, {.second_entry = second_entry_policy::supersede}};
  REQUIRE(planner.offer(an_open("a")) == fresh);
  CHECK_FALSE(planner.leans_on_another(an_open("b", "2")));
  for (const char* id : {"r1", "r2", "r3", "r4"})
    REQUIRE(planner.offer(a_plan(id, reduce_plan{})) == fresh);
  CHECK(planner.leans_on_another(an_open("b", "2")));
  CHECK_FALSE(planner.leans_on_another(an_open("a")));                  // It has not ended.
  CHECK_FALSE(planner.leans_on_another(an_open("b", "2", "ETHUSDT")));  // Nothing is open there.
  CHECK_FALSE(planner.leans_on_another(a_plan("b", reduce_plan{})));
  planner.remember(stable_hash("b"), content_hash(an_open("b", "2")));
  CHECK_FALSE(planner.leans_on_another(an_open("b", "2")));
  CHECK(planner.offer(an_open("b", "2")).kind == offer_kind::repeat);
}

TEST_CASE("an older open that could not be withdrawn stays, and the symbol with it") {
  auto planner = a_planner(second_entry_policy::supersede);
  REQUIRE(planner.offer(an_open("a")) == fresh);
  REQUIRE(planner.offer(an_open("b", "2")).kind == offer_kind::supersedes);
  planner.stop_waiting(symbol{"BTCUSDT"});
  CHECK(planner.offer(an_open("c", "3")) == answer(offer_kind::supersedes, "a"));
  planner.judged(plan_id{"a"}, verdict_kind::allow);
  CHECK(planner.offer(an_open("d", "4")) == answer(offer_kind::symbol_busy, "a"));
}

TEST_CASE("what had not ended before a restart keeps its symbol") {
  auto planner = a_planner(second_entry_policy::supersede);
  planner.resume(an_open("undecided"), false);
  planner.resume(an_open("allowed", "1", "ETHUSDT"), true);
  CHECK(planner.offer(an_open("b", "2")) == answer(offer_kind::supersedes, "undecided"));
  CHECK(planner.offer(an_open("c", "2", "ETHUSDT")) == answer(offer_kind::symbol_busy, "allowed"));
  planner.finished(plan_id{"allowed"});
  CHECK(planner.offer(an_open("c", "2", "ETHUSDT")) == fresh);
}

TEST_CASE("a plan is cancelled by its own source alone where sources are proven") {
  for (const bool own_only : {true, false}) {
    planner_core planner{1'000, {.cancel_own_only = own_only}};
    REQUIRE(planner.offer(a_plan("r", reduce_plan{})) == fresh);
    const auto cancel = [&](const char* id, const char* source) {
      return planner.offer(a_plan(id, cancel_plan{plan_id{"r"}}, "", source));
    };
    CHECK(cancel("c1", "other") == (own_only ? answer(offer_kind::not_its_own, "r") : fresh));
    CHECK(cancel("c2", "strategy") == fresh);
    CHECK(cancel("c3", "planner") == fresh);
    planner.judged(plan_id{"r"}, verdict_kind::deny);
    // There is nothing left to protect; the gate says so.
    CHECK(cancel("c4", "other") == fresh);
  }
}

TEST_CASE("no source withdraws a close of ours, whether sources are proven or not") {
  for (const bool own_only : {true, false}) {
    planner_core planner{1'000, {.cancel_own_only = own_only}};
    REQUIRE(planner.offer(a_plan("r", reduce_plan{}, "", "exit_engine")) == fresh);
    CHECK(planner.offer(a_plan("c1", cancel_plan{plan_id{"r"}}, "", "strategy")) ==
          answer(offer_kind::not_its_own, "r"));
    CHECK(planner.offer(a_plan("c2", cancel_plan{plan_id{"r"}}, "", "planner")) == fresh);
  }
}

TEST_CASE("a plan that supersedes names the newer one, and is another one for every try") {
  const auto now = stamp{instant{std::chrono::hours{50}}, {}};
  const auto first = plan_to_supersede(plan_id{"old"}, an_open("new"), now);
  CHECK(first.id.str().starts_with("supersede:new:"));
  CHECK(std::get<cancel_plan>(first.body).target == plan_id{"old"});
  CHECK(is_own_plan_id(first.id));
  CHECK(is_own_source(first.source));
  const stamp after{now.steady + milliseconds{1}, {}};
  CHECK(plan_to_supersede(plan_id{"old"}, an_open("new"), after).id != first.id);
  const auto longest = plan_to_supersede(plan_id{"old"}, an_open(std::string(64, 'n')), now);
  CHECK(parse_plan_id(longest.id.str()));
}

TEST_CASE("whatever is offered and told, a symbol never has two open plans") {
  CHECK(rc::check("one open plan a symbol", [](const std::vector<std::uint8_t>& steps) {
    auto planner = a_planner(second_entry_policy::supersede);
    std::vector<std::string> live;  // Of the one symbol, by the test's own books.
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto id = "p" + std::to_string(i);
      const auto amount = std::to_string(i + 1);
      switch (steps[i] % 4) {
        case 0:
        case 1:
          if (planner.offer(an_open(id, amount.c_str())) == fresh)
            live.push_back(id);
          break;
        case 2:
          if (!live.empty()) {
            planner.judged(plan_id{live.front()}, verdict_kind::deny);
            live.erase(live.begin());
          }
          break;
        default:
          if (!live.empty()) {
            planner.judged(plan_id{live.front()}, verdict_kind::allow);
            planner.finished(plan_id{live.front()});
            live.erase(live.begin());
          }
      }
      RC_ASSERT(live.size() <= 1);
    }
  }));
}

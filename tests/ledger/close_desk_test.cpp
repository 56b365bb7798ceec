// The reconcile close: armed by a person, for a time, once per cause, and only downwards.
#include "sluice/ledger/close_desk.hpp"

#include <rapidcheck.h>

#include "account_model.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

const arming_order a_minute{btc.instrument, 60s, "ops", "clean up"};

hold a_hold(hold_cause cause) {
  hold h;
  h.id = 7;
  h.position = btc;
  h.cause = cause;
  return h;
}

close_question a_question() {
  close_question q;
  q.armed = true;
  q.standing = a_hold(hold_cause::unexplained_drift);
  q.kind = drift_kind::unexplained;
  q.seen = open_truth("5", 100);
  q.ledger_amount = qty("2");
  return q;
}

std::string answer_to(const close_question& q) {
  const auto decision = decide_close(q);
  if (const auto* target = std::get_if<quantity>(&decision))
    return target->str();
  return std::string(to_string(std::get<close_obstacle>(decision)));
}

}  // namespace

TEST_CASE("a close is proposed only where the exchange holds more, on one side, under a hold") {
  struct row {
    const char* name;
    void (*change)(close_question&);
    const char* answer;
  };
  const row rows[] = {
      {"everything in place", [](close_question&) {}, "2"},
      {"short of both",
       [](close_question& q) {
         q.seen = open_truth("-5", 100);
         q.ledger_amount = qty("-2");
       },
       "2"},
      {"ledger flat", [](close_question& q) { q.ledger_amount = {}; }, "0"},
      {"a foreign fill",
       [](close_question& q) {
         q.standing = a_hold(hold_cause::foreign_fill);
         q.kind = drift_kind::foreign;
       },
       "2"},
      {"not armed", [](close_question& q) { q.armed = false; }, "not_armed"},
      {"no hold", [](close_question& q) { q.standing.reset(); }, "no_hold"},
      {"a flip's hold", [](close_question& q) { q.standing = a_hold(hold_cause::side_flip); },
       "no_hold"},
      {"truth unknown", [](close_question& q) { q.seen = {}; }, "truth_unknown"},
      {"other side", [](close_question& q) { q.ledger_amount = qty("-2"); }, "other_side"},
      {"pending", [](close_question& q) { q.kind = drift_kind::pending; }, "drift_unclear"},
      {"explained", [](close_question& q) { q.kind = drift_kind::explained; }, "drift_unclear"},
      {"holds less", [](close_question& q) { q.seen = open_truth("1", 100); }, "holds_no_more"},
      {"flat", [](close_question& q) { q.seen = flat_truth(100); }, "holds_no_more"},
      {"the same", [](close_question& q) { q.seen = open_truth("2", 100); }, "holds_no_more"},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    auto q = a_question();
    r.change(q);
    CHECK(answer_to(q) == r.answer);
  }
}

TEST_CASE("whatever is asked, a close never goes below the ledger, across zero, or unarmed") {
  CHECK(rc::check([] {
    close_question q;
    q.armed = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>())
      q.standing = a_hold(static_cast<hold_cause>(*rc::gen::inRange(0, 3)));
    q.kind = static_cast<drift_kind>(*rc::gen::inRange(0, 7));
    const auto held = quantity::whole(*rc::gen::inRange(-3, 4));
    if (!held.is_zero())
      q.seen.content = position_open{held, at_price("100")};
    else if (*rc::gen::arbitrary<bool>())
      q.seen.content = position_flat{};
    q.ledger_amount = quantity::whole(*rc::gen::inRange(-3, 4));
    const auto decision = decide_close(q);
    if (const auto* target = std::get_if<quantity>(&decision)) {
      RC_ASSERT((q.armed && q.standing && q.standing->cause != hold_cause::side_flip));
      RC_ASSERT(*target == q.ledger_amount.abs());
      RC_ASSERT(held.abs() > *target);
      RC_ASSERT(held.sign() * q.ledger_amount.sign() >= 0);
    }
  }));
}

TEST_CASE("an arming needs author, reason and an end, and ends by itself") {
  close_desk desk{30min, 4};
  const auto refused = [&](arming_order o) { return desk.arm(o, now_at(0)).refusal; };
  CHECK_THAT(refused({btc.instrument, 60s, "", "why"}), ContainsSubstring("author"));
  CHECK_THAT(refused({btc.instrument, 60s, "ops", ""}), ContainsSubstring("reason"));
  CHECK_THAT(refused({btc.instrument, 0s, "ops", "why"}), ContainsSubstring("for:"));
  CHECK_THAT(refused({btc.instrument, 31min, "ops", "why"}), ContainsSubstring("at most 30m"));
  CHECK_THAT(refused({symbol{}, 60s, "ops", "why"}), ContainsSubstring("symbol"));
  CHECK_FALSE(desk.armed(btc.instrument, at_ms(0)));

  const auto given = desk.arm(a_minute, now_at(0));
  CHECK(given.refusal.empty());
  REQUIRE(given.now);
  CHECK(given.now->id == 5);
  CHECK(given.now->until.ms == given.now->since.ms + 60'000);
  CHECK(desk.next_end() == at_ms(60'000));
  CHECK(desk.expire(at_ms(59'999)).empty());
  CHECK(desk.armed(btc.instrument, at_ms(59'999)));
  CHECK_FALSE(desk.armed(btc.instrument, at_ms(60'000)));
  const auto ended = desk.expire(at_ms(60'000));
  REQUIRE(ended.size() == 1);
  CHECK(std::get<close_disarmed>(ended.front()).why == arming_end::expired);
  CHECK_FALSE(desk.next_end());
}

TEST_CASE("a second arming replaces the first, and disarming needs one and a reason") {
  close_desk desk{30min, 0};
  CHECK_FALSE(desk.disarm(btc.instrument, "ops", "why").refusal.empty());
  (void)desk.arm(a_minute, now_at(0));
  const auto second = desk.arm(a_minute, now_at(10));
  REQUIRE(second.records.size() == 2);
  CHECK(std::get<close_disarmed>(second.records.front()).why == arming_end::replaced);
  CHECK(second.now->id == 2);
  CHECK_FALSE(desk.disarm(btc.instrument, "ops", "").refusal.empty());
  CHECK(desk.armed(btc.instrument, at_ms(20)));
  const auto gone = desk.disarm(btc.instrument, "ops", "done");
  CHECK(gone.now->id == 2);
  CHECK(std::get<close_disarmed>(gone.records.front()).reason == "done");
  CHECK_FALSE(desk.armed(btc.instrument, at_ms(20)));
}

TEST_CASE("where the longest arming is zero nothing can be armed") {
  close_desk desk{0s, 0};
  CHECK_THAT(desk.arm(a_minute, now_at(0)).refusal, ContainsSubstring("close_max"));
}

TEST_CASE("an arming of the journal runs on, or is over") {
  close_desk before{30min, 0};
  const auto given = *before.arm(a_minute, now_at(0)).now;
  close_desk early{30min, 1};
  CHECK(early.restore({given}, now_at(59'000)).empty());
  CHECK(early.next_end() == at_ms(60'000));
  close_desk late{30min, 1};
  CHECK(late.restore({given}, now_at(61'000)).size() == 1);
  CHECK_FALSE(late.armed(btc.instrument, at_ms(61'000)));
}

// ---- with the whole core

namespace {

/// One unit by us, then two more that nothing explains: a hold.
void hold_two(account_model& a) {
  a.live(1'000);
  a.tell_own_order();
  a.trade(side::buy, "1", whose::ours, told::yes);
  a.live(1'000);
  a.change_without_trade("2");
  a.live(10'000);
  REQUIRE(a.standing());
}

}  // namespace

TEST_CASE("an armed close is proposed once for a hold and its fill leaves the ledger as it was") {
  account_model a;
  hold_two(a);
  CHECK(a.done.plans.empty());
  CHECK(a.core().arm(a_minute, a.now(), a.done).refusal.empty());
  REQUIRE(a.done.plans.size() == 1);
  const auto& p = a.done.plans.front();
  CHECK(p.id.str() == "reconcile-close:1");
  CHECK(p.source.str() == "reconciler");
  CHECK(std::get<reduce_plan>(p.body).target == qty("1"));
  CHECK(std::get<reduce_plan>(p.body).reason == "reconcile_close");
  a.live(5'000);
  CHECK(a.done.plans.size() == 1);
  CHECK(a.records<close_disarmed>().empty());  // Not before its plan was taken.
  a.core().close_taken(p.id, a.done);
  REQUIRE(a.records<close_disarmed>().size() == 1);
  CHECK(a.records<close_disarmed>().back().why == arming_end::used);
  a.live(5'000);
  CHECK(a.done.plans.size() == 1);
  CHECK_THAT(a.core().arm(a_minute, a.now(), a.done).refusal,
             ContainsSubstring("one for each hold"));

  // Filled in two parts.
  a.plan = p.id;
  a.core().order_moved({btc, true, 0, {a.client, p.id}}, a.now(), a.done);
  a.trade(side::sell, "1.5", whose::ours, told::yes);
  a.live(1'000);
  a.trade(side::sell, "0.5", whose::ours, told::yes);
  a.core().order_moved({btc, false, 900, {a.client, p.id}}, a.now(), a.done);
  a.live(2'000);
  CHECK(a.held() == qty("1"));
  CHECK(a.line()->amount == qty("1"));
  CHECK(a.line()->fills == 3);
  CHECK(a.line()->fees.at("USDT").str() == "0.03");
  CHECK_FALSE(a.standing());
  CHECK(a.records<hold_released>().back().reason == "drift_gone");
  CHECK(a.records<ledger_adjusted>().back().cause == "reconcile_close");
}

TEST_CASE("a close that the planner does not take leaves its arming, and is proposed again") {
  account_model a;
  hold_two(a);
  const auto given = a.core().arm(a_minute, a.now(), a.done).now;
  REQUIRE(given);
  REQUIRE(a.done.plans.size() == 1);
  const auto id = a.done.plans.front().id;
  a.core().close_not_taken(id, a.now());
  a.core().compare(btc, a.now(), a.done);
  CHECK(a.done.plans.size() == 1);  // Not at once.
  a.live(5'000);
  REQUIRE(a.done.plans.size() == 2);
  CHECK(a.done.plans.back().id == id);
  CHECK(a.records<close_disarmed>().empty());
  a.core().close_taken(id, a.done);
  REQUIRE(a.records<close_disarmed>().size() == 1);
  CHECK(a.records<close_disarmed>().back().what == *given);
  a.live(5'000);
  CHECK(a.done.plans.size() == 2);
}

TEST_CASE("an arming that ends while the planner has its close ends once") {
  account_model a;
  hold_two(a);
  REQUIRE(a.core().arm(a_minute, a.now(), a.done).refusal.empty());
  REQUIRE(a.done.plans.size() == 1);
  const auto id = a.done.plans.front().id;
  auto why = arming_end::disarmed;
  SECTION("disarmed") {
    CHECK(a.core().disarm(btc.instrument, "ops", "on second thoughts", a.done).refusal.empty());
  }
  SECTION("over") {
    why = arming_end::expired;
    a.live(61'000);
  }
  a.core().close_taken(id, a.done);
  a.live(5'000);
  REQUIRE(a.records<close_disarmed>().size() == 1);
  CHECK(a.records<close_disarmed>().back().why == why);
  CHECK(a.done.plans.size() == 1);
}

TEST_CASE("a restart between the plan of a close and the end of its arming closes once") {
  account_model a;
  hold_two(a);
  const auto given = a.core().arm(a_minute, a.now(), a.done).now;
  REQUIRE(given);
  REQUIRE(a.done.plans.size() == 1);
  auto found = a.journalled();
  found.armings = {*given};
  found.last_arming_id = given->id;
  SECTION("the plan was accepted") {
    found.closed_holds = {a.standing()->id};
    a.restart_with(found);
    REQUIRE(a.records<close_disarmed>().size() == 1);
    CHECK(a.records<close_disarmed>().back().why == arming_end::used);
    a.live(15'000);
    CHECK(a.done.plans.size() == 1);
  }
  SECTION("the plan was not") {
    a.restart_with(found);
    CHECK(a.records<close_disarmed>().empty());
    a.live(15'000);
    REQUIRE(a.done.plans.size() == 2);
    CHECK(a.done.plans.back().id == a.done.plans.front().id);
  }
}

TEST_CASE("armed before the hold stands, the close waits for it") {
  account_model a;
  a.live(1'000);
  CHECK(a.core().arm(a_minute, a.now(), a.done).refusal.empty());
  hold_two(a);
  CHECK(a.done.plans.size() == 1);
}

TEST_CASE("an arming that is over, and a flip, close nothing") {
  account_model a;
  SECTION("over") {
    CHECK(a.core().arm({btc.instrument, 1s, "ops", "why"}, a.now(), a.done).refusal.empty());
    hold_two(a);
    CHECK(a.records<close_disarmed>().back().why == arming_end::expired);
  }
  SECTION("flip") {
    hold_two(a);
    a.change_without_trade("-9");
    a.live(10'000);
    (void)a.core().arm(a_minute, a.now(), a.done);
    a.live(5'000);
  }
  SECTION("the exchange holds less") {
    hold_two(a);
    a.change_without_trade("-2.5");
    a.live(10'000);
    (void)a.core().arm(a_minute, a.now(), a.done);
    a.live(5'000);
  }
  CHECK(a.done.plans.empty());
}

TEST_CASE("what a close took is a part of what explains the rest of a foreign drift") {
  reconcile_settings settings;
  settings.foreign = foreign_policy::hold;
  account_model a{settings};
  a.live(1'000);
  a.tell_own_order();
  a.trade(side::buy, "1", whose::ours, told::yes);
  a.live(1'000);
  a.trade(side::buy, "2", whose::foreign, told::yes);
  a.live(1'000);
  REQUIRE(a.standing());
  CHECK(a.core().arm(a_minute, a.now(), a.done).refusal.empty());
  REQUIRE(a.done.plans.size() == 1);
  a.plan = a.done.plans.front().id;
  const auto searches = a.done.searches.size();
  a.trade(side::sell, "0.5", whose::ours, told::yes);
  a.live(5'000);
  CHECK(a.line()->amount == qty("1"));
  CHECK(a.standing());
  CHECK(a.done.searches.size() == searches);
}

TEST_CASE("a shorter longest arming cuts those that are given, and none ends them at once") {
  close_desk desk{30min, 0};
  REQUIRE(desk.arm(a_minute, now_at(0)).now);
  CHECK(desk.longest(10s, now_at(1'000)).size() == 2);
  CHECK(desk.armed(btc.instrument, now_at(10'000).steady));
  CHECK_FALSE(desk.armed(btc.instrument, now_at(11'000).steady));
  CHECK(desk.expire(now_at(11'000).steady).size() == 1);
  CHECK_THAT(desk.arm(a_minute, now_at(12'000)).refusal, ContainsSubstring("at most 10s"));
  CHECK(desk.longest(30min, now_at(12'000)).empty());
  REQUIRE(desk.arm(a_minute, now_at(12'000)).now);
  CHECK(desk.longest(0ms, now_at(13'000)).empty());
  CHECK(desk.expire(now_at(13'000).steady).size() == 1);
}

TEST_CASE("an arming that a shorter longest cut keeps its cut over a restart") {
  close_desk desk{30min, 0};
  const auto given = desk.arm(a_minute, now_at(0)).now;
  REQUIRE(given);
  CHECK(desk.longest(20min, now_at(0)).empty());
  const auto told = desk.longest(10s, now_at(1'000));
  REQUIRE(told.size() == 2);
  const auto& gone = std::get<close_disarmed>(told[0]);
  CHECK(gone.what == *given);
  CHECK(gone.why == arming_end::replaced);
  CHECK(gone.reason == "reconcile.close_max is 10s");
  const auto& cut = std::get<close_armed>(told[1]).what;
  CHECK(cut.id == 2);
  CHECK(cut.until == now_at(11'000).wall);
  CHECK(cut.author == given->author);
  CHECK(desk.armed(btc.instrument, now_at(2'000).steady) == cut);

  // The longest is long again at the restart: only what is stored holds the cut.
  close_desk next{30min, cut.id};
  CHECK(next.restore({cut}, now_at(2'000)).empty());
  CHECK(next.armed(btc.instrument, now_at(10'999).steady));
  CHECK_FALSE(next.armed(btc.instrument, now_at(11'000).steady));
  // A longest that is shorter at the restart cuts, and is told, in the same way.
  close_desk shorter{3s, cut.id};
  const auto again = shorter.restore({cut}, now_at(2'000));
  REQUIRE(again.size() == 2);
  CHECK(std::get<close_armed>(again[1]).what.until == now_at(5'000).wall);
  CHECK(shorter.next_end() == now_at(5'000).steady);
}

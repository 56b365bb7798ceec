// What goes into the journal comes out of it, in another process's hands too.
#include <sys/stat.h>

#include <sqlite3.h>

#include "builders.hpp"
#include "sluice/journal/record_json.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

TEST_CASE("a new journal is empty, private, and counts its records from one") {
  const directory d;
  auto s = opened(d.journal());
  REQUIRE(s->last_seq() == 0);
  struct stat info {};
  REQUIRE(::stat(d.journal().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
  CHECK(put(*s, notice{"first", ""}) == 1);
  CHECK(put(*s, notice{"second", ""}) == 2);
  CHECK(s->uncommitted() == 2);
  REQUIRE(s->commit().has_value());
  CHECK(s->uncommitted() == 0);
}

TEST_CASE("the seq goes on over a restart, and what was not committed leaves no hole") {
  const directory d;
  {
    auto s = opened(d.journal());
    put_notice(*s, "kept");
    put(*s, notice{"test", "lost"});
  }
  auto s = opened(d.journal(), integrity::full);
  CHECK(s->last_seq() == 1);
  CHECK(put(*s, notice{"test", "next"}) == 2);
}

TEST_CASE("a recovery gives back plans without a verdict, whole") {
  const directory d;
  auto waiting = an_open_plan("waiting");
  const auto judged = a_reduce_plan("judged");
  waiting.received = a_record(notice{}, 0).at;  // By the same clock as its record.
  {
    auto s = opened(d.journal());
    put(*s, plan_accepted{waiting});
    put(*s, plan_accepted{judged});
    put(*s, a_denial(judged));
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal())->recover().value();
  CHECK(back.last_seq == 3);
  REQUIRE(back.undecided_plans.size() == 1);
  const auto& p = back.undecided_plans.front();
  CHECK(p.id == waiting.id);
  CHECK(p.body == waiting.body);
  CHECK(p.deadline_wall == waiting.deadline_wall);
  CHECK(content_hash(p) == content_hash(waiting));
  REQUIRE(back.plans.size() == 2);
  CHECK(back.plans[0].id_hash == stable_hash("waiting"));
  CHECK(back.plans[0].content_hash == content_hash(waiting));
  CHECK(back.plans[1].content_hash == content_hash(judged));
}

TEST_CASE("cancels of what has not ended are found again, those that were denied are not") {
  const directory d;
  const auto s = opened(d.journal());
  const auto cancel = [](const char* id, const char* target) {
    auto p = a_reduce_plan(id);
    p.body = cancel_plan{plan_id(target)};
    return p;
  };
  put(*s, plan_accepted{cancel("c0", "x")});
  put(*s, a_permission(cancel("c0", "x")));  // Older than what it names: of an earlier plan.
  put(*s, plan_accepted{a_reduce_plan("x")});
  put(*s, a_permission(a_reduce_plan("x")));
  put(*s, plan_accepted{cancel("c1", "x")});
  put(*s, a_permission(cancel("c1", "x")));
  put(*s, plan_accepted{cancel("c2", "other")});
  put(*s, a_denial(cancel("c2", "other")));
  put(*s, plan_accepted{cancel("c3", "x")});
  const auto found = s->recover().value().withdrawals;
  REQUIRE(found.size() == 2);
  CHECK(found[0].target == plan_id("x"));
  CHECK(found[0].by == plan_id("c1"));
  CHECK(found[1].by == plan_id("c3"));
  put(*s, plan_finished{plan_id("x"), symbol("BTCUSDT"), plan_end::withdrawn, {}, 0, ""});
  CHECK(s->recover().value().withdrawals.empty());
}

TEST_CASE("a denial as duplicate is the verdict of its plan like any other") {
  const directory d;
  const auto p = an_open_plan("p1");
  auto repeated = a_denial(p);
  repeated.outcome.refusals = {{refusal_code::duplicate_plan, {}, {}}};
  {
    auto s = opened(d.journal());
    put(*s, plan_accepted{p});
    put(*s, repeated);
    CHECK(s->recover().value().undecided_plans.empty());
    // The first verdict is the verdict.
    put(*s, a_permission(p));
    REQUIRE(s->end().has_value());
  }
  // The rows are what the records make of them.
  const auto s = opened(d.journal(), integrity::full);
  CHECK(s->recover().value().unfinished_plans.empty());
  const auto found = read(d.journal())->plans({}).value();
  REQUIRE(found.size() == 1);
  CHECK(found[0].outcome == verdict_kind::deny);
  CHECK(found[0].reason == refusal_code::duplicate_plan);
  CHECK(read(d.journal())->verify().has_value());
}

TEST_CASE("a plan id that is there already is reported as a duplicate and not written") {
  const directory d;
  auto s = opened(d.journal());
  put(*s, plan_accepted{an_open_plan("p1")});
  auto again = a_record(plan_accepted{a_reduce_plan("p1")});
  CHECK(s->append(again).value() == appended::duplicate);
  CHECK(again.seq == 0);
  CHECK(s->last_seq() == 1);
  CHECK(s->content_hash_of(plan_id("p1")).value() == content_hash(an_open_plan("p1")));
  CHECK(s->content_hash_of(plan_id("p2")).value() == 0);
  CHECK_FALSE(s->failed());
}

TEST_CASE("a plan's verdict can be asked for") {
  const directory d;
  auto s = opened(d.journal());
  const auto p = an_open_plan("p1");
  put(*s, plan_accepted{p});
  CHECK(s->verdict_of(p.id).value().empty());
  const auto first = a_permission(p);
  put(*s, first);
  CHECK(s->verdict_of(p.id).value() == body_json(first));
  CHECK(s->verdict_of(plan_id("p2")).value().empty());
}

TEST_CASE("a recovery gives back unresolved orders with their request and last state") {
  const directory d;
  const auto asked = an_intent("o2", "p2");
  {
    auto s = opened(d.journal());
    for (const auto* id : {"o1", "o2", "o3"})
      put(*s, an_intent(id, std::string("p") + id[1]));
    put(*s, a_change("o1", "p1", order_state::filled));
    put(*s, a_change("o2", "p2", order_state::unknown));
    put(*s, a_change("stranger", "", order_state::filled));
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal())->recover().value().unresolved_orders;
  REQUIRE(back.size() == 2);
  const auto& o = back[0];
  CHECK(o.plan == plan_id("p2"));
  CHECK(o.request.id == asked.request.id);
  CHECK(o.request.amount == asked.request.amount);
  CHECK(o.request.direction == side::sell);
  CHECK(o.request.reduce_only);
  CHECK(o.truth_version == asked.truth_version);
  CHECK(o.state == order_state::unknown);
  CHECK(o.venue_id == 9'007'199'254'740'993);
  CHECK(o.executed == decimal<quantity>("0.1"));
  CHECK(o.held == asked.held);
  CHECK(o.held_since == asked.held_since);
  CHECK(back[1].state == order_state::intended);
}

TEST_CASE("a hold survives a restart until it is released") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, hold_placed{a_hold(1, "BTCUSDT")});
    put(*s, hold_placed{a_hold(7, "ETHUSDT")});
    REQUIRE(s->commit().has_value());
  }
  auto s = opened(d.journal());
  REQUIRE(s->recover().value().holds == std::vector{a_hold(1, "BTCUSDT"), a_hold(7, "ETHUSDT")});
  put(*s, hold_released{a_hold(7, "ETHUSDT"), "mara", "checked by hand"});
  const auto back = s->recover().value();
  CHECK(back.holds == std::vector{a_hold(1, "BTCUSDT")});
  CHECK(back.last_hold_id == 7);
}

TEST_CASE("exit states and the trading state come back as they were last") {
  const directory d;
  exit_state kept{.position = {symbol("BTCUSDT"), position_side::long_},
                  .active = true,
                  .entry = decimal<price>("97000.5"),
                  .initial = decimal<quantity>("-0.5"),
                  .opened_at = {1'795'000'000'000},
                  .stop = decimal<price>("95000"),
                  .time_limit = milliseconds{60'000},
                  .origin = plan_id("p1"),
                  .source = source_id("alpha"),
                  .risk = decimal<price>("2000.5"),
                  .peak = decimal<price>("98000"),
                  .stop_by = stop_mover::trailing,
                  .tranches = 2,
                  .cost = decimal<notional>("-0.25"),
                  .opposed_at = {1'795'000'100'000},
                  .regime = {.samples = 61,
                             .last = decimal<price>("97999.9"),
                             .last_at = {1'795'000'120'000},
                             .fast = 4'000'000'000,
                             .slow = 1'000'000'000,
                             .drift = -5,
                             .path = 70'000}};
  auto gone = kept;
  gone.position.instrument = symbol("ETHUSDT");
  auto s = opened(d.journal());
  CHECK(s->recover().value().state.state == trading_state::active);
  put(*s, exit_changed{kept});
  put(*s, exit_changed{gone});
  gone.active = false;
  put(*s, exit_changed{gone});
  kept.stop = decimal<price>("96000");
  put(*s, exit_changed{kept});
  put(*s, state_changed{trading_state::active, trading_state::halted, "mara", "venue down"});
  put(*s, state_changed{trading_state::halted, trading_state::reduce_only, "mara", "back",
                        wall_time{1'795'000'900'000}});
  const auto back = s->recover().value();
  CHECK(back.exits == std::vector{kept});
  CHECK(back.state.state == trading_state::reduce_only);
  CHECK(back.state.author == "mara");
  CHECK(back.state.reason == "back");
  CHECK(back.state.since.ms > 0);
  CHECK(back.state.until == wall_time{1'795'000'900'000});
}

TEST_CASE(
    "what was ordered otherwise than by the halt file is remembered beside what is in force") {
  const directory d;
  auto s = opened(d.journal());
  put(*s, state_changed{trading_state::active, trading_state::reduce_only, "mara", "drill"});
  put(*s, state_changed{trading_state::reduce_only, trading_state::halted, "halt_file", "there"});
  const auto back = s->recover().value();
  CHECK(back.state.state == trading_state::halted);
  CHECK(back.state.author == "halt_file");
  CHECK(back.ordered_state.state == trading_state::reduce_only);
  CHECK(back.ordered_state.author == "mara");
}

TEST_CASE("overrides and armed closes come back until they have ended") {
  const directory d;
  const setting_override older{1, "gate.cooldown", "1s", "mara", "slow", {10}, {20}, {}};
  const setting_override kept{4,    "gate.stale_after_entry", "30s", "mara", "outage", {10},
                              {20}, milliseconds{1'800'000}};
  const close_arming armed{3, symbol("BTCUSDT"), "mara", "checked", {10}, {20}};
  const close_arming used{5, symbol("ETHUSDT"), "mara", "checked", {10}, {20}};
  {
    auto s = opened(d.journal());
    put(*s, override_set{older});
    put(*s, override_set{kept});
    put(*s, override_ended{older, override_end::expired, "gate", "its time was over"});
    put(*s, close_armed{armed});
    put(*s, close_armed{used});
    put(*s, close_disarmed{used, arming_end::used, "reconciler", "hold 7"});
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal())->recover().value();
  CHECK(back.overrides == std::vector{kept});
  CHECK(back.last_override_id == 4);
  CHECK(back.armings == std::vector{armed});
  CHECK(back.last_arming_id == 5);
}

TEST_CASE("orders of others come back by the numbers that their trades named") {
  const directory d;
  auto s = opened(d.journal());
  auto foreign = a_fill("BTCUSDT", 5, side::sell, "1");
  foreign.ours = false;
  foreign.what.client_id = client_order_id("web_1");
  put(*s, foreign);
  foreign.what.id = 6;
  foreign.what.client_id = {};  // Read back: nobody told whose it is.
  put(*s, foreign);
  put(*s, a_fill("BTCUSDT", 7, side::buy, "1"));
  const auto others = s->recover().value().foreign_orders;
  REQUIRE(others.size() == 1);
  CHECK(others[0].client_id == client_order_id("web_1"));
  CHECK(others[0].venue_id == 77);
}

TEST_CASE("our orders come back with the ids that the venue gave them, newest first") {
  const directory d;
  auto s = opened(d.journal());
  for (const auto* id : {"o1", "o2", "o3"})
    put(*s, an_intent(id, std::string("p") + id[1]));
  put(*s, a_change("o1", "p1", order_state::filled));
  put(*s, a_change("o3", "p3", order_state::filled));
  const auto own = s->recover().value().own_orders;
  REQUIRE(own.size() == 2);
  CHECK(own[0].client_id == client_order_id("o3"));
  CHECK(own[0].plan == plan_id("p3"));
  CHECK(own[0].venue_id == 9'007'199'254'740'993);
  CHECK(own[1].client_id == client_order_id("o1"));
}

TEST_CASE("the universe comes back as last read, its content from the record that has it") {
  const directory d;
  universe u;
  instrument_rules rules;
  rules.instrument = symbol("BTCUSDT");
  rules.tradable = true;
  rules.status = "TRADING";
  rules.contract_type = "PERPETUAL";
  rules.tick = decimal<price>("0.10");
  rules.market_lot = {decimal<quantity>("0.001"), decimal<quantity>("120"),
                      decimal<quantity>("0.001")};
  u.instruments = {rules};
  u.limits = {{"REQUEST_WEIGHT", milliseconds{60'000}, 2'400}};
  const auto hash = content_hash(u);
  auto s = opened(d.journal());
  CHECK_FALSE(s->recover().value().last_universe);
  put(*s, universe_kept{{1'000}, hash, std::make_shared<const universe>(u)});
  put(*s, universe_kept{{2'000}, hash, nullptr});
  const auto back = s->recover().value().last_universe;
  REQUIRE(back);
  CHECK(back->read_at == wall_time{2'000});
  CHECK(content_hash(back->content) == hash);
  REQUIRE(back->content.find(symbol("BTCUSDT")));
  CHECK(back->content.find(symbol("BTCUSDT"))->market_lot.max == decimal<quantity>("120"));
  CHECK(s->recover().value().universe_fault.empty());
  put(*s, universe_kept{{3'000}, hash + 1, nullptr});  // Content that nobody wrote.
  CHECK_FALSE(s->recover().value().last_universe);
  CHECK_FALSE(s->recover().value().universe_fault.empty());
}

TEST_CASE("a universe that cannot be read is left out, and the journal opens all the same") {
  const directory d;
  auto s = opened(d.journal());
  auto u = std::make_shared<universe>();
  instrument_rules rules;
  rules.instrument = symbol("BTCUSDT");
  u->instruments = {rules};
  put(*s, universe_kept{{1'000}, content_hash(*u), u});
  REQUIRE(s->commit().has_value());
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(d.journal().c_str(), &raw) == SQLITE_OK);
  CHECK(sqlite3_exec(raw, "UPDATE record SET body = '{\"limits\":7}'", nullptr, nullptr, nullptr) ==
        SQLITE_OK);
  sqlite3_close(raw);
  const auto back = s->recover();
  REQUIRE(back.has_value());
  CHECK_FALSE(back->last_universe);
  CHECK_FALSE(back->universe_fault.empty());
}

TEST_CASE("a journal of the first schema version is brought up to date when it is opened") {
  const directory d;
  {
    auto s = opened(d.journal());
    put(*s, notice{"old", "words"});
    REQUIRE(s->commit().has_value());
  }
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(d.journal().c_str(), &raw) == SQLITE_OK);
  CHECK(sqlite3_exec(raw, without_schema_4, nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(sqlite3_exec(raw,
                     "DROP TABLE funding; DROP TABLE universe; DROP TABLE ledger_fee;"
                     "DROP TABLE setting_override; DROP TABLE override_event;"
                     "DROP TABLE close_arming; DROP TABLE close_arming_event;"
                     "DROP INDEX orders_at_venue; DROP INDEX ledger_adjustment_by_line;"
                     "ALTER TABLE ledger_line DROP COLUMN entry;"
                     "ALTER TABLE ledger_line DROP COLUMN realised;"
                     "ALTER TABLE ledger_line DROP COLUMN fills;"
                     "ALTER TABLE ledger_line DROP COLUMN traded_ms;"
                     "ALTER TABLE hold DROP COLUMN ledger_amount;"
                     "ALTER TABLE hold DROP COLUMN truth_amount;"
                     "ALTER TABLE state_change DROP COLUMN until_ms;"
                     "INSERT INTO ledger_line VALUES ('ETHUSDT', 'both', '2', 1);"
                     "INSERT INTO exit_state VALUES ('ETHUSDT', 'both', 1, '2000', '2', 5, '1960',"
                     " NULL, 60000, 'p1', 1);"
                     "PRAGMA user_version = 1;",
                     nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  auto s = opened(d.journal());
  CHECK(put(*s, funding_booked{symbol("BTCUSDT"), "USDT", decimal<notional>("-1"), {5}}) == 2);
  const auto back = s->recover().value();
  CHECK_FALSE(back.last_universe);
  REQUIRE(back.ledger.size() == 1);
  CHECK(back.ledger.front().amount == decimal<quantity>("2"));
  CHECK(back.ledger.front().entry.is_zero());
  const exit_state old{.position = {symbol("ETHUSDT"), position_side::both},
                       .active = true,
                       .entry = decimal<price>("2000"),
                       .initial = decimal<quantity>("2"),
                       .opened_at = {5},
                       .stop = decimal<price>("1960"),
                       .time_limit = milliseconds{60'000},
                       .origin = plan_id("p1")};
  CHECK(back.exits == std::vector{old});
}

}  // namespace
}  // namespace sluice::journal

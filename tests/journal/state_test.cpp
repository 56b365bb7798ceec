// The rows of state are what the records alone make of them, and who changes one is found out.
#include <sqlite3.h>

#include <fmt/format.h>

#include "builders.hpp"
#include "sluice/journal/archive.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

void change(const std::filesystem::path& path, const std::string& sql) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &raw) == SQLITE_OK);
  CHECK(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
}

order_intended again(order_intended b) {
  b.attempt = 2;
  return b;
}

/// As of an order that was proven never to have arrived.
order_changed never_arrived(const std::string& order, const std::string& plan) {
  auto change = a_change(order, plan, order_state::rejected);
  change.venue_id = 0;
  change.executed = {};
  return change;
}

/// Every kind that leaves state, in orders that occur.
void fill_journal(store& s) {
  const auto open = an_open_plan("p0"), reduce = a_reduce_plan("p1");
  put(s, plan_accepted{open});
  put(s, a_denial(open));
  put(s, plan_accepted{reduce});
  put(s, a_permission(reduce));
  put(s, an_intent("o1", "p1"));
  put(s, never_arrived("o1", "p1"));
  put(s, again(an_intent("o1", "p1")));
  put(s, a_change("o1", "p1", order_state::filled));
  put(s, an_intent("o2", "p1"));
  put(s, a_change("o2", "p1", order_state::unknown));
  put(s, a_change("nobody's", "", order_state::filled));
  put(s, a_fill("BTCUSDT", 1, side::sell, "0.25"));
  put(s, a_fill("BTCUSDT", 2, side::buy, "0.1"));
  auto foreign = a_fill("ETHUSDT", 3, side::buy, "1");
  foreign.ours = false;
  put(s, foreign);
  put(s, ledger_adjusted{{symbol("ETHUSDT"), position_side::long_},
                         {},
                         decimal<quantity>("2"),
                         "foreign_fill",
                         "seen",
                         decimal<price>("3000")});
  put(s, hold_placed{a_hold(1, "BTCUSDT")});
  put(s, hold_placed{a_hold(2, "ETHUSDT")});
  put(s, hold_released{a_hold(2, "ETHUSDT"), "mara", "checked"});
  put(s, state_changed{trading_state::active, trading_state::reduce_only, "mara", "drill"});
  put(s, state_changed{trading_state::reduce_only, trading_state::halted, "halt_file", "there"});
  put(s, exit_changed{{.position = {symbol("BTCUSDT"), position_side::both},
                       .active = true,
                       .stop = decimal<price>("95000"),
                       .origin = plan_id("p0"),
                       .risk = decimal<price>("1000"),
                       .stop_by = stop_mover::break_even,
                       .tranches = 1,
                       .regime = {.samples = 3, .drift = -7}}});
  put(s, override_set{{1, "gate.cooldown", "1s", "mara", "slow", {10}, {20}, {}}});
  put(s, override_set{{2, "gate.allow_add", "true", "mara", "why", {10}, {20}, milliseconds{5}}});
  put(s, override_ended{{1, "gate.cooldown", "1s", "mara", "slow", {10}, {20}, {}},
                        override_end::expired,
                        "gate",
                        "over"});
  put(s, close_armed{{1, symbol("BTCUSDT"), "mara", "checked", {10}, {20}}});
  put(s, close_armed{{2, symbol("ETHUSDT"), "mara", "checked", {10}, {20}}});
  put(s, close_disarmed{{2, symbol("ETHUSDT"), "mara", "checked", {10}, {20}},
                        arming_end::used,
                        "reconciler",
                        "hold 1"});
  put(s, funding_booked{symbol("BTCUSDT"), "USDT", decimal<notional>("-1"), {5}});
  put(s, equity_peaked{20'000, decimal<notional>("1000")});
  put(s, equity_peaked{20'000, decimal<notional>("1001.5")});
  put(s, notice{"bad bytes", "\xff"});
  put(s, plan_accepted{an_open_plan("p2")});
  REQUIRE(s.commit().has_value());
}

struct changed_row {
  const char* name;
  const char* sql;
  const char* told;
};

constexpr changed_row changes[] = {
    {"an order's state", "UPDATE orders SET state = 'filled' WHERE client_order_id = 'o2'",
     "order o2"},
    {"an amount", "UPDATE ledger_line SET amount = '7' WHERE symbol = 'BTCUSDT'",
     "ledger_line BTCUSDT both"},
    {"a peak of the equity", "UPDATE equity_peak SET peak = '5000'", "equity_peak 20000"},
    {"a line that is gone", "DELETE FROM ledger_line WHERE symbol = 'ETHUSDT'",
     "ledger_line ETHUSDT long"},
    {"a fee", "UPDATE ledger_fee SET amount = '7'", "ledger_fee BTCUSDT both USDT"},
    {"a hold that is gone", "DELETE FROM hold", "hold 1 BTCUSDT both"},
    {"a plan that waits again", "UPDATE plan SET verdict_seq = NULL WHERE plan_id = 'p0'",
     "plan p0"},
    {"an override's value", "UPDATE setting_override SET value = '9'", "setting_override 2"},
    {"an arming's end", "UPDATE close_arming SET until_ms = 99", "close_arming 1"},
    {"an exit's tranches", "UPDATE exit_state SET tranches = 0", "exit_state BTCUSDT both"},
    {"an exit's regime", "UPDATE exit_state SET drift = 7", "exit_state BTCUSDT both"},
    {"an exit's stop", "UPDATE exit_state SET stop = NULL", "exit_state BTCUSDT both"},
    {"a state that nobody ordered", "UPDATE state_change SET state_after = 'active'",
     "trading_state in_force"},
};

TEST_CASE("what the records make is what the rows say, after every kind of record") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_journal(*s);
    REQUIRE(s->end().has_value());
    put_notice(*s, "one more");
  }
  const auto found = read(d.journal())->verify();
  INFO((found ? "" : found.error().text));
  REQUIRE(found.has_value());
  CHECK(found->checkpoints == 2);
  CHECK(found->state_rows == 15);
}

TEST_CASE("a row that was changed is named by a verification, and refused by the next start") {
  for (const auto& c : changes) {
    INFO(c.name);
    const directory d;
    {
      auto s = opened(d.journal());
      fill_journal(*s);
    }
    change(d.journal(), c.sql);
    const auto found = read(d.journal())->verify();
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == errc::malformed);
    CHECK_THAT(found.error().text, ContainsSubstring(c.told));
    const auto made = store::open(d.journal());
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == errc::malformed);
    CHECK_THAT(made.error().text, ContainsSubstring(c.told));
  }
}

TEST_CASE("a row that was changed after the state was kept is refused by the next start") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_journal(*s);
    REQUIRE(s->end().has_value());
  }
  change(d.journal(), "UPDATE hold SET placed_seq = 1");
  CHECK_FALSE(store::open(d.journal()).has_value());
}

TEST_CASE("a checkpoint that was changed is named") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_journal(*s);
    REQUIRE(s->end().has_value());
    put_notice(*s, "one more");
    REQUIRE(s->end().has_value());
  }
  change(d.journal(), "UPDATE state_checkpoint SET hash = 7 WHERE rows IS NULL");
  const auto found = read(d.journal())->verify();
  REQUIRE_FALSE(found.has_value());
  CHECK_THAT(found.error().text, ContainsSubstring("the state at record 32"));
}

TEST_CASE("the state is kept every ten thousand records, so that a start folds no more") {
  const directory d;
  {
    auto s = opened(d.journal());
    for (int i = 0; i < 25'000; ++i) {
      put(*s, notice{"test", ""});
      if (i % 500 == 499) {
        REQUIRE(s->commit().has_value());
        REQUIRE(s->tidy().has_value());
      }
    }
  }
  CHECK(read(d.journal())->verify().value().checkpoints == 3);
}

TEST_CASE("a record names the record that caused it") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  const auto events = read(d.journal())->events_after(0, 100).value();
  std::map<std::string, std::vector<int>> causes;
  for (const auto& e : events) {
    const auto at = e.json.find("\"caused_by\":");
    REQUIRE(at != std::string::npos);
    causes[e.kind].push_back(std::stoi(e.json.substr(at + 12)));
  }
  using seqs = std::vector<int>;
  CHECK(causes["plan_accepted"] == seqs{0, 0, 0});
  CHECK(causes["plan_judged"] == seqs{1, 3});
  CHECK(causes["order_intended"] == seqs{3, 3, 3});
  CHECK(causes["order_changed"] == seqs{5, 7, 9, 0});
  CHECK(causes["fill_recorded"] == seqs{7, 7, 0});
  CHECK(causes["hold_released"] == seqs{17});
  CHECK(causes["exit_changed"] == seqs{1});
  CHECK(causes["override_ended"] == seqs{22});
  CHECK(causes["close_disarmed"] == seqs{26});
  CHECK(causes["notice"] == seqs{0});
}

/// Makes a file of schema 3 of it: without what schema 4 added, the chain over what there was.
void take_back_to_schema_3(const std::filesystem::path& path) {
  std::string updates;
  std::uint64_t chain = 0;
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &raw) == SQLITE_OK);
  sqlite3_stmt* rows = nullptr;
  REQUIRE(sqlite3_prepare_v2(raw,
                             "SELECT r.seq, kind, wall_ms, steady_ns, body, ifnull(facts, '') "
                             "FROM record r LEFT JOIN (SELECT seq, facts FROM verdict) v "
                             "ON v.seq = r.seq ORDER BY r.seq",
                             -1, &rows, nullptr) == SQLITE_OK);
  const auto text = [&](int i) {
    return std::string(reinterpret_cast<const char*>(sqlite3_column_text(rows, i)));
  };
  while (sqlite3_step(rows) == SQLITE_ROW) {
    const auto head = fmt::format("{}|{}|{}|{}|{}|{}|", text(0), text(1), text(2), text(3),
                                  text(4).size(), text(5).size());
    chain = stable_hash(text(5), stable_hash(text(4), stable_hash(head, chain)));
    updates += fmt::format("UPDATE record SET chain = {} WHERE seq = {};",
                           static_cast<std::int64_t>(chain), text(0));
  }
  sqlite3_finalize(rows);
  sqlite3_close(raw);
  change(path, updates + without_schema_4 + "PRAGMA user_version = 3;");
}

TEST_CASE("a journal of schema 3 keeps its chain, and its state is checked from then on") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_journal(*s);
  }
  take_back_to_schema_3(d.journal());
  {
    auto s = opened(d.journal(), integrity::full);
    put(*s, a_change("o2", "p1", order_state::filled));
    put(*s, a_denial(an_open_plan("p2")));
    REQUIRE(s->commit().has_value());
  }
  const auto found = read(d.journal())->verify();
  INFO((found ? "" : found.error().text));
  REQUIRE(found.has_value());
  CHECK(found->records == 34);
  const auto events = read(d.journal())->events_after(32, 1).value();
  CHECK_THAT(events.at(0).json, ContainsSubstring("\"caused_by\":9,"));
  change(d.journal(), "UPDATE record SET wall_ms = wall_ms + 1 WHERE seq = 4");
  CHECK_FALSE(read(d.journal())->verify().has_value());
}

protective_stop a_stop(std::int64_t number, stop_state state) {
  protective_stop s;
  s.number = number;
  s.id = client_order_id("stop-" + std::to_string(number));
  s.position = {symbol("BTCUSDT"), position_side::both};
  s.trigger = decimal<price>("90000");
  s.state = state;
  return s;
}

/// Plans over several orders, stops and flattens, as they come in one run.
void fill_with_courses(store& s) {
  const auto exit = a_reduce_plan("x1"), open = a_reduce_plan("x2");
  put(s, plan_accepted{exit});
  put(s, an_intent("c1", "x1"));
  put(s, a_permission(exit));
  put(s, a_change("c1", "x1", order_state::expired));
  put(s, plan_continued{a_permission(exit), "expired"});
  put(s, plan_finished{exit.id, exit.instrument, plan_end::done, decimal<quantity>("0.1"), 2, ""});
  put(s, plan_finished{exit.id, exit.instrument, plan_end::failed, {}, 0, "told twice"});
  put(s, plan_accepted{open});
  put(s, a_permission(open));
  put(s, stop_changed{a_stop(1, stop_state::intended), ""});
  put(s, stop_changed{a_stop(1, stop_state::cancelled), "by us"});
  put(s, stop_changed{a_stop(2, stop_state::resting), ""});
  put(s, flatten_ordered{{1, symbol("BTCUSDT"), "mara", "drill", {10}, {20}}});
  put(s, flatten_ended{{1, symbol("BTCUSDT"), "mara", "drill", {10}, {20}}, flatten_end::done, ""});
  put(s, flatten_ordered{{2, {}, "mara", "drill", {10}, {20}}});
  REQUIRE(s.commit().has_value());
}

TEST_CASE("courses of plans, stops and flattens are state, whichever run they began in") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_with_courses(*s);
    put(*s, plan_accepted{a_reduce_plan("x3")});
    put(*s, an_intent("c3", "x3"));
    put(*s, a_permission(a_reduce_plan("x3")));
    put(*s, never_arrived("c3", "x3"));
    REQUIRE(s->end().has_value());
  }
  auto s = opened(d.journal(), integrity::full);
  // An order that never arrived is intended anew, after its row was settled.
  // Meanwhile the position stands on the other side.
  auto other_side = an_intent("c3", "x3");
  other_side.request.direction = opposite(other_side.request.direction);
  other_side.request.leg = position_side::both;
  put(*s, other_side);
  put(*s, a_change("c3", "x3", order_state::filled));
  put(*s, plan_finished{plan_id("x3"), symbol("BTCUSDT"), plan_end::done, {}, 2, ""});
  put(*s, plan_finished{plan_id("x2"), symbol("BTCUSDT"), plan_end::failed, {}, 0, "deadline"});
  put(*s, stop_changed{a_stop(2, stop_state::finished), ""});
  put(*s, flatten_ended{{2, {}, "mara", "drill", {10}, {20}}, flatten_end::given_up, "BTCUSDT"});
  REQUIRE(s->commit().has_value());
  const auto found = read(d.journal())->verify();
  INFO((found ? "" : found.error().text));
  REQUIRE(found.has_value());
  const auto back = s->recover();
  REQUIRE(back.has_value());
  CHECK(back->unfinished_plans.empty());
  CHECK(back->stops.empty());
  const auto plans = read(d.journal())->plans({}).value();
  CHECK(plans.at(1).ended == plan_end::failed);
  CHECK(plans.at(2).ended == plan_end::done);
  CHECK(plans.at(2).executed == decimal<quantity>("0.1"));
  s.reset();
  const auto [sql, told] = GENERATE(table<std::string, std::string>(
      {{"UPDATE plan SET ended = 'done' WHERE plan_id = 'x2'", "plan x2"},
       {"UPDATE protective_stop SET state = 'resting' WHERE stop_number = 2", "protective_stop 2"},
       {"UPDATE flatten SET outcome = NULL WHERE flatten_id = 2", "flatten 2"},
       {"UPDATE orders SET executed = '9' WHERE client_order_id = 'c1'", "order c1"}}));
  change(d.journal(), sql);
  const auto broken = read(d.journal())->verify();
  REQUIRE_FALSE(broken.has_value());
  CHECK_THAT(broken.error().text, ContainsSubstring(told));
}

TEST_CASE("a plan that is not finished is kept whole by an archive, with its end when it comes") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_with_courses(*s);
  }
  const auto done = archive_journal(d.journal(), {.before = {1'795'000'000'000 + 1'000'000'000}});
  INFO((done ? "" : done.error().text));
  REQUIRE(done.has_value());
  auto s = opened(d.journal(), integrity::full);
  const auto back = s->recover().value();
  REQUIRE(back.unfinished_plans.size() == 1);
  CHECK(back.unfinished_plans[0].what.id == plan_id("x2"));
  CHECK(back.unfinished_plans[0].position_before.has_value());
  CHECK(back.stops.size() == 1);
  CHECK(back.last_stop_number == 2);
  CHECK(back.last_flatten_id == 2);
  put(*s, plan_finished{plan_id("x2"), symbol("BTCUSDT"), plan_end::failed, {}, 0, "deadline"});
  put(*s, stop_changed{a_stop(2, stop_state::cancelled), ""});
  REQUIRE(s->commit().has_value());
  const auto found = read(d.journal())->verify();
  INFO((found ? "" : found.error().text));
  CHECK(found.has_value());
  CHECK(read(done->file)->verify().has_value());
}

TEST_CASE("a changed cause breaks the chain") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_journal(*s);
  }
  change(d.journal(), "UPDATE record SET caused_by = 2 WHERE seq = 4");
  const auto found = read(d.journal())->verify();
  REQUIRE_FALSE(found.has_value());
  CHECK_THAT(found.error().text, ContainsSubstring("record 4 was changed"));
}

}  // namespace
}  // namespace sluice::journal

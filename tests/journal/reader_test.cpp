// Queries from beside the writer: they see what is committed and nothing else.
#include "sluice/journal/reader.hpp"
#include "sluice/journal/facts_json.hpp"

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

/// Two plans of two symbols: one denied, one allowed, sent and filled; a third one undecided.
void fill_journal(store& s) {
  const auto denied = an_open_plan("p0"), allowed = a_reduce_plan("p1");
  put(s, plan_accepted{denied});
  put(s, a_denial(denied));
  put(s, plan_accepted{allowed});
  put(s, a_permission(allowed));
  put(s, an_intent("o1", "p1"));
  put(s, a_change("o1", "p1", order_state::filled));
  put(s, a_fill("BTCUSDT", 1, side::sell, "0.25"));
  put(s, plan_accepted{an_open_plan("p2")});
  REQUIRE(s.commit().has_value());
}

std::vector<std::string> ids(reader& r, const plan_filter& f) {
  std::vector<std::string> found;
  for (const auto& p : r.plans(f).value())
    found.push_back(p.id.str());
  return found;
}

TEST_CASE("plans are listed newest first and filtered by symbol, kind, outcome, reason and seq") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  auto r = read(d.journal());
  using names = std::vector<std::string>;
  CHECK(ids(*r, {}) == names{"p2", "p1", "p0"});
  CHECK(ids(*r, {.limit = 1}) == names{"p2"});
  CHECK(ids(*r, {.instrument = symbol("ETHUSDT")}) == names{"p1"});
  CHECK(ids(*r, {.kind = "open"}) == names{"p2", "p0"});
  CHECK(ids(*r, {.outcome = verdict_kind::allow}) == names{"p1"});
  CHECK(ids(*r, {.reason = refusal_code::stale_exchange_state}) == names{"p0"});
  CHECK(ids(*r, {.reason = refusal_code::halted}).empty());
  CHECK(ids(*r, {.after_seq = 1}) == names{"p2", "p1"});
}

TEST_CASE("a plan's line tells its verdict, or that there is none yet") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  const auto lines = read(d.journal())->plans({}).value();
  REQUIRE(lines.size() == 3);
  CHECK_FALSE(lines[0].outcome.has_value());
  CHECK(lines[1].outcome == verdict_kind::allow);
  CHECK_FALSE(lines[1].reason.has_value());
  CHECK(lines[1].kind == "reduce");
  CHECK(lines[2].reason == refusal_code::stale_exchange_state);
  CHECK(lines[2].judged_at.has_value());
  CHECK(lines[2].source == source_id("trend"));
}

TEST_CASE("a plan's story has its verdict with the facts, its orders and its fills") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  const auto story = read(d.journal())->explain(plan_id("p1")).value();
  REQUIRE(story.has_value());
  for (const auto* part :
       {R"({"plan":{"seq":3,"kind":"plan_accepted",)", R"("verdicts":[{"seq":4,)",
        R"("facts":{"now":)", R"("orders":[{"seq":5,"kind":"order_intended",)",
        R"({"seq":6,"kind":"order_changed",)", R"("fills":[{"seq":7,)", R"("trade_id":"1",)"})
    CHECK_THAT(*story, ContainsSubstring(part));
  CHECK_FALSE(read(d.journal())->explain(plan_id("none")).value().has_value());
}

TEST_CASE("events are read in order after a seq, and uncommitted ones are not seen") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  put(*s, notice{"later", ""});
  auto r = read(d.journal());
  const auto events = r->events_after(6, 100).value();
  REQUIRE(events.size() == 2);
  CHECK(events[0].seq == 7);
  CHECK(events[0].kind == "fill_recorded");
  CHECK_THAT(events[0].json, ContainsSubstring(R"("seq":7,"kind":"fill_recorded","at":"2026-)"));
  CHECK(r->events_after(0, 3).value().size() == 3);
  CHECK(r->last_seq().value() == 8);
  REQUIRE(s->commit().has_value());
  CHECK(r->last_seq().value() == 9);
}

TEST_CASE("orders and holds are listed with their state") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  put(*s, an_intent("o2", "p2"));
  put(*s, hold_placed{a_hold(3, "BTCUSDT")});
  REQUIRE(s->commit().has_value());
  auto r = read(d.journal());
  const auto all = r->orders({}).value();
  REQUIRE(all.size() == 2);
  CHECK(all[0].request.id == client_order_id("o2"));
  CHECK(all[1].state == order_state::filled);
  CHECK(r->orders({.which = order_selection::unresolved}).value().size() == 1);
  CHECK(r->orders({.instrument = symbol("ETHUSDT")}).value().empty());
  CHECK(r->holds().value() == std::vector{a_hold(3, "BTCUSDT")});
}

TEST_CASE("every stored judgement comes back with the plan, the facts and the verdict it had") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  const auto denied = an_open_plan("p0");
  auto duplicate = an_open_plan("p9");
  auto repeated = a_denial(duplicate);
  repeated.outcome.refusals = {{refusal_code::duplicate_plan, "p0", {}}};
  put(*s, plan_accepted{duplicate});
  put(*s, repeated);
  REQUIRE(s->commit().has_value());
  std::vector<judgement> found;
  const auto visited =
      read(d.journal())->each_judgement([&](const judgement& j) { found.push_back(j); });
  REQUIRE(visited.has_value());
  REQUIRE(found.size() == 3);
  CHECK(found[2].what.id == duplicate.id);
  CHECK(found[2].outcome.refusals == repeated.outcome.refusals);
  CHECK(found[0].seq == 2);
  CHECK(to_json(found[0].what) == to_json(denied));
  CHECK(to_json(found[0].seen) == to_json(some_facts()));
  CHECK(found[0].outcome.refusals == a_denial(denied).outcome.refusals);
  CHECK(found[1].outcome.kind == verdict_kind::allow);
  CHECK(found[1].outcome.terms->expires == at_ns(7'000'000'000));
}

TEST_CASE(
    "a query that takes longer than it may is ended, says so, and leaves the next one alone") {
  const directory d;
  auto s = opened(d.journal());
  fill_journal(*s);
  for (int i = 0; i < 500; ++i) {
    const auto p = an_open_plan("many" + std::to_string(i));
    put(*s, plan_accepted{p});
    put(*s, a_denial(p));
  }
  REQUIRE(s->commit().has_value());
  const auto none = reader::open(d.journal(), milliseconds{5'000}, milliseconds{0}).value();
  for (int again = 0; again < 2; ++again) {
    const auto found = none->reasons({});
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == errc::busy);
    CHECK(found.error().text.find("narrower window") != std::string::npos);
  }
  CHECK_FALSE(none->plans({.limit = 10'000}).has_value());
  CHECK(none->last_seq().value() == s->last_seq());
  CHECK(none->holds().value().empty());  // It takes too few steps to be looked at.
  const auto enough = reader::open(d.journal(), milliseconds{5'000}, milliseconds{60'000}).value();
  CHECK_FALSE(enough->reasons({}).value().empty());
}

TEST_CASE("a journal whose writer is gone can still be read") {
  const directory d;
  {
    auto s = opened(d.journal());
    fill_journal(*s);
  }
  CHECK(read(d.journal())->last_seq().value() == 8);
}

}  // namespace
}  // namespace sluice::journal

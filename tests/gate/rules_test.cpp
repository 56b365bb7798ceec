// One row per refusal code: the least that has to be wrong for the gate to say exactly that.
#include <algorithm>
#include <functional>
#include <set>

#include "gate_builders.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

struct row {
  const char* name{""};
  refusal_code code{refusal_code::plan_expired};
  plan subject{};
  std::function<void(plan&, facts&)> spoil{};
};

facts passing(const plan& p) {
  return std::holds_alternative<open_plan>(p.body) ? facts_for_open() : facts_for_reduce();
}

order_in_flight flight(flight_phase phase) {
  return {plan_id{"other"}, phase, start};
}

std::vector<row> common_rows() {
  return {
      {"deadline passed", refusal_code::plan_expired, an_open(),
       [](plan& p, facts&) { p.deadline = start; }},
      {"cancel past its deadline", refusal_code::plan_expired, a_cancel("c", "o1"),
       [](plan& p, facts&) { p.deadline = start; }},
      {"source not listed", refusal_code::source_not_allowed, a_reduce(),
       [](plan&, facts& f) { f.source_allowed = false; }},
      {"symbol unknown", refusal_code::symbol_not_in_universe, an_open(),
       [](plan&, facts& f) { f.instrument.reset(); }},
      {"symbol left out binds entries", refusal_code::symbol_not_in_universe, an_open(),
       [](plan&, facts& f) { f.instrument->offered = false; }},
      {"symbol not trading", refusal_code::symbol_not_trading, a_reduce(),
       [](plan&, facts& f) { f.instrument->tradable = false; }},
      {"halted binds exits", refusal_code::halted, a_reduce(),
       [](plan&, facts& f) { f.state = trading_state::halted; }},
      {"reduce only binds entries", refusal_code::reduce_only_state, an_open(),
       [](plan&, facts& f) { f.state = trading_state::reduce_only; }},
      {"truth unknown for an entry", refusal_code::no_exchange_snapshot, an_open(),
       [](plan&, facts& f) { f.position = {}; }},
      {"truth unknown for an exit", refusal_code::no_exchange_snapshot, a_reduce(),
       [](plan&, facts& f) { f.position = {}; }},
      {"truth too old for an entry", refusal_code::stale_exchange_state, an_open(),
       [](plan&, facts& f) {
         f.limits.stale_after_entry = milliseconds{0};
         f.position.as_of = start - milliseconds{1};
       }},
      {"truth too old for an exit", refusal_code::stale_exchange_state, a_reduce(),
       [](plan&, facts& f) { f.position.as_of = start - milliseconds{10'001}; }},
      {"hold", refusal_code::reconcile_hold_active, an_open(),
       [](plan&, facts& f) {
         f.held = hold{.id = 1, .position = btc(), .cause = hold_cause::side_flip};
       }},
      {"hold that binds exits", refusal_code::reconcile_hold_active, a_reduce(),
       [](plan&, facts& f) {
         f.held = hold{.id = 1, .position = btc(), .cause = hold_cause::side_flip};
         f.limits.hold_blocks_reduce = true;
       }},
      {"permit is out", refusal_code::order_in_flight, a_reduce(),
       [](plan&, facts& f) { f.in_flight = flight(flight_phase::permitted); }},
      {"order not yet seen in truth", refusal_code::order_in_flight, an_open(),
       [](plan&, facts& f) { f.in_flight = flight(flight_phase::unreflected); }},
      {"order unknown", refusal_code::order_unknown, a_reduce(),
       [](plan&, facts& f) { f.in_flight = flight(flight_phase::unknown); }},
      {"fresh fill", refusal_code::cooldown_in_flight, an_open(),
       [](plan&, facts& f) { f.last_fill_at = start - milliseconds{14'999}; }},
      {"unreachable", refusal_code::exchange_unreachable, an_open(),
       [](plan&, facts& f) {
         f.exchange = {false, "reset", std::nullopt};
       }},
      {"banned", refusal_code::exchange_banned, a_reduce(),
       [](plan&, facts& f) { f.exchange.banned_until = start + milliseconds{1}; }},
  };
}

std::vector<row> position_rows() {
  return {
      {"nothing to reduce", refusal_code::no_position, a_reduce(),
       [](plan&, facts& f) { f.position = seen(position_flat{}); }},
      {"target reached", refusal_code::already_at_target, a_reduce("r", "0.5"),
       [](plan&, facts&) {}},
      {"target between two steps", refusal_code::already_at_target, a_reduce("r", "0.4995"),
       [](plan&, facts&) {}},
      {"open against a smaller position", refusal_code::would_flip, an_open("o", "0.3"),
       [](plan&, facts& f) { f.position = holding("-0.2"); }},
      {"open against a larger position", refusal_code::position_exists, an_open(),
       [](plan&, facts& f) { f.position = holding("-0.2"); }},
      {"ledger on the other side", refusal_code::reconcile_required_side_mismatch, an_open(),
       [](plan&, facts& f) {
         f.position = holding("0.2");
         f.ledger = qty("-0.2");
         f.limits.allow_add = true;
       }},
      {"ledger differs", refusal_code::reconcile_required_qty_mismatch, an_open(),
       [](plan&, facts& f) { f.ledger = qty("0.001"); }},
      {"open against its own leg", refusal_code::would_flip, an_open(),
       [](plan& p, facts&) { p.leg = position_side::short_; }},
      {"position of that side stands", refusal_code::would_increase, an_open(),
       [](plan&, facts& f) { f.position = holding("0.2"); }},
      {"no mark", refusal_code::no_mark_price, an_open(), [](plan&, facts& f) { f.mark.reset(); }},
      {"mark too old", refusal_code::no_mark_price, an_open(),
       [](plan&, facts& f) { f.mark_at = start - milliseconds{10'001}; }},
      {"entry below the smallest quantity", refusal_code::below_min_quantity,
       an_open("o", "0.0009"), [](plan&, facts& f) { f.instrument->min_notional = {}; }},
      {"partial exit below the smallest quantity", refusal_code::below_min_quantity,
       a_reduce("r", "0.498"), [](plan&, facts& f) { f.instrument->min_quantity = qty("0.003"); }},
      {"entry below the smallest value", refusal_code::below_min_notional, an_open("o", "0.0019"),
       [](plan&, facts&) {}},
      {"entry above the largest quantity", refusal_code::above_max_quantity,
       an_open("o", "100.001"), [](plan&, facts&) {}},
  };
}

std::vector<row> rows() {
  auto all = common_rows();
  for (auto& r : position_rows())
    all.push_back(std::move(r));
  return all;
}

std::vector<refusal_code> codes_of(const judgement& j) {
  std::vector<refusal_code> codes;
  if (const auto* no = std::get_if<refused>(&j))
    for (const auto& r : no->refusals)
      codes.push_back(r.code);
  return codes;
}

}  // namespace

TEST_CASE("each refusal code has facts that give exactly it") {
  for (auto& r : rows()) {
    INFO(r.name);
    auto f = passing(r.subject);
    const bool cancel = std::holds_alternative<cancel_plan>(r.subject.body);
    if (r.code != refusal_code::already_at_target && r.code != refusal_code::below_min_quantity &&
        r.code != refusal_code::below_min_notional && r.code != refusal_code::above_max_quantity)
      CHECK((cancel || std::holds_alternative<permit>(judge(r.subject, f, milliseconds{2'000}))));
    r.spoil(r.subject, f);
    CHECK(codes_of(judge(r.subject, f, milliseconds{2'000})) == std::vector{r.code});
  }
}

TEST_CASE("the table of reasons has a row for every code that a rule can give") {
  std::set<refusal_code> covered;
  for (const auto& r : rows())
    covered.insert(r.code);
  for (const auto& r : rules()) {
    INFO(to_string(r.code));
    CHECK(covered.contains(r.code));
  }
  // Given outside of the rules: by the planner, on a cancel, at a restart.
  CHECK(covered.size() + 3 == refusal_code_count);
}

TEST_CASE("all refusals are reported, in the order of the codes") {
  auto p = an_open();
  auto f = facts_for_open();
  p.deadline = start;
  f.state = trading_state::halted;
  f.position.as_of = start - milliseconds{99'000};
  f.exchange.reachable = false;
  const auto outcome = to_verdict(judge(p, f, milliseconds{2'000}));
  REQUIRE(outcome.refusals.size() == 4);
  CHECK(outcome.kind == verdict_kind::expire);
  CHECK(outcome.reason() == refusal_code::plan_expired);
  CHECK(outcome.refusals[1].code == refusal_code::halted);
  CHECK(outcome.refusals[2].code == refusal_code::stale_exchange_state);
  CHECK(outcome.refusals[2].observed == measure{milliseconds{99'000}});
  CHECK(outcome.refusals[2].limit == measure{milliseconds{10'000}});
  CHECK(outcome.refusals[3].code == refusal_code::exchange_unreachable);
}

TEST_CASE("exits pass where only entries are bound") {
  auto f = facts_for_reduce();
  f.state = trading_state::reduce_only;
  f.held = hold{.id = 1, .position = btc(), .cause = hold_cause::unexplained_drift};
  f.last_fill_at = start;
  f.mark.reset();
  f.instrument->min_notional = value_of("1000000");
  CHECK(std::holds_alternative<permit>(judge(a_reduce(), f, milliseconds{2'000})));
}

TEST_CASE("a cancel is asked about its deadline only, and needs no permit") {
  facts f;  // Nothing is known at all.
  f.now = at(milliseconds{0});
  f.state = trading_state::halted;
  CHECK(
      std::holds_alternative<cancel_admitted>(judge(a_cancel("c", "o1"), f, milliseconds{2'000})));
}

TEST_CASE("an open may add to its own side when the limits say so") {
  auto f = facts_for_open();
  f.position = holding("0.2");
  f.limits.allow_add = true;
  CHECK(std::holds_alternative<permit>(judge(an_open(), f, milliseconds{2'000})));
}

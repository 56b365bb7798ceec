// The state as of the last record, read from the state rows and, for whole plans, from the spine.
#include "recover.hpp"

#include <algorithm>

#include "chain.hpp"
#include "collect.hpp"
#include "exit_rows.hpp"
#include "flatten_rows.hpp"
#include "sluice/journal/clock_steps.hpp"
#include "sluice/journal/facts_json.hpp"
#include "stop_rows.hpp"

namespace sluice::journal {
namespace {

/// Enough to recognise what was traded while nobody listened.
constexpr std::int64_t own_orders_max = 10'000;
/// Orders that are looked at for fills that are missing; older trades are not given any more.
constexpr std::int64_t unbooked_orders_max = 1'000;

stamp stamp_of(const row& wall_and_steady) {
  return {instant{duration{wall_and_steady.number(1)}}, {wall_and_steady.number(0)}};
}

result<ledger_line> read_line(const row& r) {
  ledger_line l;
  if (auto read = read_row(r, "ledger_line", l.position.instrument, l.position.leg, l.amount,
                           l.entry, l.realised, l.fills, l.last_traded_at.ms, l.changed_at);
      !read)
    return read.error();
  return l;
}

result<plan_identity> read_identity(const row& r) {
  return plan_identity{.id_hash = stable_hash(r.text(0)),
                       .content_hash = static_cast<std::uint64_t>(r.number(1))};
}

/// Those that were archived are older than all others.
result<void> recover_plan_ids(database& db, std::int64_t most, recovered& out) {
  for (const auto* newest :
       {"SELECT plan_id, content_hash FROM plan ORDER BY seq DESC LIMIT ?",
        "SELECT plan_id, content_hash FROM remembered_plan ORDER BY seq DESC LIMIT ?"}) {
    const auto wanted = most - static_cast<std::int64_t>(out.plans.size());
    if (auto read = collect(db, newest, {wanted}, out.plans, read_identity); !read)
      return read;
  }
  std::ranges::reverse(out.plans);
  return {};
}

result<void> recover_plans(database& db, recovered& out) {
  return collect(db,
                 "SELECT r.body FROM plan p JOIN record r ON r.seq = p.seq "
                 "WHERE p.verdict_seq IS NULL ORDER BY p.seq",
                 {}, out.undecided_plans, [](const row& r) { return parse_plan(r.text(0)); });
}

result<void> count_orders(database& db, unfinished_plan& p) {
  return db.each(
      "SELECT attempt, state, executed, amount FROM orders WHERE plan_id = ? ORDER BY attempt",
      {p.what.id}, [&](const row& r) -> result<void> {
        int attempt = 0;
        order_state state{};
        quantity executed;
        quantity amount;
        if (auto read = read_row(r, "orders", attempt, state, executed, amount); !read)
          return read;
        ++p.orders;
        if (is_resolved(state)) {
          p.last_attempt = attempt;
          p.last_amount = amount;
          p.last_executed = executed;
          p.executed += executed;
        }
        return {};
      });
}

result<void> read_position_before(database& db, unfinished_plan& p) {
  return db.each(
      "SELECT facts FROM verdict WHERE plan_id = ? AND kind = 'allow' AND times_judged > 0 "
      "ORDER BY seq DESC LIMIT 1",
      {p.what.id}, [&](const row& r) -> result<void> {
        const auto seen = parse_facts(r.text(0));
        if (!seen)
          return seen.error();
        p.position_before = amount_of(seen->position.content).abs();
        return {};
      });
}

result<void> recover_unfinished(database& db, recovered& out) {
  auto read = collect(db,
                      "SELECT r.body FROM plan p JOIN record r ON r.seq = p.seq "
                      "WHERE p.verdict = 'allow' AND p.kind <> 'cancel' "
                      "AND p.finished_seq IS NULL ORDER BY p.seq",
                      {}, out.unfinished_plans, [](const row& r) -> result<unfinished_plan> {
                        auto what = parse_plan(r.text(0));
                        if (!what)
                          return what.error();
                        return unfinished_plan{.what = std::move(*what)};
                      });
  for (auto& p : out.unfinished_plans) {
    if (read)
      read = count_orders(db, p);
    if (read)
      read = read_position_before(db, p);
  }
  return read;
}

/// No cancel is older than what it is of.
result<void> recover_withdrawals(database& db, recovered& out) {
  return collect(
      db,
      "SELECT r.body FROM plan p JOIN record r ON r.seq = p.seq "
      "WHERE p.kind = 'cancel' AND (p.verdict = 'allow' OR p.verdict_seq IS NULL) AND p.seq > "
      "(SELECT min(seq) FROM plan WHERE kind <> 'cancel' AND (verdict_seq IS NULL OR "
      "(verdict = 'allow' AND finished_seq IS NULL))) ORDER BY p.seq",
      {}, out.withdrawals, [](const row& r) -> result<withdrawal> {
        const auto cancel = parse_plan(r.text(0));
        if (!cancel)
          return cancel.error();
        return withdrawal{std::get<cancel_plan>(cancel->body).target, cancel->id};
      });
}

result<own_order> read_numbered_order(const row& r) {
  own_order o;
  if (auto read = read_row(r, "orders", o.instrument, o.venue_id, o.client_id, o.plan); !read)
    return read.error();
  return o;
}

result<void> recover_orders(database& db, recovered& out) {
  auto orders = read_unresolved_orders(db);
  if (!orders)
    return orders.error();
  out.unresolved_orders = std::move(*orders);
  auto read = collect(db,
                      "SELECT symbol, order_id, client_order_id, plan_id FROM orders "
                      "WHERE order_id <> 0 ORDER BY intended_seq DESC LIMIT ?",
                      {own_orders_max}, out.own_orders, read_numbered_order);
  // The sums may be inexact: at worst an order is looked at for nothing.
  if (read)
    read = collect(
        db,
        "SELECT symbol, order_id, client_order_id, plan_id FROM (SELECT * FROM orders "
        "WHERE order_id <> 0 ORDER BY intended_seq DESC LIMIT ?) AS o "
        "WHERE state IN ('filled', 'cancelled', 'rejected', 'expired') AND executed <> '0' "
        "AND CAST(executed AS REAL) > 0.000000005 + (SELECT total(CAST(f.amount AS REAL)) "
        "FROM fill f WHERE f.plan_id = o.plan_id AND f.order_id = o.order_id AND f.ours = 1)",
        {unbooked_orders_max}, out.unbooked_orders, read_numbered_order);
  if (!read)
    return read;
  return collect(db,
                 "SELECT symbol, order_id, client_order_id, plan_id FROM fill "
                 "WHERE ours = 0 AND client_order_id <> '' ORDER BY seq DESC LIMIT ?",
                 {own_orders_max}, out.foreign_orders, read_numbered_order);
}

result<void> recover_holds(database& db, recovered& out) {
  auto holds = read_holds(db);
  if (!holds)
    return holds.error();
  out.holds = std::move(*holds);
  const auto last = db.number("SELECT max(hold_id) FROM hold_event");
  if (!last)
    return last.error();
  out.last_hold_id = *last;
  return {};
}

result<void> read_fees(database& db, recovered& out) {
  return db.each("SELECT symbol, position_side, asset, amount FROM ledger_fee", {},
                 [&](const row& r) -> result<void> {
                   position_key key;
                   std::string asset;
                   notional paid;
                   if (auto read = read_row(r, "ledger_fee", key.instrument, key.leg, asset, paid);
                       !read)
                     return read;
                   const auto line = std::ranges::find(out.ledger, key, &ledger_line::position);
                   if (line != out.ledger.end())
                     line->fees[asset] = paid;
                   return {};
                 });
}

result<void> recover_books(database& db, recovered& out) {
  auto read = collect(db,
                      "SELECT symbol, position_side, amount, entry, realised, fills, traded_ms, "
                      "wall_ms FROM ledger_line JOIN record ON seq = changed_seq "
                      "ORDER BY symbol, position_side",
                      {}, out.ledger, read_line);
  if (read)
    read = read_fees(db, out);
  return read ? recover_exits(db, out) : read;
}

/// The venue's trade ids grow, so the highest are the newest, and the unique index has their order.
/// A trade of others is in a line from the first adjustment to the truth after it; until then it
/// may still explain a drift.
result<void> recover_trades(database& db, std::int64_t kept, recovered& out) {
  return db.each(
      "SELECT symbol, trade_id FROM (SELECT symbol, trade_id, row_number() OVER "
      "(PARTITION BY symbol ORDER BY trade_id DESC) AS place FROM fill f WHERE ours = 1 OR EXISTS "
      "(SELECT 1 FROM ledger_adjustment a WHERE a.symbol = f.symbol "
      "AND a.position_side = f.position_side AND a.seq > f.seq "
      "AND a.cause NOT IN ('contained', 'reconcile_close'))) WHERE place <= ?",
      {kept}, [&](const row& r) {
        out.trade_ids[symbol(std::string(r.text(0)))].push_back(r.number(1));
        return result<void>{};
      });
}

result<void> read_universe(database& db, recovered& out) {
  kept_universe kept;
  std::uint64_t hash = 0;
  auto newest = db.each("SELECT read_ms, content_hash FROM universe ORDER BY seq DESC LIMIT 1", {},
                        [&](const row& r) -> result<void> {
                          kept.read_at = {r.number(0)};
                          hash = static_cast<std::uint64_t>(r.number(1));
                          return {};
                        });
  if (!newest || kept.read_at.ms == 0)
    return newest;
  return db.each(
      "SELECT r.body FROM universe u JOIN record r ON r.seq = u.seq "
      "WHERE u.has_content = 1 ORDER BY u.seq DESC LIMIT 1",
      {}, [&](const row& r) -> result<void> {
        auto content = parse_universe(r.text(0));
        if (!content)
          return content.error();
        if (content_hash(*content) != hash)
          return fail(errc::malformed, "is not the universe that was read last");
        kept.content = std::move(*content);
        out.last_universe = std::move(kept);
        return {};
      });
}

/// The venue is asked for it anyway, so no start fails for it; but it is told.
void recover_universe(database& db, recovered& out) {
  if (const auto read = read_universe(db, out); !read)
    out.universe_fault = read.error().text;
}

result<void> recover_end(database& db, recovered& out) {
  const auto end = read_chain_end(db);
  if (!end)
    return end.error();
  out.last_seq = end->seq;
  return db.each("SELECT wall_ms, steady_ns FROM record WHERE seq = ?", {end->seq},
                 [&](const row& r) -> result<void> {
                   out.last_at = stamp_of(r);
                   return {};
                 });
}

result<clock_steps> read_clock_steps(database& db, std::int64_t since) {
  clock_steps steps;
  auto read = db.each("SELECT wall_ms, steady_ns, seq FROM record WHERE seq >= ? ORDER BY seq",
                      {since}, [&](const row& r) -> result<void> {
                        steps.next(r.number(2), stamp_of(r));
                        return {};
                      });
  if (!read)
    return read.error();
  return steps;
}

/// The deadlines of plans that have not ended are by the clock as it was when they came: they are
/// set back as it was since, or a later process would give them that much more time. It may have
/// been set back before their record, too, which came a moment later.
result<void> set_deadlines_back(database& db, recovered& out) {
  struct open_plan {
    std::int64_t seq;
    milliseconds back_before;
    plan* what;
  };
  std::vector<open_plan> open;
  const auto add = [&](plan& p) {
    return db.each(
        "SELECT r.wall_ms, r.steady_ns, r.seq FROM plan p JOIN record r ON r.seq = p.seq "
        "WHERE p.plan_id = ?",
        {p.id}, [&](const row& r) -> result<void> {
          open.push_back({r.number(2), set_back_between(p.received, stamp_of(r)), &p});
          return {};
        });
  };
  for (auto& p : out.undecided_plans)
    if (auto read = add(p); !read)
      return read;
  for (auto& p : out.unfinished_plans)
    if (auto read = add(p.what); !read)
      return read;
  if (open.empty())
    return {};
  const auto steps = read_clock_steps(db, std::ranges::min(open, {}, &open_plan::seq).seq);
  if (!steps)
    return steps.error();
  for (const auto& p : open) {
    const auto back = p.back_before + steps->set_back_since(p.seq);
    p.what->deadline_wall.ms -= back.count();
    p.what->received.wall.ms -= back.count();
  }
  return {};
}

}  // namespace

result<std::vector<hold>> read_holds(database& db) {
  std::vector<hold> holds;
  auto read = collect(
      db,
      "SELECT hold_id, symbol, position_side, cause, ledger_amount, truth_amount, "
      "evidence, since_ms FROM hold "
      "ORDER BY placed_seq",
      {}, holds, [](const row& r) -> result<hold> {
        hold h;
        if (auto fits = read_row(r, "hold", h.id, h.position.instrument, h.position.leg, h.cause,
                                 h.ledger_amount, h.truth_amount, h.evidence, h.since);
            !fits)
          return fits.error();
        return h;
      });
  if (!read)
    return read.error();
  return holds;
}

result<recovered> recover_from(database& db, std::int64_t trade_ids_kept,
                               std::int64_t plan_ids_kept) {
  recovered out;
  if (auto read = recover_plan_ids(db, plan_ids_kept, out); !read)
    return read.error();
  for (const auto part :
       {&recover_end, &recover_operator, &recover_plans, &recover_unfinished, &set_deadlines_back,
        &recover_withdrawals, &recover_orders, &recover_holds, &recover_books, &recover_stops,
        &recover_flattens, &recover_limits})
    if (auto read = part(db, out); !read)
      return read.error();
  if (auto read = recover_trades(db, trade_ids_kept, out); !read)
    return read.error();
  recover_universe(db, out);
  return out;
}

}  // namespace sluice::journal

// The state as of the last record, read from the state rows and, for whole plans, from the spine.
#include "recover.hpp"

#include "collect.hpp"
#include "sluice/journal/facts_json.hpp"

namespace sluice::journal {
namespace {

result<ledger_line> read_line(const row& r) {
  ledger_line l;
  if (auto read = read_row(r, "ledger_line", l.position.instrument, l.position.leg, l.amount);
      !read)
    return read.error();
  return l;
}

result<exit_state> read_exit(const row& r) {
  exit_state e;
  if (auto read =
          read_row(r, "exit_state", e.position.instrument, e.position.leg, e.active, e.entry,
                   e.initial, e.opened_at, e.stop, e.target, e.time_limit, e.origin);
      !read)
    return read.error();
  return e;
}

result<plan_identity> read_identity(const row& r) {
  return plan_identity{.id_hash = stable_hash(r.text(0)),
                       .content_hash = static_cast<std::uint64_t>(r.number(1))};
}

result<void> recover_plans(database& db, recovered& out) {
  auto read = collect(db, "SELECT plan_id, content_hash FROM plan ORDER BY seq", {}, out.plans,
                      read_identity);
  if (!read)
    return read;
  return collect(db,
                 "SELECT r.body FROM plan p JOIN record r ON r.seq = p.seq "
                 "WHERE p.verdict_seq IS NULL ORDER BY p.seq",
                 {}, out.undecided_plans, [](const row& r) { return parse_plan(r.text(0)); });
}

result<void> recover_orders(database& db, recovered& out) {
  auto orders = read_unresolved_orders(db);
  if (!orders)
    return orders.error();
  out.unresolved_orders = std::move(*orders);
  return {};
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

result<void> recover_books(database& db, recovered& out) {
  auto read = collect(db, "SELECT symbol, position_side, amount FROM ledger_line", {}, out.ledger,
                      read_line);
  if (!read)
    return read;
  return collect(db,
                 "SELECT symbol, position_side, active, entry, initial, opened_ms, stop, target, "
                 "time_limit_ms, origin FROM exit_state WHERE active = 1",
                 {}, out.exits, read_exit);
}

/// The venue's trade ids grow, so the highest are the newest, and the unique index has their order.
result<void> recover_trades(database& db, std::int64_t kept, recovered& out) {
  return db.each(
      "SELECT symbol, trade_id FROM (SELECT symbol, trade_id, row_number() OVER "
      "(PARTITION BY symbol ORDER BY trade_id DESC) AS place FROM fill) WHERE place <= ?",
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

result<void> recover_state(database& db, recovered& out) {
  const auto last = db.number("SELECT max(seq) FROM record");
  if (!last)
    return last.error();
  out.last_seq = *last;
  return db.each("SELECT state_after FROM state_change ORDER BY seq DESC LIMIT 1", {},
                 [&](const row& r) { return read_row(r, "state_change", out.state); });
}

}  // namespace

result<std::vector<hold>> read_holds(database& db) {
  std::vector<hold> holds;
  auto read = collect(db,
                      "SELECT hold_id, symbol, position_side, cause, evidence, since_ms FROM hold "
                      "ORDER BY placed_seq",
                      {}, holds, [](const row& r) -> result<hold> {
                        hold h;
                        if (auto fits = read_row(r, "hold", h.id, h.position.instrument,
                                                 h.position.leg, h.cause, h.evidence, h.since);
                            !fits)
                          return fits.error();
                        return h;
                      });
  if (!read)
    return read.error();
  return holds;
}

result<recovered> recover_from(database& db, std::int64_t trade_ids_kept) {
  recovered out;
  for (const auto part :
       {&recover_state, &recover_plans, &recover_orders, &recover_holds, &recover_books})
    if (auto read = part(db, out); !read)
      return read.error();
  if (auto read = recover_trades(db, trade_ids_kept, out); !read)
    return read.error();
  recover_universe(db, out);
  return out;
}

}  // namespace sluice::journal

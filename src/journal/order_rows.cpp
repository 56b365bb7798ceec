// Orders with their current state, as rows of the journal.
#include <string>

#include "collect.hpp"
#include "recover.hpp"
#include "sluice/journal/record_json.hpp"

namespace sluice::journal {
namespace {

const std::string& columns() {
  static const std::string text =
      "SELECT plan_id, client_order_id, symbol, position_side, direction, amount, reduce_only, "
      "attempt, truth_version, state, order_id, executed, detail, intended_ms, changed_ms, type, "
      "limit_price "
      "FROM orders ";
  return text;
}

result<stored_order> read_order(const row& r) {
  stored_order o;
  auto& q = o.request;
  if (auto read = read_row(r, "orders", o.plan, q.id, q.instrument, q.leg, q.direction, q.amount,
                           q.reduce_only, o.attempt, o.truth_version, o.state, o.venue_id,
                           o.executed, o.detail, o.intended_at, o.changed_at, q.type, q.limit);
      !read)
    return read.error();
  if (q.type == order_type::limit)
    q.lasts = time_in_force::ioc;  // No other is ever sent.
  return o;
}

/// What only the intent's record has.
result<void> read_positions_before(database& db, std::vector<stored_order>& orders) {
  return db.each(
      "SELECT r.kind, r.body FROM orders JOIN record r ON r.seq = intended_seq "
      "WHERE state NOT IN ('filled', 'cancelled', 'rejected', 'expired')",
      {}, [&](const row& r) -> result<void> {
        const auto body = parse_state_body(r.text(0), r.text(1));
        if (!body)
          return body.error();
        const auto* intent = *body ? std::get_if<order_intended>(&**body) : nullptr;
        for (auto& o : orders)
          if (intent && o.request.id == intent->request.id) {
            o.held = intent->held;
            o.held_since = intent->held_since;
          }
        return {};
      });
}

}  // namespace

result<std::vector<stored_order>> read_orders(database& db, const order_filter& f) {
  static const std::string sql =
      columns() +
      "WHERE (?1 OR state NOT IN ('filled', 'cancelled', 'rejected', 'expired')) "
      "AND (?2 IS NULL OR symbol = ?2) ORDER BY intended_seq DESC LIMIT ?3";
  std::vector<stored_order> orders;
  auto read = collect(db, sql, {f.which == order_selection::all, f.instrument, f.limit}, orders,
                      read_order);
  if (!read)
    return read.error();
  return orders;
}

result<std::vector<stored_order>> read_unresolved_orders(database& db) {
  // The words of the partial index, so that it is used.
  static const std::string sql =
      columns() +
      "WHERE state NOT IN ('filled', 'cancelled', 'rejected', 'expired') ORDER BY intended_seq";
  std::vector<stored_order> orders;
  auto read = collect(db, sql, {}, orders, read_order);
  if (read)
    read = read_positions_before(db, orders);
  if (!read)
    return read.error();
  return orders;
}

}  // namespace sluice::journal

// Questions about positions, symbols, settings, one order and its fills, and the refusal of answers
// to another one.
#include "questions.hpp"

#include <algorithm>
#include <utility>

#include "asking.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

/// The most rows one userTrades reply can hold.
constexpr std::int64_t trades_max = 1'000;

result<snapshot> snapshot_of(const http_reply& reply, const symbol& scope) {
  auto rows = parse_positions(reply.body);
  if (!rows)
    return rows.error();
  const auto outside = [&](const position_row& row) { return row.position.instrument != scope; };
  if (!scope.empty() && std::any_of(rows->begin(), rows->end(), outside))
    return fail(errc::malformed, "the reply holds symbols that were not asked for");
  std::vector<position_key> seen;
  for (const auto& row : *rows)
    seen.push_back(row.position);
  std::sort(seen.begin(), seen.end());
  if (std::adjacent_find(seen.begin(), seen.end()) != seen.end())
    return fail(errc::malformed, "the reply holds a position twice");
  return snapshot{scope, reply.sent_at, reply.received_at, std::move(*rows)};
}

}  // namespace

void ask_positions(session& venue, const symbol& scope, read_options options,
                   std::function<void(read_result<snapshot>)> done) {
  ask<snapshot>(venue, scoped(endpoint::positions, scope, options), std::move(done),
                [scope](const http_reply& reply) { return snapshot_of(reply, scope); });
}

void ask_universe(session& venue, read_options options,
                  std::function<void(read_result<universe>)> done) {
  ask<universe>(venue, {endpoint::exchange_info, {}, options}, std::move(done),
                [&venue](const http_reply& reply) -> result<universe> {
                  auto read = parse_exchange_info(reply.body);
                  if (!read)
                    return read.error();
                  read->read_at = reply.sent_at;
                  venue.adopt_limits(read->limits, limit_source::everybody);
                  return read;
                });
}

void ask_settings(session& venue, read_options options,
                  std::function<void(read_result<account_settings>)> done) {
  ask<account_settings>(venue, {endpoint::account_config, {}, options}, std::move(done),
                        [](const http_reply& reply) { return parse_account_config(reply.body); });
}

void ask_order(session& venue, const symbol& on, const client_order_id& id, read_options options,
               std::function<void(read_result<order_report>)> done) {
  query parameters;
  parameters.add("symbol", on.str()).add("origClientOrderId", id.str());
  ask<order_report>(venue, {endpoint::order_query, std::move(parameters), options}, std::move(done),
                    [on, id](const http_reply& reply) -> result<order_report> {
                      auto read = parse_order(reply.body);
                      if (read && (read->client_id != id || read->instrument != on))
                        return fail(errc::malformed, "the reply describes another order");
                      return read;
                    });
}

void ask_order_numbered(session& venue, const symbol& on, order_id number, read_options options,
                        std::function<void(read_result<order_report>)> done) {
  query parameters;
  parameters.add("symbol", on.str()).add("orderId", number);
  ask<order_report>(venue, {endpoint::order_query, std::move(parameters), options}, std::move(done),
                    [on, number](const http_reply& reply) -> result<order_report> {
                      auto read = parse_order(reply.body);
                      if (read && (read->id != number || read->instrument != on))
                        return fail(errc::malformed, "the reply describes another order");
                      return read;
                    });
}

void ask_fills(session& venue, const symbol& on, order_id id, read_options options,
               std::function<void(read_result<std::vector<fill>>)> done) {
  query parameters;
  parameters.add("symbol", on.str());
  if (id != 0)
    parameters.add("orderId", id);
  parameters.add("limit", trades_max);
  ask<std::vector<fill>>(
      venue, {endpoint::user_trades, std::move(parameters), options}, std::move(done),
      [on, id](const http_reply& reply) -> result<std::vector<fill>> {
        auto read = parse_user_trades(reply.body);
        if (!read)
          return read;
        const auto foreign = [&](const fill& f) {
          return (id != 0 && f.order != id) || f.instrument != on;
        };
        if (std::any_of(read->begin(), read->end(), foreign))
          return fail(errc::malformed, "the reply holds trades of another order");
        // A full page may not be all of them, and half a list of an order's fills is worse than
        // none.
        if (id != 0 && read->size() >= static_cast<std::size_t>(trades_max))
          return fail(errc::malformed, "the order has more trades than one reply holds");
        return read;
      });
}

}  // namespace sluice::exchange

// Placing and cancelling regular orders, and clearing a symbol of them.
#include <utility>

#include "changes.hpp"
#include "order_words.hpp"
#include "sluice/exchange/replies.hpp"
#include "understood.hpp"

namespace sluice::exchange {
namespace {

/// The longest countdown that makes sense: a day. The venue names no limit.
constexpr milliseconds countdown_max = std::chrono::hours(24);

/// Why an order cannot be meant; empty when it can.
std::string objection(const order_request& wanted) {
  if (wanted.id.empty() || wanted.instrument.empty() || wanted.amount.sign() <= 0)
    return "an order needs an id, a symbol and a quantity above zero";
  if (wanted.type == order_type::limit && wanted.limit.sign() <= 0)
    return "a LIMIT order needs a price above zero";
  if (wanted.type == order_type::market && !wanted.limit.is_zero())
    return "a MARKET order has no price";
  // In hedge mode the words "reduce only" do not travel: the leg and side must say the same.
  if (wanted.reduce_only && wanted.leg != position_side::both &&
      !only_reduces(false, wanted.leg, wanted.direction))
    return "this side cannot reduce that leg";
  return {};
}

query parameters_of(const order_request& wanted) {
  query parameters;
  parameters.add("symbol", wanted.instrument.str()).add("side", word_of(wanted.direction));
  // The venue takes reduceOnly only in one-way mode; in hedge mode the leg says what closes.
  if (wanted.leg != position_side::both)
    parameters.add("positionSide", word_of(wanted.leg));
  else if (wanted.reduce_only)
    parameters.add("reduceOnly", "true");
  parameters.add("type", word_of(wanted.type)).add("quantity", wanted.amount.str());
  if (wanted.type == order_type::limit)
    parameters.add("price", wanted.limit.str()).add("timeInForce", word_of(wanted.lasts));
  parameters.add("newClientOrderId", wanted.id.str()).add("newOrderRespType", "RESULT");
  return parameters;
}

/// A 200 speaks of our order only if it names it.
result<order_done> speaks_of(const order_request& wanted, const http_reply& reply) {
  auto read = parse_order(reply.body);
  if (!read)
    return read.error();
  if (read->client_id != wanted.id || read->instrument != wanted.instrument ||
      read->direction != wanted.direction || read->leg != wanted.leg)
    return fail(errc::malformed, "the reply describes another order");
  return order_done{std::move(*read)};
}

result<order_done> speaks_of(const symbol& on, const client_order_id& id, const http_reply& reply) {
  auto read = parse_order(reply.body);
  if (!read)
    return read.error();
  if (read->client_id != id || read->instrument != on)
    return fail(errc::malformed, "the reply describes another order");
  return order_done{std::move(*read)};
}

}  // namespace

void send_order(session& venue, const order_request& wanted, instant asked, milliseconds timeout,
                std::function<void(order_outcome)> done) {
  if (auto why = objection(wanted); !why.empty())
    return done(not_sent(std::move(why)));
  const auto kind = only_reduces(wanted.reduce_only, wanted.leg, wanted.direction)
                        ? request_budget::order_kind::closes
                        : request_budget::order_kind::opens;
  change<order_done>(venue, {endpoint::place_order, parameters_of(wanted), timeout, kind, asked},
                     std::move(done),
                     [wanted](const http_reply& reply) { return speaks_of(wanted, reply); });
}

void send_cancel(session& venue, const symbol& on, const client_order_id& id, milliseconds timeout,
                 std::function<void(order_outcome)> done) {
  if (on.empty() || id.empty())
    return done(not_sent("a cancellation needs a symbol and an id"));
  query parameters;
  parameters.add("symbol", on.str()).add("origClientOrderId", id.str());
  change<order_done>(venue, {endpoint::cancel_order, std::move(parameters), timeout},
                     std::move(done),
                     [on, id](const http_reply& reply) { return speaks_of(on, id, reply); });
}

void send_clear(session& venue, clears what, const symbol& on, milliseconds timeout,
                std::function<void(change_outcome<symbol_cleared>)> done) {
  if (on.empty())
    return done(not_sent("cancelling all needs a symbol"));
  query parameters;
  parameters.add("symbol", on.str());
  const auto where =
      what == clears::orders ? endpoint::cancel_all_orders : endpoint::cancel_all_conditionals;
  change<symbol_cleared>(venue, {where, std::move(parameters), timeout}, std::move(done),
                         [on](const http_reply& reply) -> result<symbol_cleared> {
                           const auto read = parse_done(reply.body);
                           if (!read)
                             return read.error();
                           return symbol_cleared{on};
                         });
}

void send_countdown(session& venue, const symbol& on, milliseconds after, milliseconds timeout,
                    std::function<void(change_outcome<countdown_armed>)> done) {
  if (on.empty() || after.count() < 0 || after > countdown_max)
    return done(not_sent("a countdown needs a symbol and at most a day"));
  query parameters;
  parameters.add("symbol", on.str()).add("countdownTime", after.count());
  change<countdown_armed>(venue, {endpoint::countdown_cancel_all, std::move(parameters), timeout},
                          std::move(done),
                          [on, after](const http_reply& reply) -> result<countdown_armed> {
                            auto read = parse_countdown(reply.body);
                            if (read && (read->instrument != on || read->after != after))
                              return fail(errc::malformed, "the reply describes another countdown");
                            return read;
                          });
}

}  // namespace sluice::exchange

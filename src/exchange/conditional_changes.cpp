// Placing and cancelling conditional orders.
#include <utility>

#include "changes.hpp"
#include "conditional_words.hpp"
#include "order_words.hpp"
#include "sluice/exchange/replies.hpp"
#include "understood.hpp"

namespace sluice::exchange {
namespace {

bool becomes_limit(conditional_kind kind) {
  return kind == conditional_kind::stop_limit || kind == conditional_kind::take_profit_limit;
}

/// Buying into a long leg or selling into a short one would open, not close.
bool leg_grows(const conditional_request& wanted) {
  return (wanted.leg == position_side::long_ && wanted.direction == side::buy) ||
         (wanted.leg == position_side::short_ && wanted.direction == side::sell);
}

/// Why a conditional order cannot be meant; empty when it can.
std::string objection(const conditional_request& wanted) {
  if (wanted.id.empty() || wanted.instrument.empty() || wanted.trigger.sign() <= 0)
    return "a conditional order needs an id, a symbol and a trigger above zero";
  if (wanted.close_position) {
    if (becomes_limit(wanted.kind) || !wanted.amount.is_zero())
      return "closing the whole position takes a MARKET kind and no quantity";
  } else if (wanted.amount.sign() <= 0) {
    return "a conditional order needs a quantity above zero or closes the position";
  }
  if ((wanted.close_position || wanted.reduce_only) && leg_grows(wanted))
    return "this side cannot reduce that leg";
  if (becomes_limit(wanted.kind) != (wanted.limit.sign() > 0))
    return "a price above zero belongs to the LIMIT kinds and only to them";
  return {};
}

query parameters_of(const conditional_request& wanted) {
  query parameters;
  parameters.add("algoType", "CONDITIONAL").add("symbol", wanted.instrument.str());
  parameters.add("side", word_of(wanted.direction)).add("type", word_of(wanted.kind));
  if (wanted.leg != position_side::both)
    parameters.add("positionSide", word_of(wanted.leg));
  else if (wanted.reduce_only && !wanted.close_position)
    parameters.add("reduceOnly", "true");
  if (wanted.close_position)
    parameters.add("closePosition", "true");
  else
    parameters.add("quantity", wanted.amount.str());
  if (becomes_limit(wanted.kind))
    parameters.add("price", wanted.limit.str()).add("timeInForce", word_of(wanted.lasts));
  parameters.add("triggerPrice", wanted.trigger.str());
  parameters.add("workingType", word_of(wanted.compares)).add("clientAlgoId", wanted.id.str());
  return parameters;
}

}  // namespace

void send_conditional(session& venue, const conditional_request& wanted, instant asked,
                      milliseconds timeout, std::function<void(conditional_outcome)> done) {
  if (auto why = objection(wanted); !why.empty())
    return done(not_sent(std::move(why)));
  const bool closes =
      wanted.close_position || only_reduces(wanted.reduce_only, wanted.leg, wanted.direction);
  const auto kind = closes ? request_budget::order_kind::guards : request_budget::order_kind::opens;
  change<conditional_done>(
      venue, {endpoint::place_conditional, parameters_of(wanted), timeout, kind, asked},
      std::move(done), [wanted](const http_reply& reply) -> result<conditional_done> {
        auto read = parse_conditional(reply.body);
        if (!read)
          return read.error();
        if (read->client_id != wanted.id || read->instrument != wanted.instrument ||
            read->direction != wanted.direction || read->leg != wanted.leg)
          return fail(errc::malformed, "the reply describes another conditional order");
        return conditional_done{std::move(*read)};
      });
}

void send_conditional_cancel(session& venue, const client_order_id& id, milliseconds timeout,
                             std::function<void(change_outcome<conditional_cancelled>)> done) {
  if (id.empty())
    return done(not_sent("a cancellation needs an id"));
  query parameters;
  parameters.add("clientAlgoId", id.str());
  change<conditional_cancelled>(
      venue, {endpoint::cancel_conditional, std::move(parameters), timeout}, std::move(done),
      [id](const http_reply& reply) -> result<conditional_cancelled> {
        auto read = parse_conditional_cancelled(reply.body);
        if (read && read->client_id != id)
          return fail(errc::malformed, "the reply describes another conditional order");
        return read;
      });
}

}  // namespace sluice::exchange

// Endpoints that place, change and cancel regular orders.
#include <fmt/format.h>

#include "documents.hpp"
#include "order_actions.hpp"
#include "order_parameters.hpp"
#include "refusals.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

/// The open order a request names, of that symbol; null when there is none.
outcome<const ledger_order*> named_open(venue_state& v, const call& c, const instrument& what) {
  const auto found = named_order(v, c, what);
  if (error_of(found))
    return found;
  const auto* o = std::get<0>(found);
  return o && !is_final(o->report.status) ? o : nullptr;
}

outcome<order_change> read_change(const call& c) {
  order_change change;
  const auto direction = read_side(c.given);
  if (const auto* wrong = error_of(direction))
    return *wrong;
  const auto amount = read_quantity(c.given);
  if (const auto* wrong = error_of(amount))
    return *wrong;
  const auto limit = read_price(c.given, "price");
  if (const auto* wrong = error_of(limit))
    return *wrong;
  change.direction = std::get<0>(direction);
  change.amount = std::get<0>(amount);
  change.limit = std::get<0>(limit);
  return change;
}

/// One order within the limits, counted when it was not refused.
reply answer_single(venue_state& v, const call& c,
                    outcome<std::string> (*act)(venue_state&, const call&)) {
  auto& limiter = v.accounts[c.owner].limiter();
  if (auto refused = limiter.check(c.now.venue))
    return refuse_too_many(v, *refused);
  auto answer = act(v, c);
  if (const auto* wrong = error_of(answer))
    return error_reply(*wrong);
  limiter.count(c.now.venue);
  auto out = json_reply(std::get<0>(std::move(answer)));
  add_order_counts(out, limiter, c.now.venue);
  return out;
}

}  // namespace

void add_order_counts(reply& out, const order_limiter& l, venue_time now) {
  out.headers.emplace_back("x-mbx-order-count-10s", std::to_string(l.used_10s(now)));
  out.headers.emplace_back("x-mbx-order-count-1m", std::to_string(l.used_1m(now)));
}

outcome<std::string> place_order(venue_state& v, const call& c) {
  auto draft = read_draft(v, c.given, v.accounts[c.owner].hedged(), c.now.venue.ms);
  if (const auto* wrong = error_of(draft))
    return *wrong;
  auto& d = std::get<0>(draft);
  d.fills = c.fills;
  const auto shape = d.result_reply ? order_shape::result : order_shape::acknowledgement;
  const auto placed = v.place(c.owner, d, c.now);
  if (const auto* wrong = error_of(placed))
    return *wrong;
  return order_text(std::get<0>(placed), *d.what, shape, v.chosen.trading.averages);
}

reply post_order(venue_state& v, const call& c) {
  return answer_single(v, c, place_order);
}

reply post_order_test(venue_state& v, const call& c) {
  auto draft = read_draft(v, c.given, v.accounts[c.owner].hedged(), c.now.venue.ms);
  if (const auto* wrong = error_of(draft))
    return error_reply(*wrong);
  const auto& d = std::get<0>(draft);
  if (auto wrong = v.desk.test(c.owner, d))
    return error_reply(*wrong);
  ledger_order o;
  o.kind = d.kind;
  o.lasts = d.lasts;
  o.limit = d.limit;
  o.price_match = d.price_match;
  o.self_trade = d.self_trade;
  o.report.client_id = d.id;
  o.report.instrument = d.what->name;
  o.report.leg = d.leg;
  o.report.direction = d.direction;
  o.report.original = d.amount;
  o.report.reduce_only = d.reduce_only;
  o.report.updated_at = c.now.venue;
  return json_reply(
      order_text(o, *d.what, order_shape::acknowledgement, average_fields::everywhere));
}

outcome<std::string> change_order(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return *wrong;
  const auto order = named_open(v, c, *std::get<0>(what));
  if (const auto* wrong = error_of(order))
    return *wrong;
  auto change = read_change(c);
  if (const auto* wrong = error_of(change))
    return *wrong;
  if (!std::get<0>(order))
    return refuse<-2013>();
  std::get<0>(change).id = std::get<0>(order)->report.id;
  const auto changed = v.desk.modify(c.owner, std::get<0>(change), c.now.venue);
  v.publish(c.now);
  if (const auto* wrong = error_of(changed))
    return *wrong;
  return order_text(std::get<0>(changed), *std::get<0>(what), order_shape::change,
                    v.chosen.trading.averages);
}

reply put_order(venue_state& v, const call& c) {
  return answer_single(v, c, change_order);
}

outcome<std::string> cancel_order(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return *wrong;
  const auto order = named_open(v, c, *std::get<0>(what));
  if (const auto* wrong = error_of(order))
    return *wrong;
  if (!std::get<0>(order))
    return refuse<-2011>();
  const auto gone = v.desk.cancel(c.owner, std::get<0>(order)->report.id, c.now.venue);
  v.publish(c.now);
  if (const auto* wrong = error_of(gone))
    return *wrong;
  return order_text(std::get<0>(gone), *std::get<0>(what), order_shape::result,
                    v.chosen.trading.averages);
}

reply delete_order(venue_state& v, const call& c) {
  auto gone = cancel_order(v, c);
  if (const auto* wrong = error_of(gone))
    return error_reply(*wrong);
  return json_reply(std::get<0>(std::move(gone)));
}

reply delete_all_open_orders(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  v.desk.cancel_all(c.owner, std::get<0>(what)->name, c.now.venue);
  v.publish(c.now);
  return json_reply(R"({"code":200,"msg":"The operation of cancel all open order is done."})");
}

reply post_countdown(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto time = c.given.whole("countdownTime");
  if (const auto* wrong = error_of(time))
    return error_reply(*wrong);
  const auto ms = std::get<0>(time);
  if (!ms)
    return error_reply(missing_parameter("countdownTime"));
  if (*ms < 0 || *ms > 86'400'000)
    return error_reply(bad_parameter("countdownTime"));
  const auto& name = std::get<0>(what)->name;
  v.timers.set(c.owner, name,
               *ms == 0 ? std::nullopt : std::optional(c.now.steady + milliseconds{*ms}));
  return json_reply(fmt::format(R"({{"symbol":"{}","countdownTime":"{}"}})", name.str(), *ms));
}

}  // namespace sluice::simulator

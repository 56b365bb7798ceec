// Endpoints that read orders and trades: one order, open ones, history.
#include <algorithm>

#include "documents.hpp"
#include "history_filter.hpp"
#include "refusals.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

constexpr std::int64_t day_ms = 24LL * 3'600 * 1'000;

constexpr std::int64_t trades_kept_ms = 90 * day_ms;

/// The venue forgets orders that ended without a fill after 3 days, all others after 90.
bool forgotten(const ledger_order& o, venue_time now) {
  const auto& r = o.report;
  const bool unfilled = is_final(r.status) && r.executed.is_zero();
  return is_final(r.status) && now.ms - r.updated_at.ms > (unfilled ? 3 : 90) * day_ms;
}

}  // namespace

outcome<const ledger_order*> named_order(venue_state& v, const call& c, const instrument& what) {
  const auto id = c.given.whole("orderId");
  if (const auto* wrong = error_of(id))
    return *wrong;
  const auto client_id = c.given.find("origClientOrderId");
  if (!std::get<0>(id) && !client_id)
    return refuse<-1102, 1>("origClientOrderId", "orderId");
  const auto& who = v.accounts[c.owner];
  const auto* found =
      std::get<0>(id) ? who.order_by_id(*std::get<0>(id)) : who.order_by_client_id(*client_id);
  return found && found->report.instrument == what.name ? found : nullptr;
}

reply get_order(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto order = named_order(v, c, *std::get<0>(what));
  if (const auto* wrong = error_of(order))
    return error_reply(*wrong);
  if (const auto* found = std::get<0>(order); found && !forgotten(*found, c.now.venue))
    return json_reply(
        order_text(*found, *std::get<0>(what), order_shape::query, v.chosen.trading.averages));
  return error_reply(refuse<-2013>());
}

reply get_open_order(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto order = named_order(v, c, *std::get<0>(what));
  if (const auto* wrong = error_of(order))
    return error_reply(*wrong);
  const auto* found = std::get<0>(order);
  if (!found || is_final(found->report.status))
    return error_reply(refuse<-2013>());
  return json_reply(
      order_text(*found, *std::get<0>(what), order_shape::query, v.chosen.trading.averages));
}

reply get_open_orders(venue_state& v, const call& c) {
  const auto& who = v.accounts[c.owner];
  const std::set<order_id>* ids = &who.open_orders();
  if (c.given.find("symbol")) {
    const auto what = named_instrument(v, c.given);
    if (const auto* wrong = error_of(what))
      return error_reply(*wrong);
    const auto* h = who.find(std::get<0>(what)->name);
    if (!h)
      return json_reply("[]");
    ids = &h->open;
  }
  std::vector<std::string> rows;
  for (auto id : *ids) {
    const auto& o = *who.order_by_id(id);
    rows.push_back(order_text(o, *v.instruments.find(o.report.instrument.str()), order_shape::query,
                              v.chosen.trading.averages));
  }
  return json_reply(joined(rows));
}

reply get_all_orders(venue_state& v, const call& c) {
  const instrument* only = nullptr;
  if (c.given.find("symbol")) {
    const auto what = named_instrument(v, c.given);
    if (const auto* wrong = error_of(what))
      return error_reply(*wrong);
    only = std::get<0>(what);
  }
  const auto filter = read_filter(c.given, "orderId");
  if (const auto* wrong = error_of(filter))
    return error_reply(*wrong);
  const auto& f = std::get<0>(filter);
  std::vector<const ledger_order*> found;
  const auto& orders = v.accounts[c.owner].orders();
  for (auto it = orders.lower_bound(f.id.value_or(0)); it != orders.end(); ++it) {
    const auto& o = it->second;
    if ((!only || o.report.instrument == only->name) && f.covers(o.created_at))
      found.push_back(&o);
  }
  keep_limit(found, f, f.id || f.start_ms);
  std::vector<std::string> rows;
  for (const auto* o : found)
    rows.push_back(order_text(*o, *v.instruments.find(o->report.instrument.str()),
                              order_shape::history, v.chosen.trading.averages));
  return json_reply(joined(rows));
}

reply get_user_trades(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto filter = read_filter(c.given, "orderId");
  if (const auto* wrong = error_of(filter))
    return error_reply(*wrong);
  const auto& f = std::get<0>(filter);
  const auto& i = *std::get<0>(what);
  std::vector<const booked_fill*> found;
  for (const auto& b : v.accounts[c.owner].fills()) {
    const auto& t = b.trade;
    if (t.instrument == i.name && (!f.id || t.order == *f.id) &&
        (!f.from_id || t.id >= *f.from_id) && f.covers(t.traded_at) &&
        c.now.venue.ms - t.traded_at.ms <= trades_kept_ms)
      found.push_back(&b);
  }
  keep_limit(found, f, f.from_id || f.start_ms);
  std::vector<std::string> rows;
  for (const auto* b : found)
    rows.push_back(trade_text(*b, i));
  return json_reply(joined(rows));
}

reply get_force_orders(venue_state& v, const call& c) {
  const instrument* only = nullptr;
  if (c.given.find("symbol")) {
    const auto what = named_instrument(v, c.given);
    if (const auto* wrong = error_of(what))
      return error_reply(*wrong);
    only = std::get<0>(what);
  }
  const auto kind = c.given.find("autoCloseType").value_or("");
  if (!kind.empty() && kind != "LIQUIDATION" && kind != "ADL")
    return error_reply(bad_parameter("autoCloseType"));
  const auto filter = read_filter(c.given, "orderId", 100);
  if (const auto* wrong = error_of(filter))
    return error_reply(*wrong);
  const auto& f = std::get<0>(filter);
  std::vector<const ledger_order*> found;
  for (const auto& [id, o] : v.accounts[c.owner].orders()) {
    const bool adl = o.report.client_id.str().starts_with("adl_");
    if (o.origin == order_origin::venue && (!only || o.report.instrument == only->name) &&
        (kind.empty() || adl == (kind == "ADL")) && f.covers(o.created_at))
      found.push_back(&o);
  }
  keep_limit(found, f, f.start_ms.has_value());
  std::vector<std::string> rows;
  for (const auto* o : found)
    rows.push_back(order_text(*o, *v.instruments.find(o->report.instrument.str()),
                              order_shape::history, v.chosen.trading.averages));
  return json_reply(joined(rows));
}

}  // namespace sluice::simulator

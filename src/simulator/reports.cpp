// Writes ledger and transcript.
#include "reports.hpp"

#include <boost/json/array.hpp>

#include "documents.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

const char* name_of(order_origin o) {
  switch (o) {
    case order_origin::api:
      return "api";
    case order_origin::person:
      return "person";
    case order_origin::venue:
      return "venue";
  }
  return "api";
}

json::object describe_fill(const fill& f) {
  return {{"symbol", f.instrument.str()}, {"trade_id", f.id},
          {"order_id", f.order},          {"client_order_id", f.client_id.str()},
          {"leg", to_string(f.leg)},      {"side", to_string(f.direction)},
          {"quantity", f.amount.str()},   {"price", f.at.str()},
          {"fee", f.fee.str()},           {"realised", f.realised.str()},
          {"time", f.traded_at.ms}};
}

json::object describe_position(const ledger_position& p) {
  return {{"symbol", p.instrument.str()},   {"leg", to_string(p.leg)},
          {"amount", p.amount.str()},       {"entry", p.entry.str()},
          {"margin", venue_word(p.margin)}, {"isolated_wallet", p.isolated_wallet.str()},
          {"time", p.changed_at.ms}};
}

json::object describe_funding(const ledger_funding& f) {
  return {{"symbol", f.instrument.str()},
          {"leg", to_string(f.leg)},
          {"amount", f.amount.str()},
          {"time", f.at.ms}};
}

json::object describe_algo(const ledger_algo& a) {
  return {{"algo_id", a.id},
          {"client_algo_id", a.client_id.str()},
          {"type", a.type},
          {"symbol", a.instrument.str()},
          {"leg", to_string(a.leg)},
          {"side", to_string(a.direction)},
          {"status", venue_word(a.status)},
          {"quantity", a.amount.str()},
          {"trigger", a.trigger.str()},
          {"price", a.limit.str()},
          {"reduce_only", a.reduce_only},
          {"closes_position", a.closes_position},
          {"order_id", a.actual_order},
          {"failure", a.failure},
          {"time", a.created_at.ms}};
}

json::object describe_account(const account_ledger& a) {
  json::array positions;
  for (const auto& p : a.positions)
    positions.push_back(describe_position(p));
  json::array fills;
  for (const auto& f : a.fills)
    fills.push_back(describe_fill(f));
  json::array orders;
  for (const auto& o : a.orders)
    orders.push_back(describe_order(o));
  json::array algos;
  for (const auto& o : a.algos)
    algos.push_back(describe_algo(o));
  json::array fundings;
  for (const auto& f : a.fundings)
    fundings.push_back(describe_funding(f));
  return {{"hedge_mode", a.hedge_mode},
          {"multi_assets", a.multi_assets},
          {"initial_balance", a.initial_balance.str()},
          {"wallet", a.wallet.str()},
          {"realised", a.realised.str()},
          {"fees", a.fees.str()},
          {"funding", a.funding.str()},
          {"cleared", a.cleared.str()},
          {"positions", std::move(positions)},
          {"fills", std::move(fills)},
          {"orders", std::move(orders)},
          {"algos", std::move(algos)},
          {"fundings", std::move(fundings)}};
}

}  // namespace

json::object describe_order(const ledger_order& o) {
  const auto& r = o.report;
  return {{"order_id", r.id},
          {"client_order_id", r.client_id.str()},
          {"origin", name_of(o.origin)},
          {"symbol", r.instrument.str()},
          {"leg", to_string(r.leg)},
          {"side", to_string(r.direction)},
          {"type", o.kind == order_kind::limit ? "LIMIT" : "MARKET"},
          {"time_in_force", venue_word(o.lasts)},
          {"price", o.limit.str()},
          {"open", !is_final(r.status)},
          {"status", r.status_text},
          {"expiry_reason", o.expiry_reason},
          {"asked", o.asked.str()},
          {"original", r.original.str()},
          {"executed", r.executed.str()},
          {"average", r.average.str()},
          {"reduce_only", r.reduce_only},
          {"time", o.created_at.ms},
          {"updated", r.updated_at.ms}};
}

json::object describe_ledger(const ledger& l) {
  json::array accounts;
  for (const auto& a : l.accounts)
    accounts.push_back(describe_account(a));
  return {{"time", l.at.ms}, {"accounts", std::move(accounts)}};
}

json::object describe_request(const transcript_entry& e) {
  return {{"number", e.number},          {"time", e.at.venue.ms},
          {"method", e.method},          {"path", e.path},
          {"parameters", e.parameters},  {"took_effect", e.took_effect},
          {"status", e.status},          {"code", e.code},
          {"weight_used", e.weight_used}};
}

}  // namespace sluice::simulator

// Decimals are strings, times RFC 3339; what is not known is null, never zero.
#include "flatten_documents.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "sluice/execution/client_id.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

json::value text_or_null(std::string_view s) {
  return s.empty() ? json::value(nullptr) : json::value(json::string(s));
}

json::value scope_json(const symbol& scope) {
  return json::string(scope.empty() ? std::string_view{"all"} : std::string_view{scope.str()});
}

template <class Decimal>
json::value decimal_or_null(Decimal d) {
  return d.is_zero() ? json::value(nullptr) : json::value(json::string(d.str()));
}

json::object position_object(const position_key& key, const truth_view& seen,
                             const mark_board& marks) {
  json::object row{{"symbol", key.instrument.str()},
                   {"position_side", to_string(key.leg)},
                   {"truth", kind_of(seen.content)}};
  if (!is_known(seen.content))
    return row;
  const auto amount = amount_of(seen.content);
  row["amount"] = amount.str();
  const auto mark = marks.read(key.instrument);
  row["mark"] = mark ? json::value(json::string(mark->value.str())) : json::value(nullptr);
  row["notional"] =
      mark ? json::value(json::string((amount.abs() * mark->value).str())) : json::value(nullptr);
  return row;
}

json::object regular_object(const order_report& r, const std::string& account) {
  return {{"symbol", r.instrument.str()},
          {"kind", "regular"},
          {"client_order_id", r.client_id.str()},
          {"order_id", std::to_string(r.id)},
          {"ours", is_ours(account, r.client_id)},
          {"position_side", to_string(r.leg)},
          {"side", to_string(r.direction)},
          {"type", text_or_null(r.type_text)},
          {"amount", r.original.str()},
          {"executed", r.executed.str()},
          {"price", decimal_or_null(r.limit)},
          {"reduce_only", r.reduce_only}};
}

json::object conditional_object(const conditional_report& r, const std::string& account) {
  return {{"symbol", r.instrument.str()},
          {"kind", "conditional"},
          {"client_order_id", r.client_id.str()},
          {"order_id", std::to_string(r.id)},
          {"ours", is_ours(account, r.client_id)},
          {"position_side", to_string(r.leg)},
          {"side", to_string(r.direction)},
          {"type", text_or_null(r.type_text)},
          {"amount", decimal_or_null(r.amount)},
          {"trigger", r.trigger.str()},
          {"price", decimal_or_null(r.limit)},
          {"reduce_only", r.reduce_only},
          {"closes_position", r.close_position},
          {"cancelled", protects(r) ? "once its position is flat" : "at once"}};
}

json::value orders_json(const flatten_preview& p, const std::string& account) {
  if (!p.orders_fault.empty())
    return nullptr;
  json::array rows;
  for (const auto& r : p.regular)
    rows.push_back(regular_object(r, account));
  for (const auto& r : p.conditional)
    rows.push_back(conditional_object(r, account));
  std::ranges::stable_sort(rows, {}, [](const json::value& row) {
    return std::string_view{row.as_object().at("symbol").as_string()};
  });
  return rows;
}

json::object closing_object(const closing_line& l) {
  return {{"symbol", l.position.instrument.str()},
          {"position_side", to_string(l.position.leg)},
          {"state", to_string(l.state)},
          {"amount", l.amount.str()},
          {"reason", text_or_null(l.reason)},
          {"plans", l.plans},
          {"last_plan", text_or_null(l.last_plan.str())}};
}

json::object flatten_object(const flatten_progress& p) {
  json::array positions;
  for (const auto& l : p.positions)
    positions.push_back(closing_object(l));
  const auto& w = p.what;
  json::object out{
      {"id", w.id},
      {"scope", scope_json(w.instrument)},
      {"state", p.outcome ? to_string(*p.outcome) : "running"},
      {"author", w.author},
      {"reason", w.reason},
      {"ordered_at", format_rfc3339(w.ordered_at)},
      {"gives_up_at", format_rfc3339(w.give_up_at)},
      {"ended_at", text_or_null(p.ended_at ? format_rfc3339(*p.ended_at) : std::string{})},
      {"left", text_or_null(p.left)},
      {"positions", std::move(positions)}};
  if (p.outcome)
    return out;
  out["not_proven_flat"] = p.unproven;
  out["orders"] = json::object{{"regular", p.regular},
                               {"conditional", p.conditional},
                               {"not_read", text_or_null(p.orders_fault)}};
  return out;
}

}  // namespace

std::string preview_json(const flatten_preview& p, const flatten_context& context) {
  json::array positions;
  for (const auto& [key, seen] : p.positions)
    positions.push_back(position_object(key, seen, *context.marks));
  return json::serialize(json::object{{"dry_run", true},
                                      {"scope", scope_json(p.scope)},
                                      {"positions", std::move(positions)},
                                      {"orders", orders_json(p, context.account)},
                                      {"orders_not_read", text_or_null(p.orders_fault)},
                                      {"confirm", p.token},
                                      {"valid_until", format_rfc3339(p.valid_until)}});
}

std::string flatten_json(const flatten_progress& p) {
  return json::serialize(flatten_object(p));
}

std::string flattens_json(const std::vector<flatten_progress>& all) {
  json::array rows;
  for (const auto& p : all)
    rows.push_back(flatten_object(p));
  return json::serialize(json::object{{"flattens", std::move(rows)}});
}

}  // namespace sluice::actors

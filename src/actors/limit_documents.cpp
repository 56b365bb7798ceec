// Limits as JSON and as gauges.
#include "limit_documents.hpp"

#include <boost/json.hpp>

namespace sluice::actors {
namespace {

namespace json = boost::json;

/// Counts are numbers, money is text.
struct measure_json {
  json::value operator()(std::int64_t v) const { return json::value(v); }
  json::value operator()(std::monostate) const { return json::value(nullptr); }
  template <class Other>
  json::value operator()(const Other& v) const {
    return json::value(to_string(measure{v}));
  }
};

json::value value_of(const std::optional<measure>& m) {
  return m ? std::visit(measure_json{}, *m) : json::value(nullptr);
}

/// No limit is null, not 0.
json::value max_of(const limit_line& l) {
  const bool none = l.max == measure{std::int64_t{0}} || l.max == measure{notional{}};
  return none ? json::value(nullptr) : std::visit(measure_json{}, l.max);
}

json::object line_object(const limit_line& l) {
  json::object out{{"used", value_of(l.used)},
                   {"max", max_of(l)},
                   {"left", value_of(l.left)},
                   {"percent", l.left ? json::value(l.percent) : json::value(nullptr)}};
  if (!l.worst.empty())
    out["symbol"] = l.worst.str();
  return out;
}

json::object symbol_object(const symbol_in_use& s) {
  return {{"symbol", s.instrument.str()},
          {"notional", s.value.str()},
          {"entries_minute", s.entries.minute},
          {"entries_hour", s.entries.hour},
          {"round_trips", s.today.round_trips},
          {"losses_in_a_row", s.today.losses_in_a_row},
          {"banned", s.banned}};
}

json::value margin_value(const limits_view& v) {
  if (!v.margin)
    return nullptr;
  return json::object{{"equity", v.margin->equity.str()},
                      {"initial", v.margin->initial.str()},
                      {"peak", v.margin->peak.str()},
                      {"age_ms", between(v.margin->as_of, v.at.steady).count()}};
}

/// For gauges, where money is a number like any other.
double number_of(const measure& m) {
  if (const auto* count = std::get_if<std::int64_t>(&m))
    return static_cast<double>(*count);
  const auto* value = std::get_if<notional>(&m);
  return value ? value->approx() : 0.0;
}

}  // namespace

json::object limits_object(const limits_view& v) {
  json::object out;
  for (const auto& l : v.lines)
    out[l.name] = line_object(l);
  return out;
}

std::string limits_json(const limits_view& v) {
  json::array symbols;
  for (const auto& s : v.symbols)
    symbols.push_back(symbol_object(s));
  constexpr std::size_t date_length = 10;
  return json::serialize(
      json::object{{"at", format_rfc3339(v.at.wall)},
                   {"limits", limits_object(v)},
                   {"today", json::object{{"day", format_rfc3339(v.at.wall).substr(0, date_length)},
                                          {"realised", v.today.realised.str()},
                                          {"fees", v.today.fees.str()},
                                          {"funding", v.today.funding.str()},
                                          {"result", v.today.result().str()}}},
                   {"margin", margin_value(v)},
                   {"symbols", std::move(symbols)}});
}

void show_limits_in(status::metrics& metrics, const limits_view& v) {
  metrics.clear(status::metric::limit_used);
  for (const auto& l : v.lines) {
    metrics.set(status::metric::limit_max, {l.name}, number_of(l.max));
    if (l.used)
      metrics.set(status::metric::limit_used, {l.name}, number_of(*l.used));
  }
}

}  // namespace sluice::actors

// Each with who, why, and the way out.
#include "operator_documents.hpp"

#include <boost/json.hpp>

#include "sluice/gate/overrides.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

json::value text_or_null(std::string_view s) {
  return s.empty() ? json::value(nullptr) : json::value(json::string(s));
}

json::value time_or_null(std::optional<wall_time> t) {
  return text_or_null(t && t->ms != 0 ? format_rfc3339(*t) : std::string{});
}

json::object override_object(const setting_override& o) {
  return {{"id", o.id},
          {"key", o.key},
          {"value", o.value},
          {"author", o.author},
          {"reason", o.reason},
          {"since", time_or_null(o.since)},
          {"until", time_or_null(o.until)},
          {"fresh_for", text_or_null(o.fresh_for ? format_duration(*o.fresh_for) : "")}};
}

std::string_view side_of(quantity signed_amount) {
  if (signed_amount.is_zero())
    return "flat";
  return signed_amount.sign() > 0 ? "long" : "short";
}

json::object hold_object(const hold& h) {
  const auto& name = h.position.instrument.str();
  return {{"id", h.id},
          {"symbol", name},
          {"position_side", to_string(h.position.leg)},
          {"side", side_of(h.truth_amount)},
          {"cause", to_string(h.cause)},
          {"since", time_or_null(h.since)},
          {"ledger_amount", h.ledger_amount.str()},
          {"truth_amount", h.truth_amount.str()},
          {"evidence", h.evidence},
          {"release_rule", release_rule(h.cause)},
          {"release_command", release_command(h)},
          {"release", "POST /api/v1/holds/" + name + "/release"}};
}

json::object close_object(const close_arming& a) {
  return {{"id", a.id},         {"symbol", a.instrument.str()},   {"author", a.author},
          {"reason", a.reason}, {"since", time_or_null(a.since)}, {"until", time_or_null(a.until)}};
}

/// "29m58s"; "0ms" once it is over.
std::string left_until(wall_time until, wall_time now) {
  return format_duration(milliseconds{std::max<std::int64_t>(until.ms - now.ms, 0)});
}

}  // namespace

json::object state_object(const standing_state& s) {
  return {{"state", to_string(s.state)},
          {"author", text_or_null(s.author)},
          {"reason", text_or_null(s.reason)},
          {"since", time_or_null(s.since)},
          {"until", time_or_null(s.until)}};
}

std::string state_json(const standing_state& s) {
  return json::serialize(state_object(s));
}

json::array overrides_array(const std::vector<setting_override>& standing, wall_time now) {
  json::array out;
  for (const auto& o : standing) {
    auto row = override_object(o);
    row["left"] = left_until(o.until, now);
    out.push_back(std::move(row));
  }
  return out;
}

std::string override_json(const setting_override& o) {
  return json::serialize(override_object(o));
}

std::string overrides_json(const std::vector<setting_override>& standing,
                           const gate_settings& normal, wall_time now) {
  json::array keys;
  for (const auto& key : overridable_keys)
    keys.push_back(json::object{
        {"key", key.name}, {"normal", value_text(key, normal)}, {"ceiling", ceiling_text(key)}});
  return json::serialize(json::object{{"overrides", overrides_array(standing, now)},
                                      {"overridable", std::move(keys)}});
}

std::string resynced_json(const resynced& done, const stamp& now) {
  const wall_time as_of{now.wall.ms - between(done.sent_at, now.steady).count()};
  return json::serialize(json::object{{"as_of", format_rfc3339(as_of)},
                                      {"took_ms", done.took.count()},
                                      {"open", done.open},
                                      {"flat", done.flat},
                                      {"unknown", done.unknown},
                                      {"changed", done.changed}});
}

std::string holds_json(const projection& folded) {
  json::array rows;
  for (const auto& [key, h] : folded.holds())
    rows.push_back(hold_object(h));
  return json::serialize(json::object{{"holds", std::move(rows)}});
}

std::string closes_json(const projection& folded, wall_time now) {
  json::array rows;
  for (const auto& [id, arming] : folded.armings()) {
    auto row = close_object(arming);
    row["left"] = left_until(arming.until, now);
    rows.push_back(std::move(row));
  }
  return json::serialize(json::object{{"closes", std::move(rows)}});
}

std::string close_json(const close_arming& a) {
  return json::serialize(close_object(a));
}

}  // namespace sluice::actors

// Reads the journal, or walks over the keys; both give one document.
#include "insight_pages.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "plan_query.hpp"
#include "sluice/config/report.hpp"
#include "sluice/status/problem.hpp"
#include "status_documents.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

constexpr milliseconds window_default{3'600'000};
constexpr milliseconds window_min{1'000};
constexpr milliseconds window_max{31LL * 24 * 3'600'000};

}  // namespace

status::response reasons_page(journal::reader& reader, const status::request& asked,
                              wall_time now) {
  auto length = window_default;
  if (const auto text = asked.query.find("for")) {
    const auto parsed = parse_duration(*text);
    if (!parsed || *parsed < window_min || *parsed > window_max)
      return status::problem_response(
          {400,
           "invalid_query",
           {},
           {},
           {{"for", parsed ? std::string{"takes from 1s to 31d"} : parsed.error().text}}});
    length = *parsed;
  }
  journal::reason_window window{
      .since = {now.ms - length.count()}, .until = now, .instrument = std::nullopt};
  if (const auto name = asked.query.find("symbol"))
    window.instrument = symbol(std::string(*name));
  const auto found = reader.reasons(window);
  if (!found)
    return status::problem_response(503, found.error().text);
  return status::json_response(journal::to_json(window, *found));
}

std::string config_json(const config::settings& chosen,
                        const std::map<std::string, wall_time>& changed_at,
                        const std::vector<setting_change>& restart_needed) {
  json::array keys;
  for (const auto& key : config::keys_of(chosen)) {
    const auto changed = changed_at.find(key.name);
    keys.push_back(json::object{
        {"key", key.name},
        {"value", key.value},
        {"source", key.source},
        {"changes", key.when == config::changes::at_reload ? "at_reload" : "at_restart"},
        {"changed_at", changed == changed_at.end()
                           ? json::value(nullptr)
                           : json::value(format_rfc3339(changed->second))}});
  }
  json::array waiting;
  for (const auto& c : restart_needed)
    waiting.push_back(json::object{{"key", c.key}, {"in_force", c.before}, {"in_file", c.after}});
  return json::serialize(json::object{{"file", chosen.from.file},
                                      {"keys", std::move(keys)},
                                      {"restart_needed", std::move(waiting)}});
}

std::string config_hash(const config::settings& chosen) {
  std::string values;
  for (const auto& key : config::keys_of(chosen))
    values += key.name + '=' + key.value + '\n';
  return fmt::format("{:016x}", stable_hash(values));
}

status::response plans_page(journal::reader& reader, const status::request& asked, wall_time now) {
  auto wanted = read_plan_query(asked.query, now);
  if (!wanted)
    return status::problem_response({400, "invalid_query", {}, {}, std::move(wanted).error()});
  const auto found = reader.plans(*wanted);
  if (!found)
    return status::problem_response(503, found.error().text);
  return status::json_response(plans_json(*found, wanted->limit));
}

status::response plan_page(journal::reader& reader, std::string_view id) {
  const auto parsed = parse_plan_id(id);
  if (!parsed)
    return status::problem_response(404, "no plan has this id");
  const auto found = reader.explain(*parsed);
  if (!found)
    return status::problem_response(503, found.error().text);
  if (!*found)
    return status::problem_response(404, "no plan has this id");
  return status::json_response(**found);
}

}  // namespace sluice::actors

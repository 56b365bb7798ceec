// Reads the journal, or walks over the keys; both give one document.
#include "insight_pages.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sluice/config/report.hpp"
#include "sluice/status/problem.hpp"

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

std::string config_json(const config::settings& chosen) {
  json::array keys;
  for (const auto& key : config::keys_of(chosen)) {
    const bool given = key.given_at.line != 0;
    keys.push_back(json::object{
        {"key", key.name},
        {"value", key.value},
        {"source", given ? fmt::format("{}:{}", chosen.from.file, key.given_at.line)
                         : std::string{"default"}},
        {"changes", key.when == config::changes::at_reload ? "at_reload" : "at_restart"}});
  }
  return json::serialize(json::object{{"file", chosen.from.file}, {"keys", std::move(keys)}});
}

}  // namespace sluice::actors

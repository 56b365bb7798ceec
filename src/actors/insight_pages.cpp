// Reads the journal, or walks over the keys; both give one document.
#include "insight_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <optional>

#include "sluice/config/report.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

constexpr milliseconds window_default{3'600'000};
constexpr milliseconds window_min{1'000};
constexpr milliseconds window_max{31LL * 24 * 3'600'000};
constexpr std::int64_t past_events_max = 1'000;

/// After which record; none when the reader only wants what comes.
std::optional<std::int64_t> first_wanted(const status::request& asked, journal::reader& reader) {
  if (!asked.last_event_id.empty())
    return std::strtoll(asked.last_event_id.c_str(), nullptr, 10);
  const auto last = asked.query.find("last");
  if (!last)
    return std::nullopt;
  const auto wanted = std::strtoll(std::string(*last).c_str(), nullptr, 10);
  const auto newest = reader.last_seq();
  return std::max<std::int64_t>(0, (newest ? *newest : 0) - std::max(wanted, 0LL));
}

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

result<std::vector<status::event_frame>> past_events(const status::request& asked,
                                                     journal::reader& reader) {
  std::vector<status::event_frame> out;
  const auto after = first_wanted(asked, reader);
  if (!after)
    return out;
  const auto found = reader.events_after(*after, past_events_max);
  if (!found)
    return found.error();
  for (const auto& e : *found)
    out.push_back(status::make_event(std::to_string(e.seq), e.kind, e.json));
  return out;
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

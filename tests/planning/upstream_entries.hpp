// Entries as the services of an existing pipeline write them, for the tests of what becomes of
// them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "sluice/planning/upstream_plan.hpp"

namespace sluice::upstream {

inline const wall_time noon = *parse_rfc3339("2026-11-26T12:00:00Z");
inline const stamp at_noon{instant{std::chrono::hours{50}}, noon};
inline const arrival by_one_clock{at_noon, noon};

/// One second old by its id and by its timestamp.
inline stream_entry an_entry(stream_fields fields, int number = 0) {
  return {std::to_string(noon.ms - 1'000) + "-" + std::to_string(number), std::move(fields)};
}

/// As the bridge of intents writes an entry.
inline stream_fields an_open(std::string id = "p-1") {
  return {{"plan_id", std::move(id)},
          {"decision", "EXECUTE"},
          {"symbol", "BTCUSDT"},
          {"side", "BUY"},
          {"type", "MARKET"},
          {"qty", "0.01"},
          {"reduceOnly", "false"},
          {"source", "intent_bridge"},
          {"signature", "intent_bridge"},
          {"timestamp", std::to_string(noon.ms / 1'000 - 1)}};
}

/// As the exit side writes one.
inline stream_fields a_close(std::string id = "c-1", std::string action = "FULL_CLOSE_PROPOSED") {
  return {{"plan_id", std::move(id)},    {"decision", "EXECUTE"},   {"symbol", "BTCUSDT"},
          {"action", std::move(action)}, {"source", "apply_layer"}, {"kill_score", "0.539"}};
}

/// The fields with one of them replaced, added, or taken away when the value is "-".
inline stream_fields with(stream_fields fields, std::string_view name, std::string value) {
  std::erase_if(fields, [&](const auto& f) { return f.first == name; });
  if (value != "-")
    fields.emplace_back(std::string{name}, std::move(value));
  return fields;
}

inline upstream_settings admitting() {
  upstream_settings s;
  s.entry_sources = {source_id{"intent_bridge"}};
  return s;
}

}  // namespace sluice::upstream

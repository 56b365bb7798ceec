// A history in which all is well, for tests that spoil it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/history.hpp"

namespace sluice::oracle {

/// One entry of 1 BTCUSDT, filled, and an exit of half of it; a hold on ETHUSDT that came and went.
inline history a_history() {
  history h;
  std::int64_t seq = 0;
  const auto record = [&](std::string kind, std::string json, ms at) {
    h.records.push_back({++seq, std::move(kind), std::move(json), at});
  };
  record("plan_accepted", R"({"plan_id":"p","symbol":"BTCUSDT","body":{"kind":"open"}})", 1'000);
  record("plan_judged", R"({"plan_id":"p","verdict":{"kind":"allow","refusals":[]}})", 1'010);
  record(
      "order_intended",
      R"({"client_order_id":"c1","plan_id":"p","symbol":"BTCUSDT","direction":"buy","amount":"1","reduce_only":false})",
      1'010);
  record("order_changed",
         R"({"client_order_id":"c1","symbol":"BTCUSDT","state":"filled","executed":"1"})", 1'200);
  record(
      "fill_recorded",
      R"({"symbol":"BTCUSDT","trade_id":"1","client_order_id":"c1","direction":"buy","amount":"1","ours":true})",
      1'200);
  record("plan_finished",
         R"({"plan_id":"p","symbol":"BTCUSDT","how":"done","executed":"1","orders":1})", 1'200);
  record("plan_accepted",
         R"({"plan_id":"x","symbol":"BTCUSDT","body":{"kind":"reduce","target":"0.5"}})", 2'000);
  record("plan_judged", R"({"plan_id":"x","verdict":{"kind":"allow","refusals":[]}})", 2'010);
  record(
      "order_intended",
      R"({"client_order_id":"c2","plan_id":"x","symbol":"BTCUSDT","direction":"sell","amount":"0.5","reduce_only":true})",
      2'010);
  record("order_changed",
         R"({"client_order_id":"c2","symbol":"BTCUSDT","state":"filled","executed":"0.5"})", 2'200);
  record(
      "fill_recorded",
      R"({"symbol":"BTCUSDT","trade_id":"2","client_order_id":"c2","direction":"sell","amount":"0.5","ours":true})",
      2'200);
  record("plan_finished",
         R"({"plan_id":"x","symbol":"BTCUSDT","how":"done","executed":"0.5","orders":1})", 2'300);
  record("hold_placed", R"({"symbol":"ETHUSDT","cause":"side_flip"})", 2'400);
  record("hold_released", R"({"symbol":"ETHUSDT","author":"reconciler","reason":"gone"})", 2'500);
  h.orders = {{"c1", 1, origin::product, "BTCUSDT", true, 100'000'000, 100'000'000, false, false,
               1'100, 1'150},
              {"c2", 2, origin::product, "BTCUSDT", false, 50'000'000, 50'000'000, true, false,
               2'100, 2'150}};
  h.fills = {{1, 1, "c1", "BTCUSDT", true, 100'000'000, 1'150},
             {2, 2, "c2", "BTCUSDT", false, 50'000'000, 2'150}};
  h.allows = {{"p", true, true, 500, 10'000}, {"x", false, true, 900, 10'000}};
  h.allows[0].at = 1'010;
  h.allows[1].at = 2'010;
  for (auto& a : h.allows)
    a.symbol = "BTCUSDT";
  h.allows[1].truth = 100'000'000;
  h.stale_entry = h.stale_exit = 10'000;
  h.arrivals = {{"c1", "BTCUSDT", 1'100, true}, {"c2", "BTCUSDT", 2'100, true}};
  h.wire = {{0, wire_event::restarted},
            {900, wire_event::written, "GET", "/fapi/v3/positionRisk"},
            {950, wire_event::answered, "GET", "/fapi/v3/positionRisk", "", 200}};
  h.weights = {{1'000, 1'900, 2'400}};
  h.plans = {{"p", 5'000, "allow"}, {"x", 6'000, "allow"}};
  h.looks = {{"BTCUSDT", 50'000'000, true, 50'000'000}};
  h.ended_at = 100'000;
  return h;
}

inline bool finds(const std::vector<violation>& all, std::string_view invariant) {
  return std::ranges::any_of(all, [&](const violation& v) { return v.invariant == invariant; });
}

inline journal_record& record_of(history& h, std::string_view kind) {
  return *std::ranges::find(h.records, kind, &journal_record::kind);
}
/// The last one of that kind.
inline journal_record& last_of(history& h, std::string_view kind) {
  return *std::ranges::find(h.records.rbegin(), h.records.rend(), kind, &journal_record::kind);
}
inline void add_record(history& h, std::string kind, std::string json, ms at) {
  h.records.push_back(
      {static_cast<std::int64_t>(h.records.size()) + 1, std::move(kind), std::move(json), at});
}

}  // namespace sluice::oracle

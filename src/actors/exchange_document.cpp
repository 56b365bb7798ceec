// From the port's own views and from what the snapshot manager shows of its reads.
#include "exchange_document.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace sluice::actors {
namespace {

namespace json = boost::json;

constexpr std::array class_names{"exit_demand", "entry_demand", "verification", "routine"};
static_assert(class_names.size() == read_class_count);

json::value time_of(instant at, const stamp& now) {
  return json::string(format_rfc3339(wall_time{now.wall.ms + between(now.steady, at).count()}));
}

/// A limit of orders: what only exits may still spend when entries have had their part.
json::object window_object(const window_view& w, const budget_view& budget) {
  const auto part = [&](read_class c) {
    return w.limit * budget.share_pct_max[static_cast<std::size_t>(c)] / 100;
  };
  return {{"used", w.used},
          {"limit", w.limit},
          {"reserved_for_exits", part(read_class::exit_demand) - part(read_class::entry_demand)}};
}

json::object weight_object(const budget_view& budget) {
  auto out = window_object({budget.weight_used_1m, budget.weight_limit_1m}, budget);
  json::object most;
  for (std::size_t i = 0; i < read_class_count; ++i)
    most[class_names[i]] = budget.weight_limit_1m * budget.share_pct_max[i] / 100;
  out["may_use"] = std::move(most);
  return out;
}

json::array pauses_array(const budget_view& budget, const stamp& now) {
  json::array out;
  const auto add = [&](const char* what, const std::optional<instant>& until) {
    if (until)
      out.push_back(json::object{{"what", what}, {"until", time_of(*until, now)}});
  };
  add("everything", budget.banned_until);
  add("everything", budget.paused_until);
  add("all_but_exits", budget.others_paused_until);
  add("orders", budget.orders_paused_until);
  return out;
}

json::value read_or_null(const std::optional<ended_read>& read, const stamp& now) {
  if (!read)
    return nullptr;
  json::object out{{"scope", read->scope.empty() ? "account" : read->scope.str()},
                   {"sent_at", time_of(read->sent_at, now)},
                   {"took_ms", between(read->sent_at, read->ended_at).count()}};
  if (!read->failure.empty())
    out["why"] = read->failure;
  return out;
}

json::object reads_object(const vitals& numbers, const stamp& now) {
  const auto last = numbers.reads();
  return {{"total", numbers.reads_total.load()},
          {"failed", numbers.reads_failed.load()},
          {"without_budget", numbers.reads_without_budget.load()},
          {"malformed", numbers.reads_malformed.load()},
          {"clock_refused", numbers.reads_clock_refused.load()},
          {"latency_ms", numbers.read_latency_ms.load()},
          {"last_good", read_or_null(last.good, now)},
          {"last_failed", read_or_null(last.failed, now)}};
}

json::object streams_object(const stream_counts& counts, const vitals& numbers) {
  return {{"user", numbers.user_stream_up.load() ? "up" : "down"},
          {"market", numbers.mark_stream_up.load() ? "up" : "down"},
          {"opened", counts.opened},
          {"lost", counts.lost},
          {"overlapped", counts.overlapped},
          {"duplicates_dropped", counts.duplicates_dropped},
          {"ignored", counts.ignored}};
}

json::value clock_or_null(const std::optional<clock_offset>& clock, const stamp& now) {
  if (!clock)
    return nullptr;
  return json::object{{"offset_ms", clock->offset.count()},
                      {"error_ms", clock->error.count()},
                      {"measured_at", time_of(clock->measured_at, now)}};
}

}  // namespace

std::string exchange_json(const exchange_port& venue, const vitals& numbers, const stamp& now) {
  const auto budget = venue.budget();
  const auto reach = numbers.exchange();
  return json::serialize(
      json::object{{"time", format_rfc3339(now.wall)},
                   {"reachable", reach.reachable},
                   {"why", reach.why.empty() ? json::value(nullptr) : json::value(reach.why)},
                   {"banned_until", budget.banned_until ? time_of(*budget.banned_until, now)
                                                        : json::value(nullptr)},
                   {"paused", pauses_array(budget, now)},
                   {"budget", json::object{{"requests_total", budget.requests_total},
                                           {"weight_1m", weight_object(budget)},
                                           {"orders_10s", window_object(budget.orders_10s, budget)},
                                           {"orders_1m", window_object(budget.orders_1m, budget)}}},
                   {"streams", streams_object(venue.streams(), numbers)},
                   {"clock", clock_or_null(venue.clock(), now)},
                   {"reads", reads_object(numbers, now)}});
}

}  // namespace sluice::actors

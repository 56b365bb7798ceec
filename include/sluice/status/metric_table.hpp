// The one table that declares every metric: name, kind, help, labels. What is not here does not
// exist.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::status {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

/// In the order of the table.
enum class metric : std::uint8_t {
  build_info,
  ready,
  start_time,
  account_as_of,
  truth_symbols,
  reads,
  read_latency,
  request_weight_used,
  request_weight_limit,
  plans_accepted,
  plans_rejected,
  verdicts,
  verdict_latency,
  plans_parked,
  orders,
  fills,
  holds,
  stream_up,
  stream_events,
  journal_commits,
  journal_records,
  http_requests,
  http_connections,
  http_connections_refused,
  event_readers,
  event_readers_dropped,
  log_suppressed,
  log_dropped,
  exit_proposals,
  series_dropped,
};

inline constexpr std::size_t metric_labels_max = 3;

struct metric_spec {
  metric id{};
  std::string_view name{};
  metric_kind kind{metric_kind::gauge};
  std::string_view help{};
  std::array<std::string_view, metric_labels_max> labels{};  ///< Unused ones are empty, last.
  std::span<const double> buckets{};  ///< Upper bounds, rising; +Inf is implied.

  [[nodiscard]] constexpr std::size_t label_count() const {
    std::size_t count = 0;
    while (count < labels.size() && !labels[count].empty())
      ++count;
    return count;
  }
};

/// A read over the net: 1 ms to 30 s.
inline constexpr std::array<double, 14> read_latency_buckets{
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0};
/// Plan accepted to verdict: microseconds when truth is fresh, seconds when parked for a read.
inline constexpr std::array<double, 14> verdict_latency_buckets{
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0};

inline constexpr std::array metric_table{
    metric_spec{metric::build_info,
                "sluice_build_info",
                metric_kind::gauge,
                "Always 1; the labels tell which build runs.",
                {"version", "revision"},
                {}},
    metric_spec{metric::ready,
                "sluice_ready",
                metric_kind::gauge,
                "1 when plans can be allowed, else 0; /readyz has the reasons.",
                {},
                {}},
    metric_spec{metric::start_time,
                "sluice_start_time_seconds",
                metric_kind::gauge,
                "When this process started, in seconds since 1970.",
                {},
                {}},
    metric_spec{metric::account_as_of,
                "sluice_truth_account_as_of_timestamp_seconds",
                metric_kind::gauge,
                "Send time of the last account read that was applied, in seconds since 1970.",
                {},
                {}},
    metric_spec{metric::truth_symbols,
                "sluice_truth_symbols",
                metric_kind::gauge,
                "Positions by what is known of them: open, flat, unknown.",
                {"kind"},
                {}},
    metric_spec{metric::reads,
                "sluice_reads_total",
                metric_kind::counter,
                "Reads of truth that ended, by scope and result.",
                {"scope", "result"},
                {}},
    metric_spec{metric::read_latency,
                "sluice_read_latency_seconds",
                metric_kind::histogram,
                "Time from sending a read to its reply, by scope.",
                {"scope"},
                read_latency_buckets},
    metric_spec{metric::request_weight_used,
                "sluice_request_weight_used",
                metric_kind::gauge,
                "Request weight used in the current minute as the venue counts it.",
                {},
                {}},
    metric_spec{metric::request_weight_limit,
                "sluice_request_weight_limit",
                metric_kind::gauge,
                "Request weight the venue allows in a minute.",
                {},
                {}},
    metric_spec{metric::plans_accepted,
                "sluice_plans_accepted_total",
                metric_kind::counter,
                "Plans taken in, by lane.",
                {"lane"},
                {}},
    metric_spec{metric::plans_rejected,
                "sluice_plans_rejected_total",
                metric_kind::counter,
                "Plans refused at intake because they could not be read or queued.",
                {},
                {}},
    metric_spec{metric::verdicts,
                "sluice_verdicts_total",
                metric_kind::counter,
                "Verdicts by lane, kind and first reason.",
                {"lane", "kind", "reason"},
                {}},
    metric_spec{metric::verdict_latency,
                "sluice_verdict_latency_seconds",
                metric_kind::histogram,
                "Time from accepting a plan to its verdict, by lane.",
                {"lane"},
                verdict_latency_buckets},
    metric_spec{metric::plans_parked,
                "sluice_plans_parked",
                metric_kind::gauge,
                "Plans waiting for a read that can cure their refusal.",
                {},
                {}},
    metric_spec{metric::orders,
                "sluice_orders_total",
                metric_kind::counter,
                "Orders that entered a state, by state.",
                {"state"},
                {}},
    metric_spec{metric::fills,
                "sluice_fills_total",
                metric_kind::counter,
                "Fills of our orders, each counted once.",
                {},
                {}},
    metric_spec{metric::holds, "sluice_holds", metric_kind::gauge, "Holds in force.", {}, {}},
    metric_spec{metric::stream_up,
                "sluice_stream_up",
                metric_kind::gauge,
                "1 while the stream delivers, else 0, by stream.",
                {"stream"},
                {}},
    metric_spec{metric::stream_events,
                "sluice_stream_events_total",
                metric_kind::counter,
                "Events received over streams, by type.",
                {"type"},
                {}},
    metric_spec{metric::journal_commits,
                "sluice_journal_commits_total",
                metric_kind::counter,
                "Durable commits of the journal.",
                {},
                {}},
    metric_spec{metric::journal_records,
                "sluice_journal_records_total",
                metric_kind::counter,
                "Records made durable.",
                {},
                {}},
    metric_spec{metric::http_requests,
                "sluice_http_requests_total",
                metric_kind::counter,
                "HTTP requests answered, by status code.",
                {"code"},
                {}},
    metric_spec{metric::http_connections,
                "sluice_http_connections",
                metric_kind::gauge,
                "Open HTTP connections, event readers not among them.",
                {},
                {}},
    metric_spec{metric::http_connections_refused,
                "sluice_http_connections_refused_total",
                metric_kind::counter,
                "HTTP connections refused because too many were open.",
                {},
                {}},
    metric_spec{metric::event_readers,
                "sluice_event_readers",
                metric_kind::gauge,
                "Open event streams.",
                {},
                {}},
    metric_spec{metric::event_readers_dropped,
                "sluice_event_readers_dropped_total",
                metric_kind::counter,
                "Event readers dropped because they fell behind.",
                {},
                {}},
    metric_spec{metric::log_suppressed,
                "sluice_log_suppressed_total",
                metric_kind::counter,
                "Log lines left out because the same one was shown shortly before.",
                {},
                {}},
    metric_spec{metric::log_dropped,
                "sluice_log_dropped_total",
                metric_kind::counter,
                "Log lines lost because the disk was slower than the log.",
                {},
                {}},
    metric_spec{metric::exit_proposals,
                "sluice_exit_proposals_total",
                metric_kind::counter,
                "Exits proposed by the exit engine, by reason.",
                {"reason"},
                {}},
    metric_spec{metric::series_dropped,
                "sluice_metric_series_dropped_total",
                metric_kind::counter,
                "Updates dropped because their metric had too many label values.",
                {},
                {}},
};

[[nodiscard]] constexpr const metric_spec& spec_of(metric m) {
  return metric_table[static_cast<std::size_t>(m)];
}

}  // namespace sluice::status

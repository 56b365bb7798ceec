// What reads say of the venue and of themselves: kinds of failures, latency, a symbol that keeps
// failing.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "latency_window.hpp"
#include "sluice/actors/vitals.hpp"
#include "sluice/status/logger.hpp"
#include "sluice/status/metrics.hpp"
#include "sluice/truth/read_scheduler.hpp"

namespace sluice::actors {

inline void tell_plan(const freshness_promise& p, status::logger& log) {
  log.info("snapshot_manager", "reads_planned",
           {{"strategy", to_string(p.strategy)},
            {"bound", p.bound},
            {"kept", p.kept},
            {"latency", p.latency},
            {"account_period", p.plan.account_period},
            {"symbol_period", p.plan.symbol_period},
            {"weight_1m", p.plan.weight_1m}});
}

[[nodiscard]] inline read_end end_of(const read_result<snapshot>& outcome) {
  if (outcome)
    return read_end::answered;
  switch (const auto& why = outcome.error(); why.kind) {
    case failure_kind::malformed:
    case failure_kind::venue_error:
    case failure_kind::timed_out:
    case failure_kind::unreachable:
      return read_end::says_nothing;
    default:
      return why.http_status == 0 ? read_end::not_sent : read_end::failed;
  }
}

/// Counts into vitals; for the snapshot manager alone.
class read_watch {
 public:
  /// A good reply; gives the high quantile of latencies, once there are enough of them.
  std::optional<milliseconds> took(milliseconds latency, instant now, vitals& shown) {
    latency_.add(latency, now);
    const auto high = latency_.high(now);
    shown.read_latency_ms = high.count();
    return latency_.is_telling() ? std::optional(high) : std::nullopt;
  }

  static void ended(read_target target, bool good, vitals& shown, status::metrics& counters) {
    shown.reads_total += 1;
    counters.add(status::metric::reads,
                 {target.is_account() ? "account" : "symbol", good ? "good" : "failed"});
  }

  void good(read_target target, const snapshot& read, const symbol_directory& names, vitals& shown,
            status::metrics& counters) {
    counters.observe(status::metric::read_latency, {target.is_account() ? "account" : "symbol"},
                     std::chrono::duration<double>(read.received_at - read.sent_at).count());
    shown.ended({read.scope, read.sent_at, read.received_at, {}});
    symbol_read(target, true, names, shown);
  }

  void failed(const read_job& job, const read_failure& why, instant now,
              const symbol_directory& names, vitals& shown, status::logger& log) {
    log.limited(to_string(why.kind), status::log_level::warn, "snapshot_manager", "read_failed",
                {{"kind", to_string(why.kind)},
                 {"scope", job.target.is_account() ? "account" : "symbol"},
                 {"why", why.text}});
    shown.reads_failed += 1;
    if (why.kind == failure_kind::rate_limited)
      shown.reads_without_budget += 1;
    else if (why.kind == failure_kind::malformed)
      shown.reads_malformed += 1;
    else if (why.kind == failure_kind::clock_off)
      shown.reads_clock_refused += 1;
    shown.ended({job.target.is_account() ? symbol{} : names.name_of(job.target.index()),
                 job.started_at, now, fmt::format("{}: {}", to_string(why.kind), why.text)});
    if (why.kind != failure_kind::rate_limited && why.kind != failure_kind::banned)
      symbol_read(job.target, false, names, shown);
  }

 private:
  /// Shows the symbol whose own reads have failed most often in a row.
  void symbol_read(read_target target, bool good, const symbol_directory& names, vitals& shown) {
    if (failing_.empty() && (good || target.is_account()))
      return;
    if (target.is_account()) {
      if (!good)
        return;
      failing_.clear();  // Proven all the same; whatever still fails is counted anew.
    } else if (good)
      failing_.erase(target.index());
    else
      ++failing_[target.index()];
    const auto worst =
        std::ranges::max_element(failing_, {}, [](const auto& f) { return f.second; });
    if (worst == failing_.end())
      shown.failing_symbol(std::nullopt);
    else
      shown.failing_symbol(std::pair{names.name_of(worst->first).str(), worst->second});
  }

  latency_window latency_{};
  std::unordered_map<symbol_index, std::uint64_t> failing_{};  ///< Failures in a row.
};

}  // namespace sluice::actors

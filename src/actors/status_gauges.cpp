// What the documents of the status page say, as gauges.
#include "status_gauges.hpp"

#include <chrono>

#include "limit_documents.hpp"
#include "sluice/gate/overrides.hpp"
#include "workload_metrics.hpp"

namespace sluice::actors {
namespace {

void show_overrides_in(status::metrics& metrics, const std::vector<setting_override>& all) {
  for (const auto& key : overridable_keys)
    metrics.set(status::metric::override_active, {key.name}, 0);
  metrics.clear(status::metric::override_until);
  for (const auto& o : all) {
    metrics.set(status::metric::override_active, {o.key}, 1);
    metrics.set(status::metric::override_until, {o.key}, static_cast<double>(o.until.ms) / 1000.0);
  }
}

}  // namespace

void show_in(status::metrics& metrics, const status_view& v, bool account_read,
             const status::log_counts& lines) {
  const auto set = [&](status::metric m, auto value) {
    metrics.set(m, static_cast<double>(value));
  };
  set(status::metric::ready, v.not_ready_for.empty() ? 1 : 0);
  metrics.set(status::metric::truth_symbols, {"open"}, static_cast<double>(v.truth.open));
  metrics.set(status::metric::truth_symbols, {"flat"}, static_cast<double>(v.truth.flat));
  metrics.set(status::metric::truth_symbols, {"unknown"}, static_cast<double>(v.truth.unknown));
  if (account_read)
    metrics.set(status::metric::truth_as_of,
                static_cast<double>(v.now.wall.ms - v.ages.max.count()) / 1000.0);
  set(status::metric::plans_parked, v.numbers->parked_exit + v.numbers->parked_entry);
  set(status::metric::request_weight_used, v.budget.weight_used_1m);
  set(status::metric::request_weight_limit, v.budget.weight_limit_1m);
  for (const auto s : {trading_state::active, trading_state::reduce_only, trading_state::halted})
    metrics.set(status::metric::trading_state, {to_string(s)}, s == v.trading.state ? 1 : 0);
  show_overrides_in(metrics, v.overrides);
  if (v.limits)
    show_limits_in(metrics, *v.limits);
  set(status::metric::log_suppressed, lines.suppressed);
  set(status::metric::log_dropped, lines.dropped);
  set(status::metric::log_write_failures, lines.write_failures);
  show_in(metrics, v.numbers->work, std::chrono::steady_clock::now());
}

}  // namespace sluice::actors

// What a read that is due becomes for the worker that makes it.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "sluice/actors/fetch_worker.hpp"
#include "sluice/gate/gate_actions.hpp"
#include "sluice/truth/read_scheduler.hpp"

namespace sluice::actors {

/// What the transport may take beyond the scheduler's patience, so that late replies still count.
/// An exit may be judged on what left long ago, so that a slow exchange must not keep it from it;
/// the second try beside it would take connections from orders.
[[nodiscard]] constexpr milliseconds transport_slack(const read_job& job) {
  const bool waits_long =
      job.priority == read_priority::exit_demand && job.connection != connection_choice::fresh;
  return waits_long ? milliseconds{8'000} : milliseconds{3'000};
}

/// The position that a read is of; none of the whole account.
[[nodiscard]] inline std::optional<position_key> scope_of(const read_job& job,
                                                          const symbol_directory& names) {
  if (job.target.is_account())
    return std::nullopt;
  return position_key{names.name_of(job.target.index()), position_side::both};
}

/// A read that brought nothing, as the gate is told of it; also one that came round by itself, for
/// a plan may have joined it while it was under way.
[[nodiscard]] inline read_done failed_read(const read_job& job, const read_failure& why,
                                           const symbol_directory& names) {
  const bool ours = why.kind == failure_kind::rate_limited && why.http_status == 0;
  return {scope_of(job, names), fmt::format("{}: {}", to_string(why.kind), why.text),
          ours && budget_class(job.left_as) != read_class::exit_demand};
}

/// `patience` is how long a read may take at most; `now` is when it leaves.
[[nodiscard]] inline fetch_task read_task(const read_job& job, const symbol_directory& names,
                                          milliseconds patience, instant now) {
  fetch_task task;
  task.job = job.id;
  if (!job.target.is_account())
    task.scope = names.name_of(job.target.index());
  task.options.traffic = budget_class(job.priority);
  // Longer than our patience: a reply that comes late still counts, and tells how slow reads are.
  task.options.timeout = std::max(between(now, job.deadline), patience) + transport_slack(job);
  task.options.connection = job.connection;
  return task;
}

}  // namespace sluice::actors

// What a failed read is followed by, beyond the round that it belongs to.
#pragma once

#include <optional>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/truth/read_scheduler.hpp"
#include "sluice/truth/truth_keeper.hpp"

namespace sluice::actors {

/// A plan waits for it, and the connection may be dead without knowing it: another may serve.
[[nodiscard]] inline bool may_be_read_anew(const read_job& job, const read_failure& why) {
  const bool may_help =
      why.kind == failure_kind::timed_out || why.kind == failure_kind::unreachable;
  return may_help && is_demand(job.priority) && job.connection != connection_choice::fresh;
}

/// When the account is read out of the share of exits because the rounds have to stay away for
/// longer: what is open would be watched by nobody, for reads bring marks, too. Nothing while the
/// rounds go on by themselves, or when all is known to be flat.
[[nodiscard]] inline std::optional<instant> watches_for_exits(const read_job& job,
                                                              const read_failure& why,
                                                              const truth_counts& known,
                                                              instant now) {
  constexpr milliseconds blind_max{5'000};
  const auto soon = now + blind_max;
  const bool nothing_to_watch = known.open + known.unknown == 0;
  if (!job.target.is_account() || nothing_to_watch || !why.retry_at || *why.retry_at <= soon)
    return std::nullopt;
  return job.priority == read_priority::exit_demand ? *why.retry_at : soon;
}

}  // namespace sluice::actors

// What is open is watched also where all but exits have to stay away: the account is then read now
// and again out of the share of exits, for reads bring marks, too.
#pragma once

#include <algorithm>
#include <optional>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/truth/read_scheduler.hpp"
#include "sluice/truth/truth_keeper.hpp"

namespace sluice::actors {

class exit_watch {
 public:
  /// A read came to nothing. A round that may go on soon watches by itself, and in a ban nobody
  /// can. Without the user stream an order of ours may be filled that nobody saw.
  void failed(const read_job& job, const read_failure& why, const budget_view& budget,
              const truth_counts& known, bool stream_tells, instant now) {
    // One that was turned away makes the pauses longer, those of exits as well: the next waits
    // until the others may ask again. Other failures lengthen nothing.
    const bool turned_away = why.kind == failure_kind::rate_limited && why.http_status != 0;
    if (job.priority == read_priority::exit_demand && turned_away) {
      due_.reset();
      not_before_ = std::max(not_before_, budget.others_paused_until.value_or(now));
      return;
    }
    const bool something = known.open + known.unknown > 0 || !stream_tells;
    const bool long_away = why.retry_at && *why.retry_at > now + blind_max;
    if (!due_ && something && long_away && why.kind != failure_kind::banned)
      due_ = std::max<instant>(now + blind_max, not_before_);
  }

  /// Wants the read once its time has come, and not before: others would join what waits.
  void look(read_scheduler& scheduler, instant now) {
    if (!due_ || now < *due_)
      return;
    due_.reset();
    scheduler.want({read_target::account(), read_priority::exit_demand, now}, now);
  }
  [[nodiscard]] std::optional<instant> next() const { return due_; }

 private:
  static constexpr milliseconds blind_max{5'000};

  std::optional<instant> due_{};
  instant not_before_{};
};

}  // namespace sluice::actors

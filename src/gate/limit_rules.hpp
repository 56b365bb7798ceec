// The rules of the risk limits; they bind open plans only, and only where facts say what is in use.
#pragma once

#include "sluice/gate/judge.hpp"

/// `observed` is what would be in use with the plan, `limit` what may be; nothing without a limit.
namespace sluice::limit_rules {

[[nodiscard]] check_result order_notional(const plan& p, const facts& f);
[[nodiscard]] check_result symbol_notional(const plan& p, const facts& f);
[[nodiscard]] check_result account_notional(const plan& p, const facts& f);
[[nodiscard]] check_result open_positions(const plan& p, const facts& f);
[[nodiscard]] check_result symbol_entries_minute(const plan& p, const facts& f);
[[nodiscard]] check_result symbol_entries_hour(const plan& p, const facts& f);
[[nodiscard]] check_result entries_minute(const plan& p, const facts& f);
[[nodiscard]] check_result entries_hour(const plan& p, const facts& f);
/// `observed` is the age of what is known of the margin, or "unknown".
[[nodiscard]] check_result margin_unknown(const plan& p, const facts& f);
/// In whole percent, without the plan, whose margin is not known: refused at the limit.
[[nodiscard]] check_result margin_use(const plan& p, const facts& f);
/// What was lost without the plan: refused at the limit.
[[nodiscard]] check_result daily_loss(const plan& p, const facts& f);
/// In whole percent: refused at the limit.
[[nodiscard]] check_result drawdown(const plan& p, const facts& f);
/// `observed` is the stop or the target, `limit` the mark or the farthest price it may have.
[[nodiscard]] check_result price_collar(const plan& p, const facts& f);
/// Ended ones: refused at the limit.
[[nodiscard]] check_result round_trips(const plan& p, const facts& f);
[[nodiscard]] check_result losses_in_a_row(const plan& p, const facts& f);

}  // namespace sluice::limit_rules

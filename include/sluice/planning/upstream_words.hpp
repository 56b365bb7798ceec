// Verdicts and truths in the words that services of an existing pipeline read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/record.hpp"
#include "sluice/domain/stream_entry.hpp"
#include "sluice/planning/upstream_plan.hpp"

namespace sluice {

/// A JSON object: allow, symbol, reason, safe_close_qty (0 for an open plan), safe_qty,
/// exchange_position_amt and ledger_amt as far as they were known, created_at in seconds since
/// 1970; when denied also context, every refusal with what was observed and what is the limit.
/// Amounts are numbers with all their digits.
[[nodiscard]] std::string permit_json(const plan_judged& judged, wall_time at);
/// The same for an entry that never became a plan.
[[nodiscard]] std::string permit_json(const upstream_refusal& refusal, wall_time at);

/// position_amt (signed), side (LONG, SHORT, NONE), entry_price, ts_epoch (when it was last proven,
/// in seconds since 1970), source, and with a mark mark_price and unrealized_pnl. None while the
/// truth is unknown.
[[nodiscard]] std::optional<stream_fields> snapshot_fields(const truth& t, wall_time proven_at,
                                                           std::optional<price> mark);
/// What a snapshot has only with a mark.
inline constexpr std::string_view mark_fields[] = {"mark_price", "unrealized_pnl"};

/// The fields as a JSON object of texts, cut to `bytes_max`: for people who look into what was
/// refused.
[[nodiscard]] std::string shown_fields(const stream_fields& fields, std::size_t bytes_max);

}  // namespace sluice

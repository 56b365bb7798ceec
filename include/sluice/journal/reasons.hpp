// Why plans were allowed or refused over a window of time, counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/verdict.hpp"

namespace sluice::journal {

struct reason_window {
  wall_time since{};
  wall_time until{};                   ///< For people; nothing is later than now.
  std::optional<symbol> instrument{};  ///< None: all of them.
};

/// Verdicts of one lane that ended alike, and the newest of them. Judgements between the orders of
/// a plan are not among them: a plan counts once.
struct reason_share {
  lane traffic{lane::entry};
  verdict_kind outcome{verdict_kind::allow};
  std::optional<refusal_code> reason{};  ///< None when allowed.
  std::int64_t count{0};
  std::int64_t seq{0};  ///< Of the newest, and so on.
  plan_id plan{};
  symbol instrument{};
  wall_time at{};
  measure observed{};  ///< By the newest; nothing when allowed.
  measure limit{};
};

/// {"since", "until", "symbol", "verdicts", "lanes": [{"lane", "verdicts", "allowed", "shares":
/// [{"verdict", "reason", "count", "percent", "cause", "cure", "newest": {...}}]}]}: both lanes,
/// exits first, the most frequent share first; percent is text with one decimal.
[[nodiscard]] std::string to_json(const reason_window& w, const std::vector<reason_share>& shares);

}  // namespace sluice::journal

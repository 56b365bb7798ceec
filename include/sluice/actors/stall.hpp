// A stall: something that should advance and does not, in words an operator can act on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/time.hpp"
#include "sluice/truth/settings.hpp"

namespace sluice::actors {

enum class stall_cause : std::uint8_t {
  banned,             ///< The exchange has banned us.
  paused,             ///< The exchange, or a firewall before it, asked us to pause.
  exchange_away,      ///< The exchange does not answer.
  slow_rounds,        ///< Truth grows older than promised.
  budget_exhausted,   ///< Reads find no request weight left.
  parser_refusing,    ///< Replies come and cannot be used.
  symbol_failing,     ///< One symbol's reads fail again and again.
  user_stream_down,   ///< Fills and changes are seen by reads only.
  user_stream_mute,   ///< The user stream is up and does not say what reads show.
  mark_stream_down,   ///< Stops and targets are watched at the pace of reads.
  clock_off,          ///< Requests are refused for their time.
  executor_stuck,     ///< An order's outcome stays open.
  exits_failing,      ///< An exit's orders end again and again, and none of them trades.
  journal_slow,       ///< Records wait to become durable.
  stage_stuck,        ///< A stage of the pipeline has messages and handles none.
  one_reason_denies,  ///< Most plans are denied for the same reason.
};
inline constexpr std::size_t stall_cause_count = 16;
[[nodiscard]] std::string_view to_string(stall_cause c);

struct stall {
  stall_cause cause{stall_cause::slow_rounds};
  std::string text{};    ///< What stands still, with numbers.
  std::string effect{};  ///< What that does to exits and entries.
  std::string remedy{};  ///< What to do about it.
  instant since{};       ///< When the condition began.
};

}  // namespace sluice::actors

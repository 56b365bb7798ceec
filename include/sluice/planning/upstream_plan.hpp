// Plans as an existing pipeline writes them into its stream: what they ask for, or why they are not
// carried out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/domain/plan.hpp"
#include "sluice/domain/stream_entry.hpp"
#include "sluice/domain/truth.hpp"
#include "sluice/planning/arrival.hpp"
#include "sluice/planning/settings.hpp"

namespace sluice {

/// Close all of a position, a percentage of it, or an amount: what of a close is a difference, and
/// so needs the truth before it is a target.
struct upstream_close {
  enum class extent : std::uint8_t { all, percent, amount };
  extent how{extent::all};
  int percent{0};  ///< Of the position, 1 to 99.
  quantity amount{};
  std::optional<side> direction{};  ///< Of the order that closes; none when it was not said.
  friend bool operator==(const upstream_close&, const upstream_close&) = default;
};

/// What an entry asks for, and how old it was when it was read: no part of what is compared, so
/// that the same plan published again is the same wish.
struct upstream_wish {
  plan_id id{};
  source_id source{};
  symbol instrument{};
  std::variant<open_plan, upstream_close> what{};
  /// By its id or its timestamp, whichever says more, and for an open plan by the clock that does;
  /// never negative.
  milliseconds age{0};
  friend bool operator==(const upstream_wish& a, const upstream_wish& b) {
    return a.id == b.id && a.source == b.source && a.instrument == b.instrument && a.what == b.what;
  }
};
[[nodiscard]] lane lane_of(const upstream_wish& w);

/// Why an entry is not carried out, and never will be.
enum class upstream_fault : std::uint8_t {
  unreadable,
  contradictory,
  not_done_here,       ///< An action that has no counterpart here, such as moving a stop.
  plan_too_old,        ///< A backlog is not carried out.
  source_not_allowed,  ///< To open.
  other_side,          ///< It closes the other side than the one that is held.
  duplicate_plan,      ///< The id belongs to a plan of other content.
  queue_full,
  no_position,             ///< It closes a part of a position, and nothing is held.
  symbol_busy,             ///< It opens, and another open plan of its symbol has not ended.
  symbol_not_in_universe,  ///< It closes, and nobody lists its symbol or ever told of it.
};
/// "unreadable" and so on, as dead letters, permits and metrics say it.
[[nodiscard]] std::string_view to_string(upstream_fault f);

struct upstream_refusal {
  upstream_fault fault{upstream_fault::unreadable};
  std::string reason{};  ///< A sentence, names the field.
  plan_id id{};          ///< Empty when it could not be read.
  symbol instrument{};
};
/// Nothing to do: the pipeline decided itself not to carry it out.
struct upstream_skip {
  std::string decision{};
};

using upstream_reading = std::variant<upstream_wish, upstream_refusal, upstream_skip>;

/// When an entry is looked at: by the clocks that its producer's timestamp is held against, and by
/// the one that made its id.
struct upstream_moment {
  arrival received{};
  std::int64_t server_ms{0};
};

/// Fields are flat, or a JSON object in `payload` when there is no `plan_id`: plan_id, source,
/// symbol, decision, action, side, qty (close_qty, quantity), reduceOnly, timestamp (ts, seconds or
/// milliseconds since 1970, or RFC 3339), type, positionSide, stop_loss, take_profit; others say
/// nothing. Whether it opens or closes is told by the action and by reduceOnly alone, and both must
/// agree; what is not told is refused, never guessed.
[[nodiscard]] upstream_reading read_upstream(const stream_entry& entry, const upstream_moment& at,
                                             const upstream_settings& settings,
                                             const intake_settings& intake);

/// "1716400000000-0" to its milliseconds; none when it is no id.
[[nodiscard]] std::optional<std::int64_t> entry_time_ms(std::string_view id);

/// What stays of a close, in words that are the same whatever the truth is: the reason of its plan,
/// by which a repetition is recognised. "upstream close", "upstream close 50 %".
[[nodiscard]] std::string words_of(const upstream_close& c);

/// True when it closes a percentage or an amount.
[[nodiscard]] bool is_part(const upstream_wish& w);
/// True when the wish needs a proven truth before it is a plan.
[[nodiscard]] bool needs_truth(const upstream_wish& w);
/// True when the position is held on the other side than the one that the wish closes.
[[nodiscard]] bool closes_other_side(const upstream_wish& w, const truth& held);
/// The plan for the wish. A part of a position becomes a target from `held`, once: the plan stays
/// the same however often it is carried out. It is alive for the intake's default_ttl.
[[nodiscard]] plan plan_for_upstream(const upstream_wish& w, const truth& held,
                                     const stamp& received, const intake_settings& intake);

}  // namespace sluice

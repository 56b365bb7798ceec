// Truth: what is known of one position, three-valued, with the instant up to which it was proven.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/side.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// Nothing is known. The value every slot starts with; never replaced by a default.
struct position_unknown {
  friend bool operator==(const position_unknown&, const position_unknown&) = default;
};
/// Proven to hold nothing.
struct position_flat {
  friend bool operator==(const position_flat&, const position_flat&) = default;
};
/// Proven to hold `amount` (signed: short is negative, never zero) bought at `entry` on average.
struct position_open {
  quantity amount{};
  price entry{};
  friend bool operator==(const position_open&, const position_open&) = default;
};

using truth = std::variant<position_unknown, position_flat, position_open>;

/// Where the content of a truth came from.
enum class truth_source : std::uint8_t { none, bulk, worker, stream, recovered };

[[nodiscard]] std::string_view to_string(truth_source s);

/// A position is held per symbol and leg.
struct position_key {
  symbol instrument{};
  position_side leg{position_side::both};
  friend auto operator<=>(const position_key&, const position_key&) = default;
};

/// A consistent copy of one slot of the state table.
struct truth_view {
  truth content{};
  instant as_of{};          ///< Send time of the read that proved it; meaningless while unknown.
  venue_time changed_at{};  ///< The venue's time of the content, 0 when it gave none (e.g. flat by
                            ///< absence).
  truth_source source{truth_source::none};
  std::uint64_t version{0};  ///< Grows whenever the content changes.
};

[[nodiscard]] inline bool is_known(const truth& t) {
  return !std::holds_alternative<position_unknown>(t);
}
/// Whether the position is gone for what cannot be taken back. A read may be false and show
/// nothing: `missing_in`, the first that did so, takes a later one that agrees; the stream says it
/// once.
[[nodiscard]] inline bool is_surely_flat(const truth_view& seen,
                                         const std::optional<instant>& missing_in) {
  return std::holds_alternative<position_flat>(seen.content) &&
         (seen.source == truth_source::stream || (missing_in && seen.as_of > *missing_in));
}
/// Signed amount; zero when flat or unknown: ask is_known first.
[[nodiscard]] inline quantity amount_of(const truth& t) {
  const auto* open = std::get_if<position_open>(&t);
  return open ? open->amount : quantity{};
}
/// What ledger and truth may differ by without it being a drift: max(1 step, percent of |truth|),
/// and nothing at all unless both are open on the same side.
[[nodiscard]] quantity drift_tolerance(quantity truth_amount, quantity ledger_amount, quantity step,
                                       int percent);
/// "open", "flat" or "unknown".
[[nodiscard]] std::string_view kind_of(const truth& t);

}  // namespace sluice

template <>
struct std::hash<sluice::position_key> {
  std::size_t operator()(const sluice::position_key& k) const noexcept {
    return std::hash<sluice::symbol>{}(k.instrument) * 3 + static_cast<std::size_t>(k.leg);
  }
};

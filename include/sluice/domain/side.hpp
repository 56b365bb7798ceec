// Sides, lanes, modes and trading states: the small closed vocabularies of the product.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice {

enum class side { buy, sell };

/// `both` in one-way mode; `long_` and `short_` in hedge mode.
enum class position_side { both, long_, short_ };
inline constexpr std::size_t position_side_count = 3;

/// Everything that queues or spends budget has one share per lane; exit goes first.
enum class lane { exit, entry };

/// Where orders go; fixed at start.
enum class run_mode { demo, shadow, testnet, live };

/// What is permitted; changes at run time.
enum class trading_state { active, reduce_only, halted };

[[nodiscard]] constexpr side opposite(side s) {
  return s == side::buy ? side::sell : side::buy;
}
/// +1 for buy, -1 for sell.
[[nodiscard]] constexpr int sign_of(side s) {
  return s == side::buy ? 1 : -1;
}

[[nodiscard]] std::string_view to_string(side);           // "buy", "sell"
[[nodiscard]] std::string_view to_string(position_side);  // "both", "long", "short"
[[nodiscard]] std::string_view to_string(lane);           // "exit", "entry"
[[nodiscard]] std::string_view to_string(run_mode);
[[nodiscard]] std::string_view to_string(trading_state);

[[nodiscard]] std::optional<side> parse_side(std::string_view);
[[nodiscard]] std::optional<position_side> parse_position_side(std::string_view);
[[nodiscard]] std::optional<run_mode> parse_run_mode(std::string_view);
[[nodiscard]] std::optional<trading_state> parse_trading_state(std::string_view);

}  // namespace sluice

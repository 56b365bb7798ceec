// The stop that the venue keeps for one of our positions, and its life as we know it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/truth.hpp"

namespace sluice {

enum class stop_state : std::uint8_t {
  intended,    ///< Durable, or about to be; no byte has left.
  sent,        ///< Handed over, no answer yet.
  unknown,     ///< Nobody can say what became of it: it is asked for.
  resting,     ///< At the venue, waiting for its price.
  cancelling,  ///< Its cancellation was sent.
  triggered,   ///< Its price was reached; the regular order it became is not known to be finished.
  finished,    ///< Triggered, and that order has ended.
  cancelled,   ///< Gone without having triggered.
  rejected,    ///< Never placed, or refused when it triggered.
  expired,     ///< Ended by the venue.
};
inline constexpr std::size_t stop_state_count = 10;
/// "?" past the end.
[[nodiscard]] std::string_view to_string(stop_state s);
/// True for the last four: nothing more can happen.
[[nodiscard]] constexpr bool is_final(stop_state s) {
  return s >= stop_state::finished;
}

/// One STOP_MARKET order of ours with closePosition, triggered by the mark price.
struct protective_stop {
  std::int64_t number{0};  ///< Grows over all runs of an account; 0: none.
  client_order_id id{};
  position_key position{};
  side direction{side::sell};  ///< The side that closes the position.
  price trigger{};
  stop_state state{stop_state::intended};
  order_id venue_id{0};         ///< algoId; 0 until the venue has named it.
  order_id triggered_order{0};  ///< The regular order that it became; 0 before.
  wall_time intended_at{};
  friend bool operator==(const protective_stop&, const protective_stop&) = default;
};

}  // namespace sluice

// The life of an order as one table: every state, every event, and the state that follows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sluice/domain/record.hpp"

namespace sluice {

/// What can happen to an order of ours.
enum class order_event : std::uint8_t {
  send,         ///< It is handed to the exchange.
  send_failed,  ///< Definitely not accepted, and may be sent again.
  refuse,       ///< Definitely not accepted, and will not be sent again.
  doubt,        ///< Nobody can say whether it was accepted.
  acknowledge,  ///< The venue has it, nothing executed.
  part_fill,    ///< The venue executed some of it.
  fill_all,     ///< The venue executed all of it.
  cancel,       ///< The venue cancelled what was left.
  reject,       ///< The venue's own status REJECTED.
  expire,       ///< The venue ended what was left.
  prove_absent  ///< Proven that it never reached the venue.
};
inline constexpr std::size_t order_event_count = 11;
[[nodiscard]] std::string_view to_string(order_event e);

namespace order_life_detail {

using row = std::array<order_state, order_event_count>;
using table = std::array<row, order_state_count>;

using enum order_state;

constexpr row stay(order_state s) {
  row r{};
  r.fill(s);
  return r;
}

constexpr order_state& cell(row& r, order_event e) {
  return r[static_cast<std::size_t>(e)];
}

/// What the venue tells is taken in every open state.
constexpr row hear_venue(row r) {
  cell(r, order_event::acknowledge) = acknowledged;
  cell(r, order_event::part_fill) = partially_filled;
  cell(r, order_event::fill_all) = filled;
  cell(r, order_event::cancel) = cancelled;
  cell(r, order_event::reject) = rejected;
  cell(r, order_event::expire) = expired;
  return r;
}

/// Not yet sent, or definitely refused and waiting to be sent again.
constexpr row from_intended() {
  row r = hear_venue(stay(intended));
  cell(r, order_event::send) = sent;
  cell(r, order_event::refuse) = rejected;
  cell(r, order_event::doubt) = unknown;
  return r;
}
/// Handed over, no outcome yet.
constexpr row from_sent() {
  row r = hear_venue(stay(sent));
  cell(r, order_event::send_failed) = intended;
  cell(r, order_event::refuse) = rejected;
  cell(r, order_event::doubt) = unknown;
  return r;
}
/// No failure of ours takes back what the venue has told.
constexpr row from_acknowledged() {
  return hear_venue(stay(acknowledged));
}
constexpr row from_partially_filled() {
  row r = hear_venue(stay(partially_filled));
  cell(r, order_event::acknowledge) = partially_filled;
  return r;
}
/// Only the venue's word or proof of absence ends a doubt; above all, nothing is sent in it.
constexpr row from_unknown() {
  row r = hear_venue(stay(unknown));
  cell(r, order_event::prove_absent) = rejected;
  return r;
}

/// Rows in the order of order_state, columns in that of order_event. A cell equal to its row's own
/// state means that the event changes nothing there.
inline constexpr table transitions{from_intended(),         from_sent(),   from_acknowledged(),
                                   from_partially_filled(), stay(filled),  stay(cancelled),
                                   stay(rejected),          stay(expired), from_unknown()};

}  // namespace order_life_detail

/// The state after `e` in `from`; `from` itself when the event changes nothing there.
[[nodiscard]] constexpr order_state next_state(order_state from, order_event e) {
  return order_life_detail::transitions[static_cast<std::size_t>(from)]
                                       [static_cast<std::size_t>(e)];
}

/// filled, cancelled, rejected, expired. The same as is_resolved, usable at compile time.
[[nodiscard]] constexpr bool is_final(order_state s) {
  return s == order_state::filled || s == order_state::cancelled || s == order_state::rejected ||
         s == order_state::expired;
}

namespace order_life_detail {

constexpr bool final_states_stay() {
  for (std::size_t s = 0; s < order_state_count; ++s)
    for (std::size_t e = 0; e < order_event_count; ++e)
      if (is_final(order_state(s)) && transitions[s][e] != order_state(s))
        return false;
  return true;
}
constexpr bool every_open_state_can_end() {
  for (std::size_t s = 0; s < order_state_count; ++s) {
    bool ends = is_final(order_state(s));
    for (const auto next : transitions[s])
      ends = ends || is_final(next);
    if (!ends)
      return false;
  }
  return true;
}
/// Once the venue has told of an order, no failure of ours makes it untold.
constexpr bool told_stays_told() {
  for (const auto s : {acknowledged, partially_filled})
    for (const auto next : transitions[static_cast<std::size_t>(s)])
      if (next == intended || next == sent || next == unknown)
        return false;
  return true;
}

static_assert(final_states_stay());
static_assert(every_open_state_can_end());
static_assert(told_stays_told());
// A doubt must be resolved before anything can be sent under the same id.
static_assert(next_state(unknown, order_event::send) == unknown);
static_assert(next_state(unknown, order_event::refuse) == unknown);
// An order that was sent is absent only by way of a doubt.
static_assert(next_state(sent, order_event::prove_absent) == sent);
static_assert(next_state(unknown, order_event::prove_absent) == rejected);

}  // namespace order_life_detail

}  // namespace sluice

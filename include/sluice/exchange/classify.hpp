// What an answer of the venue means for a change and for a read, by HTTP status, code and text
// together.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::exchange {

/// One answer, reduced to what decides. For a body that is no JSON error `code` is 0 and `text` its
/// beginning.
struct answer {
  int http_status{0};
  int code{0};
  std::string text{};
  bool is_error_document{false};
};

/// Builds an answer from status and body.
[[nodiscard]] answer answer_of(int http_status, std::string_view body);

/// What is certain of a change after an answer other than its own document.
enum class order_fate : std::uint8_t {
  refused,            ///< Definitely not done; the same request would be refused again.
  refused_for_now,    ///< Definitely not done; the cause may pass by itself.
  refused_for_clock,  ///< Definitely not done: our timestamp was off.
  already_so,         ///< Nothing to change: what was wanted holds.
  uncertain,          ///< It may have been done.
  uncertain_of_time,  ///< The same, and our timestamp seems to have been off.
};
struct order_judgement {
  order_fate fate{order_fate::uncertain};
  milliseconds wait{};  ///< Before trying again, for refused_for_now; zero when nothing is known.
  refusal_cure cure{refusal_cure::none};
  bool for_operator{false};
};
/// Holds for every request that changes something: orders, cancellations, conditional orders.
[[nodiscard]] order_judgement judge_order(const answer& a);

/// Why a read brought nothing, for any answer that is not its document.
[[nodiscard]] failure_kind judge_read(const answer& a);

/// What an answer says about when to stop sending.
enum class stop_kind : std::uint8_t {
  none,
  orders_paused,  ///< The venue takes no more orders for now.
  paused,         ///< The venue takes nothing for now.
  banned,         ///< The venue has banned this address.
  turned_away,    ///< A firewall before the venue answered in its place.
};
[[nodiscard]] stop_kind judge_stop(const answer& a);

/// Words of the venue as they may be told on: at most 300 bytes of printable text, with "***" for
/// every run of 32 or more bytes of which keys and signatures are made, lest the venue quote one.
[[nodiscard]] std::string quotable(std::string_view text);

/// The time in "... banned until 1615183669840. ..."
[[nodiscard]] std::optional<venue_time> banned_until(std::string_view text);
/// The time of a Date header, e.g. "Sun, 06 Nov 1994 08:49:37 GMT", to the second; none for another
/// form (RFC 9110, section 5.6.7).
[[nodiscard]] std::optional<venue_time> http_date(std::string_view header);
/// Seconds of a Retry-After header; none when it is not a whole number of at most a week.
[[nodiscard]] std::optional<milliseconds> retry_after(std::string_view header);

}  // namespace sluice::exchange

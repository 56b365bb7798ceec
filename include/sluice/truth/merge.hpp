// How a read or a stream event changes what is known of one position: pure functions on a value.
#pragma once

#include <cstdint>
#include <optional>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice {

/// Everything kept of one position. What is proven here is proven by this position's own reads and
/// events; account-wide proof is one instant for all (see settle).
struct slot_state {
  truth content{};
  instant as_of{};           ///< Everything the venue did up to here is in `content`.
  venue_time changed_at{};   ///< The venue's time of `content`; 0 when it gave none.
  venue_time newest_seen{};  ///< The newest venue time of any content so far; never goes back.
  truth_source source{truth_source::none};
  std::uint64_t version{0};                    ///< Grows exactly when `content` changes.
  std::optional<instant> event_received_at{};  ///< When the last event that was taken arrived.
  /// When an event last said that the position stands, taken or outrun by a read; none since flat.
  std::optional<instant> told_open_at{};
  /// Account-wide reads sent up to here do not prove this position: they contradicted it, or were
  /// before it was known. The position is detached from account-wide proof until one sent later.
  std::optional<instant> detached_until{};

  friend bool operator==(const slot_state&, const slot_state&) = default;
};

/// What a merge came to.
enum class merge_effect : std::uint8_t {
  changed,       ///< The content is new.
  proved,        ///< The content was confirmed.
  superseded,    ///< Older than what is known; nothing was learnt.
  contradicted,  ///< A read that lags behind an event, or the reverse: it proves nothing.
};

struct merged {
  slot_state next{};
  merge_effect effect{merge_effect::proved};
};

/// How long after an event that told of it a position stands against reads that lack it, whatever
/// other reads have shown. The venue says itself that its reads may lag behind its streams, each
/// copy in its own way, and absence bears no time by which to know that it is old.
inline constexpr milliseconds absence_lag_max{30'000};

/// What is true of every row of one read.
struct read_meta {
  instant sent_at{};
  truth_source source{truth_source::bulk};  ///< `bulk` for the account, `worker` for one symbol.
  /// How long after an event a read may still show what was before it.
  milliseconds read_lag_grace{1'000};
};

/// One position's part of a stream event.
struct event_meta {
  instant received_at{};
  instant occurred_at{};  ///< On our clock, never later than received_at.
  venue_time transaction_time{};
  milliseconds read_lag_grace{1'000};
};

/// The state with account-wide proof folded into its as_of. Merge only settled states.
[[nodiscard]] slot_state settle(slot_state state, std::optional<instant> account_as_of);

/// What a good read says of a position in its scope; no row means flat.
///
/// The same content proves. Other content is taken, unless the read was sent before an event whose
/// content it would overwrite (superseded), or is older in the venue's time, or comes less than the
/// grace after an event and has no newer venue time, nor the event's own where a read spoke last
/// (contradicted; but when the amounts agree it proves, and the entry price stays). A read that
/// lacks a position contradicts an event that told of it for absence_lag_max. Where venue times
/// decide nothing the read sent later wins.
[[nodiscard]] merged merge_row(const slot_state& settled, const std::optional<position_row>& row,
                               const read_meta& read);

/// What a stream event says of a position it names. Taken unless older in the venue's time.
///
/// Absence has no venue time, so against a flat truth our clock decides: an event that occurred
/// more than the grace before the read that saw nothing is superseded; one within the grace is
/// taken, for the read may lag, but then truth is only proven up to the event (contradicted, yet
/// new).
[[nodiscard]] merged merge_event(const slot_state& settled, const position_change& change,
                                 const event_meta& event);

}  // namespace sluice

// A plan: one thing somebody wants done, as a tagged union; open or reduce is declared, never
// inferred.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/side.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// Increase exposure. Exactly one of `amount`, `value` and `risk` is set; the gate turns a value or
/// a risk into an amount at the mark price.
struct open_plan {
  side direction{side::buy};
  std::optional<quantity> amount{};          ///< Base asset, > 0.
  std::optional<notional> value{};           ///< Quote asset, > 0.
  std::optional<notional> risk{};            ///< Quote asset lost from mark to `stop`, > 0.
  std::optional<price> stop{};               ///< Where the exit engine shall close at a loss.
  std::optional<price> target{};             ///< Where the exit engine shall close at a gain.
  std::optional<milliseconds> time_limit{};  ///< How long the exit engine may keep it.
  friend bool operator==(const open_plan&, const open_plan&) = default;
};

/// Leave at most |target| of the position: an exit target, so that repeating it is harmless.
struct reduce_plan {
  quantity target{};     ///< Base asset, >= 0; 0 closes the position.
  std::string reason{};  ///< Why, e.g. "stop_crossed"; at most 64 characters.
  /// What an exit of ours was decided on, for people: "mark 97.5 <= stop 98; entry 100, amount 2".
  /// No part of what the plan asks for.
  std::string numbers{};
  /// The position that a part was reckoned from, signed; 0 when it is no part. Nothing is closed of
  /// a larger one, nor of one on the other side.
  quantity part_of{};
  /// The sign of the position that it is meant for: 1 long, -1 short, 0 whichever is held. Nothing
  /// is closed of one on the other side, however large.
  int of_side{0};
  friend bool operator==(const reduce_plan&, const reduce_plan&) = default;
};

/// The closest to `target` that an order on the step can come without passing it: a target between
/// two steps is reached at the step above it, one below zero at zero.
[[nodiscard]] quantity reachable_target(quantity target, quantity step);

/// Withdraw another plan that has not reached the executor.
struct cancel_plan {
  plan_id target{};
  friend bool operator==(const cancel_plan&, const cancel_plan&) = default;
};

using plan_body = std::variant<open_plan, reduce_plan, cancel_plan>;

/// What every plan has, and what it wants. `deadline` and `received` are on our steady clock: the
/// producer's clock only sets how long the plan may live after its receipt.
struct plan {
  plan_id id{};
  source_id source{};
  symbol instrument{};
  position_side leg{position_side::both};
  plan_body body{};
  wall_time created_at{};     ///< By the producer's clock, 0 when it gave none.
  stamp received{};           ///< When we took it in.
  instant deadline{};         ///< After this it may only expire.
  wall_time deadline_wall{};  ///< The same, for people and the journal.
};

/// Exit for reduce plans and cancels, entry for opens.
[[nodiscard]] lane lane_of(const plan& p);
/// "open", "reduce" or "cancel".
[[nodiscard]] std::string_view kind_of(const plan& p);
/// Hash of what the plan asks for (source, symbol, leg, body, created_at), not of when it came:
/// equal for a repetition of the same plan.
[[nodiscard]] std::uint64_t content_hash(const plan& p);
/// Hash of what is wanted and by whom (source, symbol, leg, body): equal for plans that differ only
/// in their ids and times.
[[nodiscard]] std::uint64_t intent_hash(const plan& p);
/// The same without a hash's doubt.
[[nodiscard]] bool same_intent(const plan& a, const plan& b);

}  // namespace sluice

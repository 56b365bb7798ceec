// Which trading state is in force: what somebody ordered or the halt file, whichever permits less.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/domain/standing_state.hpp"

namespace sluice {

/// A trading state that an operator wants.
struct state_order {
  trading_state to{trading_state::active};
  std::optional<milliseconds> lasts{};  ///< Then active again; for restrictive states only.
  std::string author{};
  std::string reason{};
};

/// What an order led to.
struct state_outcome {
  std::vector<state_changed> records{};  ///< For the journal, in order.
  std::string refusal{};                 ///< Why nothing was changed, with the cure; else empty.
};

/// Pure; for one thread. Every input gives the changes of what is in force, to be journaled. Before
/// `resume` nothing is permitted.
class trading_switch {
 public:
  /// A state that reverts by itself does so within this; who wants longer leaves the end out.
  static constexpr milliseconds lasts_max{7 * 24 * 3'600'000LL};

  explicit trading_switch(std::string halt_file) : halt_file_(std::move(halt_file)) {}

  /// Takes up what the journal knows (see journal::recovered) and how the halt file was found: its
  /// reason, or none when it is not there. An order whose time ran out meanwhile has ended.
  std::vector<state_changed> resume(const standing_state& ordered, trading_state was_in_force,
                                    const std::optional<std::string>& found, const stamp& now);
  /// Refused: an end for `active`, an end out of range, an end before that of a restrictive order
  /// that stands, and, while the halt file is there, `active`. What else is ordered under the file
  /// holds once it is gone, so that nothing opens between the two.
  state_outcome order(const state_order& wanted, const stamp& now);
  /// A signal only ever restricts: a stricter order stands, but loses its end.
  std::vector<state_changed> signalled(trading_state to, std::string reason, const stamp& now);
  /// Somebody closes the whole account: at most `reduce_only` from now on and without an end, so
  /// that it is not entered again before a person says so. What is halted stays exactly as it is.
  std::vector<state_changed> close_entries(std::string author, std::string reason,
                                           const stamp& now);
  /// The halt file was looked at: its reason, or none when it is not there.
  std::vector<state_changed> halt_file(const std::optional<std::string>& found, const stamp& now);
  /// Ends an order whose time is over.
  std::vector<state_changed> tick(const stamp& now);
  /// The process is about to end for a fault: halted from here on. No record, since the next
  /// process takes up what was ordered.
  void stop(std::string reason, const stamp& now);

  [[nodiscard]] const standing_state& in_force() const { return in_force_; }
  /// When tick has something to do.
  [[nodiscard]] std::optional<instant> next_deadline() const { return ordered_ends_; }

 private:
  void take_order(standing_state ordered, std::optional<instant> ends);
  void end_order(const stamp& now);
  /// Why a timed order would end what stands too early; empty when it would not.
  [[nodiscard]] std::string stands_longer(const state_order& wanted, const stamp& now) const;
  [[nodiscard]] standing_state strictest() const;
  /// Puts in force what follows from the order that was just taken, with the records of both.
  std::vector<state_changed> told_of_order();
  /// Puts in force what now follows; a record when it differs from before.
  std::vector<state_changed> settle(std::string_view author);

  std::string halt_file_;
  standing_state ordered_{};
  std::optional<instant> ordered_ends_{};
  std::optional<standing_state> filed_{};    ///< While the halt file is there.
  std::optional<standing_state> stopped_{};  ///< Since the process began to end for a fault.
  standing_state in_force_{trading_state::halted, std::string{gate_author}, "starting", {}, {}};
};

}  // namespace sluice

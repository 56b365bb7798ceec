// What the gate reads of the boards that others write: truth, instruments and marks, one at a time.
#pragma once

#include <optional>
#include <vector>

#include "sluice/domain/verdict.hpp"

namespace sluice {

struct mark_seen {
  price mark{};
  instant at{};  ///< When the venue made it, on our clock.
};

/// A position that truth shows open, and what its base asset is worth: the mark, or where there is
/// none yet the price it was entered at.
struct held_position {
  position_key position{};
  quantity amount{};  ///< Signed.
  price valued_at{};
};

/// Implementations must be cheap and must not block: the gate asks for every plan.
class gate_view {
 public:
  gate_view() = default;
  gate_view(const gate_view&) = delete;
  gate_view& operator=(const gate_view&) = delete;
  virtual ~gate_view() = default;

  /// Unknown for a position that nobody knows. `as_of` counts whole-account reads too.
  [[nodiscard]] virtual truth_view position(const position_key& key) const = 0;
  [[nodiscard]] virtual std::optional<instrument_facts> instrument(const symbol& s) const = 0;
  [[nodiscard]] virtual std::optional<mark_seen> mark(const symbol& s) const = 0;
  /// Puts all of them into `out`, in place of what was there.
  virtual void open_positions(std::vector<held_position>& out) const = 0;
};

}  // namespace sluice

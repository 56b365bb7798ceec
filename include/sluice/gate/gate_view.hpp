// What the gate reads of the boards that others write: truth, instruments and marks, one at a time.
#pragma once

#include <optional>

#include "sluice/domain/verdict.hpp"

namespace sluice {

struct mark_seen {
  price mark{};
  instant at{};
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
};

}  // namespace sluice

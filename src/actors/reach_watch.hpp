// Whether the exchange can be asked: several failures in a row say no, one success says yes.
#pragma once

#include <optional>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/verdict.hpp"

namespace sluice::actors {

/// Pure; gives the new reach only when it changed. Starts as not reachable, for nothing was asked.
class reach_watch {
 public:
  /// Failures in a row until the exchange counts as unreachable; one lost poll is within the bound.
  static constexpr int failures_max = 3;

  [[nodiscard]] std::optional<reach> succeeded() {
    failures_ = 0;
    if (now_.reachable && !now_.banned_until)
      return std::nullopt;
    now_ = reach{};
    return now_;
  }

  [[nodiscard]] std::optional<reach> failed(const read_failure& why,
                                            std::optional<instant> banned_until) {
    // Our own budget saying "later" is no sign that the exchange is away.
    const bool counts = why.kind != failure_kind::rate_limited;
    failures_ += counts ? 1 : 0;
    if (banned_until && now_.banned_until != banned_until) {
      now_ = reach{false, "banned by the exchange", banned_until};
      return now_;
    }
    const bool ban_is_over = now_.banned_until && !banned_until;
    if (!counts || failures_ < failures_max || (told_unreachable() && !ban_is_over))
      return std::nullopt;
    now_ = reach{false, std::string(to_string(why.kind)) + ": " + why.text, std::nullopt};
    return now_;
  }

 private:
  [[nodiscard]] bool told_unreachable() const { return !now_.reachable && now_.why != initial; }

  static constexpr const char* initial = "not asked yet";
  reach now_{false, initial, std::nullopt};
  int failures_{0};
};

}  // namespace sluice::actors

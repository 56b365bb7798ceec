// Dead man's switches: symbols whose orders are cancelled unless the client calls again in time.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::simulator {

class countdowns {
 public:
  using key = std::pair<std::size_t, symbol>;  ///< Account and symbol.

  /// Starts anew, or ends it without a deadline.
  void set(std::size_t account, const symbol& s, std::optional<instant> deadline) {
    if (deadline)
      running_[{account, s}] = *deadline;
    else
      running_.erase({account, s});
  }
  [[nodiscard]] std::optional<instant> next() const {
    std::optional<instant> first;
    for (const auto& [what, deadline] : running_)
      if (!first || deadline < *first)
        first = deadline;
    return first;
  }
  /// Takes out those that have run down.
  [[nodiscard]] std::vector<key> take_due(instant now) {
    std::vector<key> due;
    for (const auto& [what, deadline] : running_)
      if (deadline <= now)
        due.push_back(what);
    for (const auto& what : due)
      running_.erase(what);
    return due;
  }

 private:
  std::map<key, instant> running_{};
};

}  // namespace sluice::simulator

// Decides which of many equal log lines are shown: one per key and period, with a count of the
// rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sluice/domain/time.hpp"

namespace sluice::status {

/// Pure but for its memory, which is bounded: the key used longest ago goes first.
class log_limiter {
 public:
  explicit log_limiter(milliseconds period, std::size_t keys_max = 4'096);

  /// None: leave it out. A number: show it, and so many equal lines were left out since the last.
  [[nodiscard]] std::optional<std::uint64_t> admit(std::string_view key, instant now);
  /// From the next line on.
  void period(milliseconds period) { period_ = period; }

 private:
  struct entry {
    std::string key{};
    instant shown_at{};
    std::uint64_t suppressed{0};
  };
  milliseconds period_;
  std::size_t keys_max_;
  std::list<entry> by_use_{};  ///< Most recently used first.
  std::unordered_map<std::string_view, std::list<entry>::iterator> by_key_{};
};

}  // namespace sluice::status

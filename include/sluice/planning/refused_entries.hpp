// Which entries of the stream were refused and why, so that one that is delivered again gets the
// same answer and is not judged afresh.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

#include "sluice/domain/time.hpp"
#include "sluice/planning/upstream_plan.hpp"

namespace sluice {

/// Remembers for `life` from the first refusal: an entry that is older is refused by its age. When
/// too many come in that time the oldest is forgotten.
class refused_entries {
 public:
  static constexpr std::size_t kept_max = 100'000;

  explicit refused_entries(milliseconds life) : life_(life) {}

  /// The first refusal of an entry stands.
  void put(const std::string& entry_id, const upstream_refusal& why, instant now);
  /// None when it was not refused within the life.
  [[nodiscard]] const upstream_refusal* find(const std::string& entry_id, instant now);
  [[nodiscard]] std::size_t size() const { return whys_.size(); }

 private:
  void forget_old(instant now);

  milliseconds life_{};
  std::deque<std::pair<instant, std::string>> order_{};
  std::unordered_map<std::string, upstream_refusal> whys_{};
};

}  // namespace sluice

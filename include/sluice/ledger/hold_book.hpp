// Holds as they stand: placed with a number of their own, at most one per position, until released.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sluice/domain/hold.hpp"
#include "sluice/ledger/drift.hpp"

namespace sluice {

class hold_book {
 public:
  explicit hold_book(std::int64_t last_id) : last_id_(last_id) {}

  void restore(const hold& h) { holds_[h.position] = h; }

  /// The hold that the report asks for; replaces one that stands.
  hold place(const position_key& key, const drift_report& report, wall_time since) {
    const hold h{++last_id_,      key,  report.holds_for, report.ledger_amount, report.truth_amount,
                 report.evidence, since};
    holds_[key] = h;
    return h;
  }
  /// The hold that was taken away, if there was one.
  std::optional<hold> lift(const position_key& key) {
    const auto gone = holds_.extract(key);
    if (!gone)
      return std::nullopt;
    return gone.mapped();
  }

  [[nodiscard]] std::optional<hold> find(const position_key& key) const {
    const auto at = holds_.find(key);
    if (at == holds_.end())
      return std::nullopt;
    return at->second;
  }
  /// Positions of a symbol that have one.
  [[nodiscard]] std::vector<position_key> on(const symbol& instrument) const {
    std::vector<position_key> keys;
    for (const auto& [key, h] : holds_)
      if (key.instrument == instrument)
        keys.push_back(key);
    return keys;
  }
  [[nodiscard]] std::vector<position_key> positions() const {
    std::vector<position_key> keys;
    for (const auto& [key, h] : holds_)
      keys.push_back(key);
    return keys;
  }
  [[nodiscard]] std::size_t count() const { return holds_.size(); }

 private:
  std::unordered_map<position_key, hold> holds_{};
  std::int64_t last_id_{0};
};

}  // namespace sluice

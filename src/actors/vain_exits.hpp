// Which exits try in vain: since when, how often, and with which words their last order ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sluice/actors/vitals.hpp"
#include "sluice/domain/ids.hpp"

namespace sluice::actors {

/// Pure. Holds plans that are under way and no others: each is forgotten when it ends, and when an
/// order of it trades, for then it has come nearer to its target.
class vain_exits {
 public:
  /// Fewer orders that came to nothing are told of nobody: the next one may pass.
  static constexpr std::uint64_t tries_min = 3;

  /// An order of the plan has ended without a trade, with these words.
  void note(const plan_id& plan, const symbol& on, std::string words, instant now) {
    auto& one = noted_.try_emplace(plan, vain_exit{on, 0, now, {}}).first->second;
    ++one.tries;
    one.words = std::move(words);
  }
  /// Whether anything had been noted of it.
  bool forget(const plan_id& plan) { return noted_.erase(plan) > 0; }

  /// Of those that have tried often enough, the one that has for longest.
  [[nodiscard]] std::optional<vain_exit> oldest() const {
    const vain_exit* found = nullptr;
    for (const auto& [plan, one] : noted_)
      if (one.tries >= tries_min && (!found || one.since < found->since))
        found = &one;
    return found ? std::optional{*found} : std::nullopt;
  }

 private:
  std::map<plan_id, vain_exit> noted_{};
};

}  // namespace sluice::actors

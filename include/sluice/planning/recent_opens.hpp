// What was lately opened, by intent, so that one idea sent under two ids is carried out once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "sluice/domain/plan.hpp"

namespace sluice {

/// Open plans of the last `window`, counted from their receipt; of more than `kept_max` the oldest
/// are forgotten.
class recent_opens {
 public:
  static constexpr std::size_t kept_max = 20'000;

  explicit recent_opens(milliseconds window) : window_(window) {}

  /// The plan that wants the same and was taken less than the window before `p`; null when none
  /// was.
  [[nodiscard]] const plan* first_like(const plan& p);
  void add(const plan& p);
  /// Nothing came of it, so that the same may be wanted again.
  void forget(const plan_id& id);
  [[nodiscard]] std::size_t size() const { return by_id_.size(); }

 private:
  struct taken {
    plan_id id{};
    instant at{};
  };
  void forget_old(instant now);

  milliseconds window_;
  std::deque<taken> order_{};  ///< Oldest first; some of them are forgotten already.
  std::unordered_map<plan_id, std::uint64_t> by_id_{};
  std::unordered_map<std::uint64_t, plan> by_intent_{};
};

}  // namespace sluice

// The plans that the executor has in hand, with what each of them waits for between two orders.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sluice/execution/plan_course.hpp"
#include "sluice/gate/gate_actions.hpp"

namespace sluice::actors {

/// One plan in hand.
struct plan_in_hand {
  plan_ptr what{};
  plan_course course;
  bool recorded{false};  ///< It has its verdict in the journal.
  std::string after{};   ///< What became of its last order, for the next judgement's record.
  std::optional<instant> again_at{};  ///< To be judged once more then.
  int clearing{0};                    ///< Answers awaited of the orders that stand in its way.
  bool order_open{false};
  bool told_late{false};  ///< That its deadline came while an order was open.
};

/// Not an actor; for the executor alone.
class plan_courses {
 public:
  /// The plan's course; a new one when it has none.
  plan_in_hand& take(const plan_ptr& what, bool collar) {
    return in_hand_.try_emplace(what->id, plan_in_hand{what, plan_course(*what, collar)})
        .first->second;
  }
  plan_in_hand& resume(const plan_ptr& what, bool collar, const course_memory& before) {
    return in_hand_
        .insert_or_assign(what->id, plan_in_hand{what, plan_course(*what, collar, before), true})
        .first->second;
  }
  [[nodiscard]] plan_in_hand* find(const plan_id& id) {
    const auto at = in_hand_.find(id);
    return at == in_hand_.end() ? nullptr : &at->second;
  }
  void drop(const plan_id& id) { in_hand_.erase(id); }

  /// Those to be judged once more now; they wait no longer.
  [[nodiscard]] std::vector<plan_ptr> due(instant now);
  /// Exits whose deadline has come while an order of theirs is still open; each is told once.
  [[nodiscard]] std::vector<plan_ptr> late(instant now);
  /// When `due` or `late` has something to say.
  [[nodiscard]] std::optional<instant> next() const;

 private:
  std::unordered_map<plan_id, plan_in_hand> in_hand_{};
};

}  // namespace sluice::actors

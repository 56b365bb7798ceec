// Which plans are due, and which are late.
#include "plan_courses.hpp"

#include <algorithm>

namespace sluice::actors {
namespace {

/// An exit that still has an order open at its deadline. Judging again is the gate's to end.
bool may_become_late(const plan_in_hand& p) {
  return p.course.is_exit() && p.order_open && !p.told_late;
}

}  // namespace

std::vector<plan_ptr> plan_courses::due(instant now) {
  std::vector<plan_ptr> out;
  for (auto& [id, p] : in_hand_)
    if (p.again_at && *p.again_at <= now && p.clearing == 0) {
      p.again_at.reset();
      out.push_back(p.what);
    }
  return out;
}

std::vector<plan_ptr> plan_courses::late(instant now) {
  std::vector<plan_ptr> out;
  for (auto& [id, p] : in_hand_)
    if (may_become_late(p) && p.course.deadline() <= now) {
      p.told_late = true;
      out.push_back(p.what);
    }
  return out;
}

std::optional<instant> plan_courses::next() const {
  std::optional<instant> next;
  const auto consider = [&](instant at) { next = next ? std::min(*next, at) : at; };
  for (const auto& [id, p] : in_hand_) {
    if (p.again_at && p.clearing == 0)
      consider(*p.again_at);
    if (may_become_late(p))
      consider(p.course.deadline());
  }
  return next;
}

}  // namespace sluice::actors

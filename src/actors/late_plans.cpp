// One question after the other: the order of the faults is that of the document.
#include "late_plans.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace sluice::actors {
namespace {

struct inquiry {
  std::vector<late_plan> late{};
  std::function<void(unknown_late)> then{};
  std::size_t asked{0};
  std::vector<field_fault> unknown{};
};

void go_on(intake_actor::base* self, const journal_actor& journal,
           const std::shared_ptr<inquiry>& q) {
  if (q->asked == q->late.size())
    return q->then(std::move(q->unknown));
  self->request(journal, caf::infinite, find_plan{q->late[q->asked].id})
      .then(
          [self, journal, q](const plan_found& found) {
            if (!found.content_hash)
              q->unknown.push_back(q->late[q->asked].why);
            ++q->asked;
            go_on(self, journal, q);
          },
          [q](const caf::error&) { q->then(std::nullopt); });
}

}  // namespace

void tell_unknown(intake_actor::base* self, const journal_actor& journal,
                  std::vector<late_plan> late, std::function<void(unknown_late)> then) {
  go_on(self, journal, std::make_shared<inquiry>(inquiry{std::move(late), std::move(then), 0, {}}));
}

void keep_exits_in_time(std::vector<plan>& plans, const std::vector<late_plan>& late) {
  const auto is_late = [&](const plan& p) {
    return std::ranges::find(late, p.id, &late_plan::id) != late.end();
  };
  const auto reduces = [](const plan& p) { return std::holds_alternative<reduce_plan>(p.body); };
  const bool late_exit =
      std::ranges::any_of(plans, [&](const plan& p) { return is_late(p) && reduces(p); });
  std::erase_if(plans, [&](const plan& p) {
    return lane_of(p) == lane::entry || is_late(p) || (late_exit && !reduces(p));
  });
}

std::vector<field_fault> faults_of(const std::vector<late_plan>& late) {
  std::vector<field_fault> all;
  for (const auto& l : late)
    all.push_back(l.why);
  return all;
}

}  // namespace sluice::actors

// One question after the other: the order of the faults is that of the document.
#include "late_plans.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

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

/// A cancel that could take an exit away, with nothing in its place.
bool outlives(const plan& p, const entry_waits& is_entry) {
  const auto* cancel = std::get_if<cancel_plan>(&p.body);
  return cancel && !is_entry(cancel->target);
}

}  // namespace

void tell_unknown(intake_actor::base* self, const journal_actor& journal,
                  std::vector<late_plan> late, std::function<void(unknown_late)> then) {
  go_on(self, journal, std::make_shared<inquiry>(inquiry{std::move(late), std::move(then), 0, {}}));
}

void keep_exits_in_time(std::vector<plan>& plans, const std::vector<late_plan>& late,
                        const entry_waits& is_entry) {
  const auto is_late = [&](const plan& p) {
    return std::ranges::find(late, p.id, &late_plan::id) != late.end();
  };
  const auto reduces = [](const plan& p) { return std::holds_alternative<reduce_plan>(p.body); };
  const bool late_exit =
      std::ranges::any_of(plans, [&](const plan& p) { return is_late(p) && reduces(p); });
  std::erase_if(plans, [&](const plan& p) {
    return lane_of(p) == lane::entry || is_late(p) || (late_exit && outlives(p, is_entry));
  });
}

std::vector<field_fault> drop_outliving_cancels(std::vector<plan>& plans, instant now,
                                                const entry_waits& is_entry) {
  const auto late_exit = std::ranges::find_if(plans, [&](const plan& p) {
    return std::holds_alternative<reduce_plan>(p.body) && p.deadline <= now;
  });
  if (late_exit == plans.end())
    return {};
  const auto why =
      fmt::format("{}, which came with it, waited until its deadline", late_exit->id.str());
  std::vector<field_fault> dropped;
  std::erase_if(plans, [&](const plan& p) {
    const bool too_much = outlives(p, is_entry);
    if (too_much)
      dropped.push_back(
          {"/plan_id", fmt::format("the cancel {} is not carried out: {}", p.id.str(), why)});
    return too_much;
  });
  return dropped;
}

std::vector<field_fault> faults_of(const std::vector<late_plan>& late) {
  std::vector<field_fault> all;
  for (const auto& l : late)
    all.push_back(l.why);
  return all;
}

}  // namespace sluice::actors

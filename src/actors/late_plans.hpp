// Plans whose time was over when they came: which of them were taken before.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/planning/plan_json.hpp"

namespace sluice::actors {

/// What is wrong with those that were never taken: nothing when all are repetitions. None when the
/// journal gave no answer.
using unknown_late = std::optional<std::vector<field_fault>>;

/// The answer to a plan that was carried out may have been lost on its way: whoever asks again
/// after its time must not be told that nothing was accepted. Asks the journal for each id and
/// calls `then` once, in the actor; at once when there is none to ask about.
void tell_unknown(intake_actor::base* self, const journal_actor& journal,
                  std::vector<late_plan> late, std::function<void(unknown_late)> then);

/// Whether the plan that a cancel names is an entry that waits.
using entry_waits = std::function<bool(const plan_id&)>;

/// What is carried out of a document that nobody is told of: its exits that came in time, and its
/// cancels. If an exit came late, only those of entries: it may have been meant to take the place
/// of what the others cancel.
void keep_exits_in_time(std::vector<plan>& plans, const std::vector<late_plan>& late,
                        const entry_waits& is_entry);

/// Takes out the cancels beside an exit whose time is over by now, but for those of entries, for
/// the same reason, and says so of each.
[[nodiscard]] std::vector<field_fault> drop_outliving_cancels(std::vector<plan>& plans, instant now,
                                                              const entry_waits& is_entry);

[[nodiscard]] std::vector<field_fault> faults_of(const std::vector<late_plan>& late);

}  // namespace sluice::actors

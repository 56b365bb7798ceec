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

/// What is carried out of a document that nobody is told of: its exits that came in time, and its
/// cancels unless an exit came late, which may have been meant to take the place of what they
/// cancel.
void keep_exits_in_time(std::vector<plan>& plans, const std::vector<late_plan>& late);

[[nodiscard]] std::vector<field_fault> faults_of(const std::vector<late_plan>& late);

}  // namespace sluice::actors

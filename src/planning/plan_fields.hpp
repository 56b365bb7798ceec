// What the fields of a plan mean: from plain fields to a checked plan and back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan_text.hpp"

namespace sluice {

/// The plan, or none and at least one fault more. `pointer` is the object's own. One that is late
/// is a plan whose time is over, and is named in `late`.
[[nodiscard]] std::optional<plan> plan_of(const raw_object& object, const std::string& pointer,
                                          const arrival& received, const intake_settings& settings,
                                          std::vector<field_fault>& faults,
                                          std::vector<late_plan>& late);

[[nodiscard]] raw_object fields_of(const plan& p);

}  // namespace sluice

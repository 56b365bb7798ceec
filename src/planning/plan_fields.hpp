// What the fields of a plan mean: from plain fields to a checked plan and back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan_text.hpp"

namespace sluice {

/// The plan, or none and at least one fault more. `pointer` is the object's own.
[[nodiscard]] std::optional<plan> plan_of(const raw_object& object, const std::string& pointer,
                                          const stamp& received, const intake_settings& settings,
                                          std::vector<field_fault>& faults);

[[nodiscard]] raw_object fields_of(const plan& p);

}  // namespace sluice

// What producers are told about their plans, as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sluice/actors/messages.hpp"
#include "sluice/planning/plan_json.hpp"

namespace sluice::actors {

/// What is known of one plan of a request.
struct plan_fate {
  plan_id id{};
  plan_reception reception{plan_reception::accepted};
  std::string verdict{};  ///< JSON of the judged plan; empty while there is none.
};

/// 202 while a verdict is open, 200 with all verdicts, 409 for a single conflict; for a batch
/// always an array with a status per plan.
[[nodiscard]] status::response plans_response(const std::vector<plan_fate>& fates, bool batch);
/// 400 with one entry per fault.
[[nodiscard]] status::response faults_response(const std::vector<field_fault>& faults);
/// 429 with Retry-After.
[[nodiscard]] status::response queue_full_response(lane full, std::size_t limit);

}  // namespace sluice::actors

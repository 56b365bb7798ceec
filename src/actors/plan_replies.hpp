// What a producer is told: the fate of its plans, what was wrong with them, or when to come again.
#pragma once

#include <string>
#include <vector>

#include "sluice/actors/messages.hpp"
#include "sluice/planning/plan_json.hpp"
#include "sluice/planning/source_desk.hpp"
#include "sluice/status/http_message.hpp"

namespace sluice::actors {

/// What is known of one plan when the answer goes out.
struct plan_fate {
  plan_id id{};
  plan_reception reception{plan_reception::accepted};
  plan_id about{};        ///< The other plan that the reception names, if it does.
  std::string verdict{};  ///< A plan_judged record's JSON; empty while there is none.
  bool awaited{false};    ///< The verdict is still to come.

  /// Whose verdict answers for it.
  [[nodiscard]] const plan_id& judged_as() const {
    return reception == plan_reception::duplicate ? about : id;
  }
};

/// Why a plan is not taken, for people; empty when it is.
[[nodiscard]] std::string why_refused(const plan_fate& f);

/// 200 when every plan has its verdict, 202 while some wait for theirs, 409 for a single plan whose
/// id or symbol is taken, 403 for one that would cancel another source's plan.
[[nodiscard]] status::response plans_response(const std::vector<plan_fate>& fates, bool batch);
/// 400 that names each field.
[[nodiscard]] status::response faults_response(const std::vector<field_fault>& faults);
/// How a lane's bound is told, for people.
[[nodiscard]] std::string why_full(lane full, std::size_t limit);
/// 429 with Retry-After: the lane's bound is reached.
[[nodiscard]] status::response queue_full_response(lane full, std::size_t limit,
                                                   std::chrono::seconds retry_after);
/// What the desk says of a refusal, for people.
[[nodiscard]] std::string why_refused(const desk_answer& a);
/// How a refusal for the token is counted: "missing", "unknown", "not_enough"; empty for others.
[[nodiscard]] std::string_view token_fault(desk_refusal r);
/// 401, 403 or 429; `retry_after` is told where a quota of open plans is used up.
[[nodiscard]] status::response desk_response(const desk_answer& a, bool batch,
                                             std::chrono::seconds retry_after);

}  // namespace sluice::actors

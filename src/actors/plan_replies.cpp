// JSON and problem documents for producers.
#include "plan_replies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sluice/status/problem.hpp"

namespace sluice::actors {
namespace {

std::string_view word(plan_reception r) {
  switch (r) {
    case plan_reception::accepted:
      return "accepted";
    case plan_reception::repeated:
      return "repeated";
    case plan_reception::conflicting:
      break;
  }
  return "conflict";
}

// A plan id holds no character that JSON or a path would have to escape (parse_plan_id).
std::string fate_json(const plan_fate& f) {
  std::string text = fmt::format(R"({{"plan_id":"{}","status":"{}","see":"/api/v1/plans/{}")",
                                 f.id.str(), word(f.reception), f.id.str());
  if (!f.verdict.empty())
    text += R"(,"judged":)" + f.verdict;
  return text + '}';
}

}  // namespace

status::response plans_response(const std::vector<plan_fate>& fates, bool batch) {
  if (!batch && fates.size() == 1 && fates.front().reception == plan_reception::conflicting)
    return status::problem_response(
        {409,
         "duplicate_plan",
         {},
         "plan_id " + fates.front().id.str() + " was used before for a plan of other content",
         {{"plan_id", "must be new, or the plan the same as before"}}});
  const bool complete = std::ranges::all_of(fates, [](const plan_fate& f) {
    return !f.verdict.empty() || f.reception == plan_reception::conflicting;
  });
  std::string text;
  for (const auto& f : fates)
    text += (text.empty() ? "" : ",") + fate_json(f);
  if (batch)
    text = '[' + text + ']';
  return status::json_response(std::move(text), complete ? 200 : 202);
}

status::response faults_response(const std::vector<field_fault>& faults) {
  status::problem p{400, "invalid_plan", {}, "nothing of this request was accepted", {}};
  for (const auto& f : faults)
    p.fields.push_back({f.pointer, f.reason});
  return status::problem_response(p);
}

status::response queue_full_response(lane full, std::size_t limit) {
  auto answer = status::problem_response(
      {429,
       "queue_full",
       {},
       fmt::format("{} {} plans wait for their verdict; nothing of this request was accepted",
                   limit, to_string(full)),
       {}});
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace sluice::actors

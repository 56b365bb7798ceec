// JSON and problem documents for producers.
#include "plan_replies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "sluice/status/problem.hpp"

namespace sluice::actors {
namespace {

std::string_view word(plan_reception r) {
  switch (r) {
    case plan_reception::accepted:
      return "accepted";
    case plan_reception::repeated:
      return "repeated";
    case plan_reception::duplicate:
      return "duplicate";
    case plan_reception::symbol_busy:
      return "symbol_busy";
    case plan_reception::not_its_own:
      return "not_its_own";
    case plan_reception::conflicting:
      break;
  }
  return "conflict";
}

// A plan id holds no character that JSON or a path would have to escape (parse_plan_id).
std::string fate_json(const plan_fate& f) {
  std::string text = fmt::format(R"({{"plan_id":"{}","status":"{}","see":"/api/v1/plans/{}")",
                                 f.id.str(), word(f.reception), f.judged_as().str());
  if (f.reception == plan_reception::duplicate)
    text += fmt::format(R"(,"duplicate_of":"{}")", f.about.str());
  if (const auto why = why_refused(f); !why.empty())
    text += fmt::format(R"(,"why":"{}")", why);
  if (!f.verdict.empty())
    text += R"(,"judged":)" + f.verdict;
  return text + '}';
}

/// What is done with a single plan that was refused.
status::response refusal_response(const plan_fate& f) {
  status::problem p{409, std::string(word(f.reception)), {}, why_refused(f), {}};
  switch (f.reception) {
    case plan_reception::symbol_busy:
      p.fields = {{"symbol", "has an open plan that has not ended: " + f.about.str()}};
      break;
    case plan_reception::not_its_own:
      p.status = 403;
      p.fields = {{"cancels", "must be a plan of the same source"}};
      break;
    default:
      p.type = "duplicate_plan";
      p.fields = {{"plan_id", "must be new, or the plan the same as before"}};
  }
  return status::problem_response(p);
}

std::string_view type_of(desk_refusal r) {
  switch (r) {
    case desk_refusal::token_missing:
    case desk_refusal::order_token_missing:
    case desk_refusal::token_unknown:
      return "token";
    case desk_refusal::too_fast:
    case desk_refusal::too_many_open:
      return "quota";
    default:
      return "source_not_allowed";
  }
}

int status_of(desk_refusal r) {
  switch (r) {
    case desk_refusal::token_missing:
    case desk_refusal::order_token_missing:
    case desk_refusal::token_unknown:
      return 401;
    case desk_refusal::too_fast:
    case desk_refusal::too_many_open:
      return 429;
    default:
      return 403;
  }
}

/// Never sooner than a second, never later than it is.
std::string in_seconds(std::chrono::seconds s) {
  return std::to_string(std::max<std::int64_t>(s.count(), 1));
}

}  // namespace

std::string why_refused(const plan_fate& f) {
  switch (f.reception) {
    case plan_reception::conflicting:
      return fmt::format("plan_id {} was used before for a plan of other content", f.id.str());
    case plan_reception::symbol_busy:
      return fmt::format("the open plan {} of this symbol has not ended", f.about.str());
    case plan_reception::not_its_own:
      return fmt::format("plan {} was sent by another source", f.about.str());
    default:
      return {};
  }
}

status::response plans_response(const std::vector<plan_fate>& fates, bool batch) {
  if (!batch && fates.size() == 1 && is_refused(fates.front().reception))
    return refusal_response(fates.front());
  const bool complete = std::ranges::all_of(
      fates, [](const plan_fate& f) { return !f.verdict.empty() || is_refused(f.reception); });
  std::string text;
  text.reserve(fates.size() * 96);
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

std::string why_full(lane full, std::size_t limit) {
  return fmt::format("{} {} plans wait for their verdict", limit, to_string(full));
}

status::response queue_full_response(lane full, std::size_t limit,
                                     std::chrono::seconds retry_after) {
  auto answer =
      status::problem_response({429,
                                "queue_full",
                                {},
                                why_full(full, limit) + "; nothing of this request was accepted",
                                {}});
  answer.headers.emplace_back("Retry-After", in_seconds(retry_after));
  return answer;
}

std::string why_refused(const desk_answer& a) {
  const auto& source = a.source.str();
  switch (a.refusal) {
    case desk_refusal::none:
      return {};
    case desk_refusal::token_missing:
      return fmt::format("source {} must show its token as \"Authorization: Bearer ...\"", source);
    case desk_refusal::order_token_missing:
      return fmt::format(
          "plans of source {} need the token that orders need, as "
          "\"Authorization: Bearer ...\"",
          source);
    case desk_refusal::token_unknown:
      return "the token is no source's";
    case desk_refusal::other_source:
      return fmt::format("the token is not that of source {}", source);
    case desk_refusal::unlisted:
    case desk_refusal::lane_closed:
      return door_words(a.refusal, a.source, a.traffic);
    case desk_refusal::too_fast:
      return fmt::format(
          "source {} has sent as many {} plans as its quota admits; {} from now it "
          "admits more",
          source, to_string(a.traffic), format_duration(a.wait));
    case desk_refusal::too_many_open:
      break;
  }
  return fmt::format("{} {} plans are what source {} may have without a verdict", a.limit,
                     to_string(a.traffic), source);
}

std::string_view token_fault(desk_refusal r) {
  switch (r) {
    case desk_refusal::token_missing:
    case desk_refusal::order_token_missing:
      return "missing";
    case desk_refusal::token_unknown:
      return "unknown";
    case desk_refusal::other_source:
      return "not_enough";
    default:
      return {};
  }
}

status::response desk_response(const desk_answer& a, bool batch, std::chrono::seconds retry_after) {
  status::problem p{status_of(a.refusal),
                    std::string(type_of(a.refusal)),
                    {},
                    why_refused(a) + "; nothing of this request was accepted",
                    {}};
  if (p.status == 403)
    p.fields = {{batch ? fmt::format("/{}/source", a.at) : "/source", why_refused(a)}};
  auto answer = status::problem_response(p);
  if (p.status == 401)
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (a.refusal == desk_refusal::too_fast)
    retry_after = std::chrono::ceil<std::chrono::seconds>(a.wait);
  if (p.status == 429)
    answer.headers.emplace_back("Retry-After", in_seconds(retry_after));
  return answer;
}

}  // namespace sluice::actors

// Tells verdicts that a person should be woken for from those that are in order.
#include "sluice/gate/blocked_exit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {
namespace {

std::string in_words(const refusal& r) {
  const auto observed = to_string(r.observed);
  const auto limit = to_string(r.limit);
  std::string text{to_string(r.code)};
  if (!observed.empty())
    text += " (" + observed + (limit.empty() ? "" : ", limit " + limit) + ")";
  return text;
}

}  // namespace

std::optional<std::string> blocked_exit(const plan_verdict& v) {
  const auto* wish = std::get_if<reduce_plan>(&v.what->body);
  const auto& refusals = v.outcome.refusals;
  if (!wish || v.outcome.kind == verdict_kind::allow)
    return std::nullopt;
  if (std::ranges::count(refusals, refusal_code::plan_withdrawn, &refusal::code) > 0)
    return std::nullopt;
  // What a truth says that is too old to judge by does not count as done.
  if (is_at_target(refusals))
    return std::nullopt;
  auto text =
      fmt::format("plan {} wanted at most {} {} left and ends without an order:", v.what->id.str(),
                  wish->target.str(), v.what->instrument.str());
  for (const auto& r : refusals)
    text += (&r == &refusals.front() ? " " : ", ") + in_words(r);
  return text;
}

}  // namespace sluice

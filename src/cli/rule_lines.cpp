// Joins the table of rules with the refusals that were recorded.
#include "rule_lines.hpp"

#include <algorithm>

#include "sluice/gate/judge.hpp"

namespace sluice::cli {
namespace {

bool is_asked(const rule& r, const plan& p) {
  if (std::holds_alternative<open_plan>(p.body))
    return r.scope.open;
  return std::holds_alternative<reduce_plan>(p.body) ? r.scope.reduce : r.scope.cancel;
}

}  // namespace

std::vector<rule_line> rule_lines(const plan& p, const verdict& said) {
  std::vector<rule_line> out;
  for (const auto& r : rules())
    if (is_asked(r, p))
      out.push_back({.code = r.code});
  for (const auto& refused : said.refusals) {
    auto found = std::ranges::find(out, refused.code, &rule_line::code);
    if (found == out.end())
      found = out.insert(out.end(), rule_line{.code = refused.code});
    *found = {refused.code, false, refused.observed, refused.limit};
  }
  return out;
}

}  // namespace sluice::cli

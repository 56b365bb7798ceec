// Asks the rules again by the facts that were recorded; what was refused stands as it was said.
#include "rule_lines.hpp"

#include <algorithm>

#include "sluice/gate/judge.hpp"

namespace sluice::cli {

std::vector<rule_line> rule_lines(const plan& p, const facts& seen, const verdict& said) {
  std::vector<rule_line> out;
  for (const auto& r : rules()) {
    if (!applies(r, p))
      continue;
    const auto again = r.check(p, seen);
    out.push_back({r.code, true, again.observed, again.limit});
  }
  for (const auto& refused : said.refusals) {
    auto found = std::ranges::find(out, refused.code, &rule_line::code);
    if (found == out.end())
      found = out.insert(out.end(), rule_line{.code = refused.code});
    *found = {refused.code, false, refused.observed, refused.limit};
  }
  return out;
}

}  // namespace sluice::cli

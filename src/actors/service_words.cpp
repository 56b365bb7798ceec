// The reasons first: a long line is cut at its end.
#include "service_words.hpp"

#include <fmt/format.h>

namespace sluice::actors {

standing_told standing_of(const status_view& v, bool account_read) {
  const bool any = v.truth.open + v.truth.flat > 0;
  standing_told told;
  told.truth_complete =
      account_read && any && v.truth.unknown == 0 && !v.universe_now->instruments.empty();
  told.words = fmt::format("{}, {}, ", to_string(v.mode), to_string(v.trading.state));
  if (v.not_ready_for.empty())
    told.words += "ready";
  for (const auto& r : v.not_ready_for)
    told.words += fmt::format("{}{} ({})", &r == v.not_ready_for.data() ? "not ready: " : ", ",
                              r.reason, r.detail);
  told.words += any ? fmt::format(", oldest truth {}", format_duration(v.ages.max))
                    : std::string{", no truth yet"};
  return told;
}

}  // namespace sluice::actors

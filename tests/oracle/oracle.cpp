// All checks over one history.
#include "oracle.hpp"

#include <array>

namespace sluice::oracle {

std::vector<violation> judge(const history& h) {
  constexpr std::array checks{check_allows,     check_truths,    check_flights,   check_orders,
                              check_reductions, check_verdicts,  check_deadlines, check_budget,
                              check_holds,      check_held,      check_replays,   check_intents,
                              check_secrets,    check_limits,    check_books,     check_fills,
                              check_order_ends, check_plan_ends, check_recovery,  check_stops};
  std::vector<violation> all;
  for (const auto check : checks)
    for (auto& v : check(h))
      all.push_back(std::move(v));
  return all;
}

}  // namespace sluice::oracle

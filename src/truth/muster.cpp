// One look per symbol: does it come round, and does a read wait for it in time. That is all.
#include "sluice/truth/muster.hpp"

#include <algorithm>

namespace sluice {

std::size_t muster(rounds& all, read_scheduler& scheduler, const truth_keeper& keeper,
                   const universe& listed, instant now) {
  const duration period{all.promise().plan.symbol_period};
  const auto names = keeper.directory();
  std::size_t count = 0;
  for (symbol_index i = 0; i < names->size(); ++i) {
    const bool open = keeper.is_open(i);
    if ((!open && !listed.find(names->name_of(i))) || !all.comes_round(i, open, now))
      continue;
    ++count;
    const auto target = read_target::of(i);
    const auto proven = keeper.proven_at(i);
    const auto due = proven ? *proven + period : now;
    const auto waits = scheduler.waits_until(target);
    if (!scheduler.is_in_flight(target) && (!waits || *waits > std::max(due, now)))
      scheduler.want({target, routine_priority(open), due, due}, now);
  }
  return count;
}

}  // namespace sluice

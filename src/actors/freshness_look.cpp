// One scan of the state table and of the marks of all symbols that may be traded.
#include "freshness_look.hpp"

#include <algorithm>

#include "sluice/truth/universe_tiers.hpp"

namespace sluice::actors {
namespace {

std::optional<milliseconds> oldest_truth(const services& given, const freshness_promise& promise,
                                         const universe& listed, instant now) {
  // Before anything is listed an empty table would look fresh.
  if (listed.instruments.empty())
    return std::nullopt;
  milliseconds oldest{0};
  bool unknown = false;
  given.table->scan([&](const position_key& key, const truth_view& seen) {
    if (!is_promised(promise.strategy, seen.content, listed.find(key.instrument) != nullptr))
      return;
    unknown = unknown || !is_known(seen.content);
    oldest = std::max(oldest, between(seen.as_of, now));
  });
  return unknown ? std::nullopt : std::optional(oldest);
}

std::optional<milliseconds> oldest_mark(const services& given, const universe& listed,
                                        instant now) {
  if (!offers_any(listed))
    return std::nullopt;
  milliseconds oldest{0};
  for (const auto& rules : listed.instruments) {
    if (!rules.tradable || !rules.offered)
      continue;
    const auto mark = given.marks->read(rules.instrument);
    if (!mark)
      return std::nullopt;
    oldest = std::max(oldest, between(mark->as_of, now));
  }
  return oldest;
}

}  // namespace

freshness_seen look_at_freshness(const services& given, instant now) {
  const auto promise = given.vitals->promise();
  const auto listed = given.universe->current();
  return {oldest_truth(given, promise, *listed, now), oldest_mark(given, *listed, now),
          promise.bound};
}

}  // namespace sluice::actors

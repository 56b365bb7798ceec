// Written without a tree of values between, since it is by far the longest document that is polled.
#include "age_document.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

namespace sluice::actors {

std::string ages_json(const state_table& table, const universe& listed,
                      const freshness_promise& promise, const stamp& now) {
  std::string rows;
  table.scan([&](const position_key& key, const truth_view& seen) {
    const bool promised =
        is_promised(promise.strategy, seen.content, listed.find(key.instrument) != nullptr);
    fmt::format_to(
        std::back_inserter(rows), R"({}[{},"{}","{}",{},{}])", rows.empty() ? "" : ",",
        boost::json::serialize(boost::json::string(key.instrument.str())), to_string(key.leg),
        kind_of(seen.content),
        is_known(seen.content) ? fmt::to_string(between(seen.as_of, now.steady).count()) : "null",
        promised);
  });
  return fmt::format(
      R"({{"time":"{}","bound_ms":{},"columns":["symbol","position_side","truth","age_ms",)"
      R"("promised"],"rows":[{}]}})",
      format_rfc3339(now.wall), promise.bound.count(), rows);
}

}  // namespace sluice::actors

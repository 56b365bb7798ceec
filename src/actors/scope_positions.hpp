// The positions that a flatten of one symbol, or of the whole account, looks at.
#pragma once

#include <utility>
#include <vector>

#include "sluice/truth/state_table.hpp"

namespace sluice::actors {

/// Every leg that the table has of the symbol; an empty scope is the whole account.
[[nodiscard]] inline std::vector<std::pair<position_key, truth_view>> positions_of(
    const symbol& scope, const state_table& table) {
  std::vector<std::pair<position_key, truth_view>> out;
  if (scope.empty())
    table.scan([&](const position_key& key, const truth_view& v) { out.emplace_back(key, v); });
  else
    for (const auto leg : {position_side::both, position_side::long_, position_side::short_})
      if (const position_key key{scope, leg}; table.slot_of(key))
        out.emplace_back(key, table.read(key));
  return out;
}

}  // namespace sluice::actors

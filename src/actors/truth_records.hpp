// Which changes of truth go into the journal.
#pragma once

#include <variant>
#include <vector>

#include "sluice/domain/record.hpp"

namespace sluice::actors {

/// The first proof that hundreds of symbols are flat is one fact, not hundreds of records.
[[nodiscard]] inline std::vector<record_body> records_of(
    const std::vector<truth_changed>& changes) {
  std::vector<record_body> bodies;
  for (const auto& c : changes)
    if (is_known(c.before) || std::holds_alternative<position_open>(c.after.content))
      bodies.emplace_back(c);
  return bodies;
}

}  // namespace sluice::actors

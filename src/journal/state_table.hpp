// The rows of state as the file has them, in the fold's canonical form.
#pragma once

#include <string_view>
#include <vector>

#include "database.hpp"
#include "state_fold.hpp"

namespace sluice::journal {

/// Which plans and orders: those that can still change, or all.
enum class state_part : std::uint8_t { standing, all };

/// The queries for what can still change: they are asked at every checkpoint, and each of them uses
/// an index of few rows, so that a long journal does not make them slow.
[[nodiscard]] std::vector<std::string_view> standing_state_queries();

[[nodiscard]] result<state_rows> read_state_rows(database& db, state_part part);

}  // namespace sluice::journal

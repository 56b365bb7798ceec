// The rows of state as the file has them, in the fold's canonical form.
#pragma once

#include "database.hpp"
#include "state_fold.hpp"

namespace sluice::journal {

/// Which plans and orders: those that can still change, or all.
enum class state_part : std::uint8_t { standing, all };

[[nodiscard]] result<state_rows> read_state_rows(database& db, state_part part);

}  // namespace sluice::journal

// How the exit engine sees a position, as a part of its JSON document.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>

#include "sluice/domain/exit_state.hpp"
#include "sluice/exits/settings.hpp"

namespace sluice::actors {

/// What belongs to all positions of one document.
struct exit_surroundings {
  const exit_settings* settings{nullptr};
  wall_time now{};
};

/// {"policy", "r", "r_peak", "kill_score", "next_tranche", ...}; null where there is none.
[[nodiscard]] boost::json::object exit_object(const exit_state& state, const position_open& held,
                                              std::optional<price> mark,
                                              std::optional<price> liquidation,
                                              const exit_surroundings& around);

/// True when no rule limits what an open position may lose, or how long. Without a state: true.
[[nodiscard]] bool is_unprotected(const std::optional<exit_state>& state,
                                  const exit_settings& settings);

}  // namespace sluice::actors

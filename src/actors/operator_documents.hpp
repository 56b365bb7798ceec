// The JSON documents of what operators order and release: trading state, overrides, holds, armed
// closes.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "projection.hpp"
#include "sluice/actors/messages.hpp"
#include "sluice/domain/standing_state.hpp"
#include "sluice/gate/settings.hpp"

namespace sluice::actors {

/// {"state", "author", "reason", "since", "until"}; null where there is none.
[[nodiscard]] boost::json::object state_object(const standing_state& s);
[[nodiscard]] std::string state_json(const standing_state& s);

[[nodiscard]] boost::json::array overrides_array(const std::vector<setting_override>& standing,
                                                 wall_time now);
[[nodiscard]] std::string override_json(const setting_override& o);
/// Those in force, and every key that may be overridden with its normal value and its ceiling.
[[nodiscard]] std::string overrides_json(const std::vector<setting_override>& standing,
                                         const gate_settings& normal, wall_time now);

[[nodiscard]] std::string resynced_json(const resynced& done, const stamp& now);

[[nodiscard]] std::string holds_json(const projection& folded);

/// Closes that the reconciler may propose, each with the time that is left.
[[nodiscard]] std::string closes_json(const projection& folded, wall_time now);
[[nodiscard]] std::string close_json(const close_arming& a);

}  // namespace sluice::actors

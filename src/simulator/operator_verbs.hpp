// Further control paths: what a person, or the venue itself, does to an account.
#pragma once

#include <string_view>

#include "json_fields.hpp"
#include "sluice/simulator/venue.hpp"

namespace sluice::simulator {

/// Carries out one control request.
using operator_verb = reply (*)(venue&, json_fields&, moment);

/// /sim/order, /sim/cancel, /sim/leverage, /sim/position_mode, /sim/multi_assets, /sim/adl,
/// /sim/settle, /sim/symbol; null for any other path.
[[nodiscard]] operator_verb find_operator_verb(std::string_view path);

}  // namespace sluice::simulator

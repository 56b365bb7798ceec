// Changes of listed symbols: read from scripts and control requests, judged before they are made.
#pragma once

#include <string>

#include "json_fields.hpp"
#include "sluice/simulator/symbol_change.hpp"

namespace sluice::simulator {

/// Takes status, tick, step, market_max and min_notional, texts all of them; complains of what
/// cannot be, and when none is given.
[[nodiscard]] symbol_change read_symbol_change(json_fields& in);

/// Why the change cannot be made; empty when it can.
[[nodiscard]] std::string fault_of(const symbol_change& c);

}  // namespace sluice::simulator

// The ages of all symbols in one small document, for whoever draws them.
#pragma once

#include <string>

#include "sluice/domain/time.hpp"
#include "sluice/truth/rounds.hpp"
#include "sluice/truth/state_table.hpp"

namespace sluice::actors {

/// One row for each tracked position: symbol, position side, truth (open, flat, unknown), age in ms
/// (null while unknown), and whether an age is promised of it. Rows rather than objects: the page
/// asks every second, of up to 10,000 symbols.
[[nodiscard]] std::string ages_json(const state_table& table, const universe& listed,
                                    const freshness_promise& promise, const stamp& now);

}  // namespace sluice::actors

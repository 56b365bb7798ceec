// The diagnosis from files alone: a configuration with what it names, and a journal.
#pragma once

#include <string>
#include <variant>

#include "diagnosis.hpp"
#include "sluice/config/config.hpp"

namespace sluice::cli {

/// The configuration, or none with a fault in `out` for each thing that is wrong with it.
[[nodiscard]] std::optional<config::settings> check_file(const std::string& file, diagnosis& out);

/// Strategy, intervals, sources, keys, state directory, disk, halt file. Asks nobody.
void check_settings(const config::settings& chosen, diagnosis& out);

/// Chain and state of a journal's file, verdicts of its last hour, holds, overrides, orders and
/// positions as its end has them. Changes nothing.
void check_journal(const std::string& file, diagnosis& out);

/// Asks the venue of the configuration for clock, account and positions. Sends no order.
void check_exchange(const config::settings& chosen, diagnosis& out);

}  // namespace sluice::cli

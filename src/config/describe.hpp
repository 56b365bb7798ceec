// One function per table of the file, each describing every key of one settings struct.
#pragma once

#include "schema.hpp"
#include "sluice/config/config.hpp"

namespace sluice::config {

class section_builder;

/// All tables in the order of the sample file, bound to `s`, which must outlive the schema. The
/// first has no name: the top level.
[[nodiscard]] schema schema_of(settings& s);

/// The same with a section for every table of a family that the settings hold, behind its own.
[[nodiscard]] schema with_named_tables(schema plain);

[[nodiscard]] section describe_top(settings& s);
[[nodiscard]] section describe_exchange(settings& s);
[[nodiscard]] section describe_snapshot(snapshot_settings& s);
[[nodiscard]] section describe_watchdog(stall_settings& s);
[[nodiscard]] section describe_universe(universe_settings& s);
[[nodiscard]] section describe_gate(gate_settings& s);
[[nodiscard]] section describe_limits(limits_settings& s);
[[nodiscard]] section describe_intake(intake_settings& s);
[[nodiscard]] section describe_redis(settings& s);
[[nodiscard]] section describe_planner(planner_settings& s);
[[nodiscard]] section describe_reconcile(reconcile_settings& s);
[[nodiscard]] section describe_executor(settings& s);
[[nodiscard]] section describe_exits(exit_settings& s);
[[nodiscard]] section describe_protective_stops(stop_settings& s);
[[nodiscard]] section describe_dead_man(dead_man_settings& s);
[[nodiscard]] section describe_flatten(flatten_settings& s);
[[nodiscard]] section describe_journal(::sluice::journal::journal_settings& s);
[[nodiscard]] section describe_status(::sluice::status::http_settings& s);
[[nodiscard]] section describe_log(::sluice::status::log_settings& s);
[[nodiscard]] section describe_log_levels(::sluice::status::log_settings& s);
[[nodiscard]] section describe_simulator(settings& s);
/// The part of [simulator] about trading.
void describe_trading(section_builder& b, ::sluice::simulator::trading_rules& s);

}  // namespace sluice::config

// Limits changed by hand for a replay: one "key=value" as it would stand in the file.
#pragma once

#include <array>
#include <string_view>

#include "sluice/domain/verdict.hpp"

namespace sluice {

/// A limit that verdicts were made by and a replay may change.
struct limit_key {
  std::string_view name{};                                          ///< "gate.stale_after_entry".
  void (*copy)(gate_limits& to, const gate_limits& from){nullptr};  ///< This one limit alone.
};

/// Every member of gate_limits, by its key of the configuration.
inline constexpr std::array limit_keys{
    limit_key{"gate.stale_after_exit",
              [](gate_limits& to, const gate_limits& from) {
                to.stale_after_exit = from.stale_after_exit;
              }},
    limit_key{"gate.stale_after_entry",
              [](gate_limits& to, const gate_limits& from) {
                to.stale_after_entry = from.stale_after_entry;
              }},
    limit_key{"gate.cooldown",
              [](gate_limits& to, const gate_limits& from) { to.cooldown = from.cooldown; }},
    limit_key{"gate.mark_stale_after",
              [](gate_limits& to, const gate_limits& from) {
                to.mark_stale_after = from.mark_stale_after;
              }},
    limit_key{"gate.allow_add",
              [](gate_limits& to, const gate_limits& from) { to.allow_add = from.allow_add; }},
    limit_key{"gate.hold_blocks_reduce",
              [](gate_limits& to, const gate_limits& from) {
                to.hold_blocks_reduce = from.hold_blocks_reduce;
              }},
    limit_key{"reconcile.tolerance_percent",
              [](gate_limits& to, const gate_limits& from) {
                to.drift_tolerance_percent = from.drift_tolerance_percent;
              }},
};

}  // namespace sluice

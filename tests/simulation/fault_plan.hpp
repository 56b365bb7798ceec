// What goes wrong in a run, and when: drawn before it begins.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "draws.hpp"
#include "phases.hpp"
#include "simulated_disk.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/simulator/faults.hpp"

namespace sluice::simulation {

/// `rest`: an order of theirs that stays in the book for a while, perhaps one that only reduces.
enum class person_act : std::uint8_t { close, flip, add, cancel, leverage, rest };
enum class venue_act : std::uint8_t { liquidate, deleverage };

struct disk_fault {
  crash_kind kind{crash_kind::process};
  std::int64_t calls{0};  ///< Calls of the disk until then; 0: at once.
  bool sync_error{false};
};
struct wall_jump {
  milliseconds by{};
};
/// While it lasts, each commit takes so long.
struct slow_disk {
  milliseconds each{};
  milliseconds lasts{};
};

struct planned_fault {
  std::string name{};  ///< "E4", "H1", ...
  milliseconds at{};   ///< Of the run.
  phase wanted{phase::deciding};
  std::string script{};  ///< Of venue faults, a JSON object a line; "SYMBOL" is the plan's symbol.
  std::optional<person_act> person{};
  std::optional<venue_act> venue{};
  std::optional<disk_fault> disk{};
  std::optional<wall_jump> wall{};
  std::optional<slow_disk> slow{};
  bool reads_lag{false};  ///< For seconds they show what was before it.
  milliseconds lasts{};   ///< After it, nothing of it is in force.
};

/// The names of all kinds there are, in order.
[[nodiscard]] const std::vector<std::string>& fault_names();

/// 5 to 40 faults between `from` and `to`, in order of time.
[[nodiscard]] std::vector<planned_fault> draw_faults(draws& random, milliseconds from,
                                                     milliseconds to);

}  // namespace sluice::simulation

// Which universe is in force: the venue's, the last good one, the configured names, or none.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sluice/domain/instrument.hpp"
#include "sluice/truth/settings.hpp"

namespace sluice {

/// What differs between two universes, by symbol.
struct universe_difference {
  std::vector<symbol> listed{};    ///< New.
  std::vector<symbol> delisted{};  ///< Gone.
  std::vector<symbol> changed{};   ///< Other status or filters.
  [[nodiscard]] bool none() const { return listed.empty() && delisted.empty() && changed.empty(); }
};
[[nodiscard]] universe_difference difference(const universe& before, const universe& after);

/// Pure. A universe is live for max_age after it was read by this process, then last good for
/// last_good_max_age in all; beyond that the names of `allow` stand in without rules, good for
/// exits alone; without those nothing is known. Symbols that the configuration leaves out stay
/// known, but are not offered: only exits may trade them. So does one that a single read lacks.
class universe_tiers {
 public:
  explicit universe_tiers(universe_settings settings);

  /// What the journal has from before the start; `read_at` on this process's clock.
  void keep_last_good(universe content, instant read_at);
  /// A good read by this process. Returns what changed against the one before, if there was one.
  std::optional<universe_difference> read(universe now);

  /// Other symbols may be opened from now on; empty: all.
  void allow(std::vector<std::string> names);

  /// What is in force at this moment; null when that is what it gave last.
  [[nodiscard]] std::shared_ptr<const universe> in_force(instant now);
  /// When another tier may come into force by age alone; none when that cannot be.
  [[nodiscard]] std::optional<instant> next_fall() const;

 private:
  [[nodiscard]] universe_source source_at(instant now) const;
  [[nodiscard]] universe named_by_configuration() const;
  void offer(universe& u) const;
  void keep_missing(universe& now);

  universe_settings settings_;
  std::optional<universe> newest_{};
  std::set<symbol> missing_{};  ///< Of newest_: kept from the read before.
  bool by_this_process_{false};
  bool changed_{true};
  universe_source given_{universe_source::none};
};

}  // namespace sluice

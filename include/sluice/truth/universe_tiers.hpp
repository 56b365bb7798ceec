// Which universe is in force: the venue's, the last good one, one for exits alone, or none.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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

/// False as long as nothing can be opened: none was read, or the last one too long ago.
[[nodiscard]] bool offers_any(const universe& u);
/// Whether truth is kept of a symbol of the list from the start; others have it from their first
/// position on.
[[nodiscard]] bool is_followed(const universe& u, const instrument_rules& r);

/// Whether the settings let symbols of this contract type and quote asset be opened. One whose
/// quote asset is unknown is of none.
[[nodiscard]] bool offers_such(const universe_settings& s, const instrument_rules& r);

/// Pure. A universe is live for max_age after it was read by this process, then last good for
/// last_good_max_age in all; beyond that it is good for exits alone: nothing of it is offered. The
/// names of `allow` stand beside it without rules, and alone where none was ever read; without
/// either nothing is known. Symbols that the configuration leaves out stay known, but are not
/// offered: only exits may trade them. So does one that is missing from the lists of less than half
/// a refresh.
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
  enum class tier : std::uint8_t { live, last_good, exits_only };
  [[nodiscard]] tier tier_at(instant now) const;
  [[nodiscard]] universe content_of(tier t) const;
  [[nodiscard]] universe for_exits() const;
  void offer(universe& u) const;
  void keep_missing(universe& now);

  universe_settings settings_;
  std::optional<universe> newest_{};
  std::map<symbol, instant> missing_{};  ///< Of newest_, kept from before; the first list without.
  bool by_this_process_{false};
  bool changed_{true};
  tier given_{tier::exits_only};
};

}  // namespace sluice

// The order of one stream's marks: connections overlap, and the venue's clock is not always right.
#pragma once

#include <unordered_map>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// How far behind the newest mark of its symbol one is dropped as older. Farther behind it is the
/// newest's time that was wrong: it would keep every mark away until that time has come.
inline constexpr milliseconds older_within{60'000};

class mark_order {
 public:
  /// False for a mark that is older than one of this symbol that came before. By the venue's own
  /// times (`E`), which a clock that is measured anew does not move.
  [[nodiscard]] bool is_next(const symbol& s, venue_time made_at);

 private:
  std::unordered_map<symbol, venue_time> newest_{};
};

}  // namespace sluice

// What a read and a change carry along while they are under way.
#pragma once

#include <utility>

#include "session.hpp"

namespace sluice::exchange {

struct session::read_job {
  read_call call{};
  read_done done{};
  instant deadline{};
  bool cured{false};  ///< The clock was measured again for it once.
};

struct session::change_job {
  change_call call{};
  change_done done{};
  instant deadline{};
  std::optional<instant> last_leave{};  ///< Of an order: later it stays here.
  bool cured{false};
};

/// The venue's own words, never those of somebody on the way.
[[nodiscard]] inline std::string words_of(const answer& seen) {
  return seen.is_error_document ? quotable(seen.text) : "no document of the venue";
}

}  // namespace sluice::exchange

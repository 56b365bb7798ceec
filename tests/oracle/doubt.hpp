// Orders whose fate cannot be found out, and what is blocked for it.
#pragma once

#include <set>
#include <string>

#include "history.hpp"

namespace sluice::oracle {

/// What is of unknown fate at the end, where docs/simulation.md says what keeps the proof from
/// being found: another trade that looks the same, or a clock that was set meanwhile.
struct doubt {
  std::set<std::string> orders{};
  std::set<std::string> plans{};
  std::set<std::string> symbols{};  ///< Blocked until a person looks, which is safe.
};
[[nodiscard]] doubt what_is_in_doubt(const history& h);
/// The same of a moment before the end.
[[nodiscard]] doubt what_was_in_doubt(const history& h, ms at);

}  // namespace sluice::oracle

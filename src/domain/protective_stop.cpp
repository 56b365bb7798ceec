// The words for the life of a protective stop.
#include "sluice/domain/protective_stop.hpp"

#include <array>

namespace sluice {

std::string_view to_string(stop_state s) {
  constexpr std::array<std::string_view, stop_state_count> words{
      "intended",  "sent",     "unknown",   "resting",  "cancelling",
      "triggered", "finished", "cancelled", "rejected", "expired"};
  const auto at = static_cast<std::size_t>(s);
  return at < words.size() ? words[at] : "?";
}

}  // namespace sluice

// How a server says that it takes no writes from anybody now: a replica, or one that still loads.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "sluice/redis/client.hpp"

namespace sluice::actors {

[[nodiscard]] inline bool refuses_writes(const redis::reply& r) {
  constexpr std::array<std::string_view, 3> words{"READONLY", "MASTERDOWN", "LOADING"};
  const auto code = redis::error_code(r);
  // To EXEC it says "EXECABORT Transaction discarded because of: READONLY ...".
  return std::ranges::any_of(words, [&](std::string_view word) {
    return code == word || (code == "EXECABORT" && r.text.find(word) != std::string::npos);
  });
}

/// The first such answer, also among the answers inside of EXEC's; null when there is none.
[[nodiscard]] inline const redis::reply* refusal_of_writes(std::span<const redis::reply> replies) {
  for (const auto& r : replies) {
    if (refuses_writes(r))
      return &r;
    if (const auto* inner = refusal_of_writes(r.items))
      return inner;
  }
  return nullptr;
}

}  // namespace sluice::actors

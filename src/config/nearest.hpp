// The known name that a mistyped one was probably meant to be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

/// Single-character insertions, deletions, replacements and swaps of neighbours between two names.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known name closest to `text`, unless more than a third of it would have to change.
[[nodiscard]] std::optional<std::string> nearest(std::string_view text,
                                                 const std::vector<std::string>& known);

}  // namespace sluice::config

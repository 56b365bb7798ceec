// Letters outside ASCII that TOML has no place for, found before its parser sees them.
#pragma once

#include <optional>
#include <string_view>

#include "sluice/config/fault.hpp"

namespace sluice::config {

/// Where the first letter outside ASCII stands that is in neither a quote nor a comment, or that
/// follows a backslash or the white space after one; line and column in letters, from 1. A quote
/// right behind a number (`1."a"`) hides none. TOML forbids the first; toml++ 3.3 has no defined
/// behaviour for U+00A1 to U+0499, most of U+2C5E to U+3057, and U+FB26 to U+FEFE in all of these.
[[nodiscard]] std::optional<place> find_stray_letter(std::string_view text);

}  // namespace sluice::config

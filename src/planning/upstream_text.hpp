// Numbers, words and times as programs without a schema write them.
#pragma once

#include <optional>
#include <string_view>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/stream_entry.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// A number that was a double once, to 1e-8: exponents are taken, digits beyond the eighth are
/// rounded, for they are noise. Not negative. Errors: invalid_value, out_of_range.
[[nodiscard]] result<std::int64_t> parse_rounded(std::string_view text);

/// "true", "True", "1", "yes" and their opposites; none for anything else.
[[nodiscard]] std::optional<bool> parse_flag(std::string_view text);

/// Seconds or milliseconds since 1970, with a fraction, or RFC 3339, also without a zone (UTC).
[[nodiscard]] result<wall_time> parse_upstream_time(std::string_view text);

/// Without white space around it, in capitals.
[[nodiscard]] std::string capitals(std::string_view text);

/// The members of a JSON object that are single values, as text; objects and arrays in it say
/// nothing here. Errors: malformed, also when a name comes twice.
[[nodiscard]] result<stream_fields> single_values_of(std::string_view json);

}  // namespace sluice

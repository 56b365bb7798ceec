// Percent-decoding and query splitting: the pure part of reading a request's target.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/status/http_message.hpp"

namespace sluice::status {

enum class plus_sign { literal, space };

/// Decodes %XX. None when an escape is broken or the result holds a control character.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, plus_sign plus);

/// Most parameters one query may have.
inline constexpr std::size_t query_parameters_max = 64;

/// Splits "a=1&b=two+words"; a name without '=' has an empty value. None when an escape is broken
/// or there are too many parameters.
[[nodiscard]] std::optional<query_parameters> parse_query(std::string_view text);

/// True when a Host header's value, port and case aside, is one of localhost, 127.0.0.1, [::1] and
/// `allowed`. Guards a loopback server against web pages that rebind a name to it.
[[nodiscard]] bool host_allowed(std::string_view host, const std::vector<std::string>& allowed);

}  // namespace sluice::status

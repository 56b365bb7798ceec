// The head of a response as bytes, with the headers that every answer carries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/status/http_message.hpp"

namespace sluice::status {

enum class connection_use { keep, close };

/// True when every header of the answer is one token and a value without control characters, and
/// none is for the server alone to set (length, transfer coding, connection, date).
[[nodiscard]] bool headers_usable(const response& r);

/// Writes status line and fields, ending in the empty line. `date` is an HTTP date. Without
/// `length` the body ends with the connection, or there is none (204, 304).
void write_response_head(std::string& out, const response& r, std::string_view date,
                         std::optional<std::size_t> length, connection_use use);

/// "Mon, 23 Nov 2026 01:51:00 GMT" of seconds since 1970, UTC, independent of the locale.
[[nodiscard]] std::string http_date(std::int64_t seconds);

}  // namespace sluice::status

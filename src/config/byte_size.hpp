// Sizes in bytes as text with a unit: "64KiB", "8MiB".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice::config {

/// Reads a whole number with one of B, KiB, MiB, GiB. Decimal units (kB, MB) are refused: half of
/// their readers mean the binary ones.
[[nodiscard]] result<std::uint64_t> parse_byte_size(std::string_view text);

/// With the largest unit that divides it: "64KiB", "1500B".
[[nodiscard]] std::string format_byte_size(std::uint64_t bytes);

}  // namespace sluice::config

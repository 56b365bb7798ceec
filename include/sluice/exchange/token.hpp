// Random words that confirm something, and the digest that is kept of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice::exchange {

/// 128 random bits as 32 lower-case hex digits. errc::io_failure when the system gives none.
[[nodiscard]] result<std::string> random_token();

/// SHA-256.
[[nodiscard]] std::array<std::uint8_t, 32> digest_of(std::string_view text);

}  // namespace sluice::exchange

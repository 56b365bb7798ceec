// Tells valid UTF-8 from other bytes, so that nothing else gets into documents and log lines.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::status {

/// Bytes of the character the text begins with; 0 when it begins with none (overlong forms,
/// surrogates and values past U+10FFFF are none).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace sluice::status

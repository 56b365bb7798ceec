// What may be shown of a value found in a configuration: enough to recognise it, never a secret.
#pragma once

#include <string>
#include <string_view>

namespace sluice::config {

/// True for text that has the shape of a key: 64 hexadecimal or base64 characters or more without a
/// break, or a PEM block. API keys and secrets of the venue have 64 letters and digits.
[[nodiscard]] bool looks_secret(std::string_view text);

/// True for a key's name under which only a secret itself would stand: it speaks of a secret, an
/// API key, a password or a token, and does not end in "_file".
[[nodiscard]] bool names_secret(std::string_view key);

/// The text with every unbroken run of 24 and more letters and digits replaced by "[hidden]", and
/// with control characters escaped.
[[nodiscard]] std::string hide_secrets(std::string_view text);

/// The text in quotes, without secrets, at most 40 bytes of it.
[[nodiscard]] std::string echoed(std::string_view text);

}  // namespace sluice::config

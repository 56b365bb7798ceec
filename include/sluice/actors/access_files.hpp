// What guards the HTTP server, read from its files: tokens, and at a start certificate and key.
#pragma once

#include <memory>

#include "sluice/actors/access_guard.hpp"
#include "sluice/config/config.hpp"
#include "sluice/planning/source_desk.hpp"
#include "sluice/status/tls_identity.hpp"

namespace sluice::actors {

/// Of the tokens only digests.
struct access_parts {
  source_tokens sources{};
  access_tokens tokens{};
  std::shared_ptr<status::tls_identity> tls{};  ///< Null for plain HTTP.
};

/// Tokens of a file: one a line, of a source one alone, each of at least this many characters that
/// a header may carry (RFC 6750: letters, digits and -._~+/=). Several are valid at the same time,
/// so that one can be replaced while the old one still works.
inline constexpr std::size_t api_token_size_min = 16;

/// Reads all that the settings name, for a start. Errors: not_permitted when a secret's file is
/// open to others, not_found, malformed or invalid_value when one cannot be used. The text names
/// file and setting, and holds nothing of what is in it.
[[nodiscard]] result<access_parts> load_access(const config::settings& chosen);
/// The same without certificate and key, for while it runs: a certificate that is just being
/// renewed holds up no token.
[[nodiscard]] result<access_parts> load_tokens(const config::settings& chosen);

}  // namespace sluice::actors

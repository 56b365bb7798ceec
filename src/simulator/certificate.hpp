// A certificate of the server's own, made in memory at every start, and random keys.
#pragma once

#include <cstddef>
#include <string>

#include "sluice/domain/result.hpp"

namespace sluice::simulator {

struct certificate {
  std::string pem{};      ///< Self-signed: who trusts this one trusts the server.
  std::string key_pem{};  ///< Never leaves the process.
};

/// P-256, valid from a day ago for a year, for localhost, 127.0.0.1, ::1 and `address`.
[[nodiscard]] result<certificate> make_certificate(const std::string& address);

/// Letters and digits from the system's random source.
[[nodiscard]] result<std::string> random_key(std::size_t length);

/// Writes a file anew so that a reader sees the old text or the new one, never half.
[[nodiscard]] result<void> write_whole_file(const std::string& path, const std::string& text);

}  // namespace sluice::simulator

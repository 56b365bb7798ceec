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
[[nodiscard]] result<certificate> make_certificate(
    const std::string& address, const char* subject = "Sluice simulated exchange");

/// What a certificate under an authority says.
struct leaf_options {
  std::string names{"DNS:localhost,IP:127.0.0.1,IP:::1"};
  bool expired{false};  ///< Valid until yesterday.
};

/// Issued by `authority`, whose certificate follows it in the chain; signed by itself when that is
/// empty.
[[nodiscard]] result<certificate> make_leaf(const certificate& authority,
                                            const leaf_options& options);

/// Letters and digits from the system's random source.
[[nodiscard]] result<std::string> random_key(std::size_t length);

/// Writes a file anew so that a reader sees the old text or the new one, never half.
[[nodiscard]] result<void> write_whole_file(const std::string& path, const std::string& text);

}  // namespace sluice::simulator

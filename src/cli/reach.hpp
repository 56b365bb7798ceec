// How a command reaches a running Sluice: its address, the token to show, and whom to trust.
#pragma once

#include <string>

#include "sluice/domain/result.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/status/http_client.hpp"

namespace CLI {
class App;
}

namespace sluice::cli {

/// As given on the command line or by the environment.
struct reach_options {
  std::string url{};         ///< $SLUICE_URL, else where a Sluice listens by default.
  std::string token_file{};  ///< $SLUICE_TOKEN_FILE, else empty: no token is shown.
  std::string ca_file{};     ///< $SLUICE_CA_FILE, else empty: the system's authorities.
};

/// What the environment says.
[[nodiscard]] reach_options default_reach();
/// Adds --url, --token-file and --ca-file.
void add_reach(CLI::App& command, reach_options& options);

/// A token that was read, and wiped in the end.
class shown_token {
 public:
  /// Reads the first line that is not empty. Errors as of load_secret_file.
  [[nodiscard]] result<void> read(const std::string& file);
  [[nodiscard]] std::string_view text() const;

 private:
  exchange::secret lines_{};
};

/// Whom to ask, with `token` to be kept as long as somebody asks. Tells on the standard error
/// stream what is wrong with the token's file, and is false then.
[[nodiscard]] bool reach(const reach_options& options, shown_token& token, status::target& whom);

}  // namespace sluice::cli

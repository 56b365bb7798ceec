// How the rest of the product gets an exchange: the client of Binance USD-M futures, ready to be
// asked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/exchange/settings.hpp"

namespace sluice::exchange {

struct credentials {
  secret api_key{};
  secret api_secret{};  ///< HMAC secret, or Ed25519 private key as PEM.
};

enum class log_level : std::uint8_t { debug, info, warning, error };

/// What a caller may add; everything has a working default.
struct extras {
  /// PEM text trusted instead of `ca_file` and the system's authorities; for an embedded venue.
  std::string ca_pem{};
  /// Replaceable for tests; std::chrono clocks when empty. Called on any thread.
  std::function<instant()> steady_now{};
  std::function<wall_time()> wall_now{};
  /// Literal addresses of a host, none when it has none; replaceable for tests, the system's
  /// resolver when empty. Called on threads that are let go: it may block, and outlive the client.
  std::function<std::vector<std::string>(const std::string& host)> look_up{};
  /// For the jitter of waits; from the system when not given.
  std::optional<std::uint32_t> seed{};
  /// Gets every line worth logging, on a thread of the port; never a secret. Must not block.
  std::function<void(log_level, std::string_view event, std::string_view text)> observer{};
  /// The end of a ban that an earlier process was given, if one was saved; asked once at the start.
  std::function<std::optional<wall_time>()> load_ban{};
  /// Told the end of every new ban (HTTP 418), on a thread of the port.
  std::function<void(wall_time)> save_ban{};
};

/// A client with its own thread; no request is made before the first call. Fails with invalid_value
/// when the settings do not validate or a key is unusable, with io_failure when the authorities to
/// trust cannot be read. It may not be destroyed from inside one of its own callbacks.
[[nodiscard]] result<std::unique_ptr<exchange_port>> make_client(const settings& chosen,
                                                                 credentials keys,
                                                                 extras additions = {});

}  // namespace sluice::exchange

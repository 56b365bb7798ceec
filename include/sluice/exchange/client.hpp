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

/// A time before which nothing may be sent, kept for the next process. `length` is what was left of
/// it when it was kept: a clock that is set back meanwhile makes it at most as long again.
struct kept_stop {
  wall_time until{};
  milliseconds length{};
};

/// What the venue has asked for: after HTTP 418 a ban, after 429 or a firewall's 403 a pause.
struct kept_stops {
  std::optional<kept_stop> ban{};
  std::optional<kept_stop> pause{};
  std::optional<kept_stop>
      pause_of_others{};  ///< Of all but exits, the longer part of a firewall's.
};

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
  /// What an earlier process was told, if it was saved; asked once at the start.
  std::function<kept_stops()> load_stops{};
  /// Told at every new ban and every new pause of everything, on a thread of the port.
  std::function<void(const kept_stops&)> save_stops{};
};

/// A client with its own thread; no request is made before the first call. Fails with invalid_value
/// when the settings do not validate or a key is unusable, with io_failure when the authorities to
/// trust cannot be read. It may not be destroyed from inside one of its own callbacks.
[[nodiscard]] result<std::unique_ptr<exchange_port>> make_client(const settings& chosen,
                                                                 credentials keys,
                                                                 extras additions = {});

}  // namespace sluice::exchange

// What an operator may choose about the connection to the exchange, with safe defaults and its
// checks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/time.hpp"

namespace sluice::exchange {

/// How requests are signed. The secret file holds the HMAC secret, or the Ed25519 key as PEM.
enum class key_type : std::uint8_t { hmac, ed25519 };

/// How the user stream is asked for. The documents name the first; clients that work use the
/// second; the routes are newer than both, and a paper venue may still serve the paths without one.
/// A wrong one is accepted and stays silent.
enum class user_stream_form : std::uint8_t {
  routed_path,   ///< /private/ws/<listenKey>
  routed_query,  ///< /private/ws?listenKey=<listenKey>
  plain_path,    ///< /ws/<listenKey>
  plain_query,   ///< /ws?listenKey=<listenKey>
};

/// A setting that cannot be used as it is.
struct fault {
  std::string field{};  ///< As in the struct, e.g. "connections_max".
  std::string text{};   ///< What is wrong and what is allowed.
  friend bool operator==(const fault&, const fault&) = default;
};

/// Up to which part of the venue's limit of request weight a minute each class may bring the total,
/// in percent. The distance between entries and exits is the reserve that only exits may use.
struct weight_shares {
  int routine_pct_max{50};
  int verification_pct_max{53};
  int entry_pct_max{55};
  int exit_pct_max{80};  ///< Also the most that we use of the limit ourselves.
  friend bool operator==(const weight_shares&, const weight_shares&) = default;
};

/// The exit class keeps at least this much of the venue's limit for itself.
inline constexpr int exit_reserve_pct_min = 25;

struct settings {
  /// "https://host" or "https://host:port". The default is Binance's own paper venue, never live.
  std::string rest_url{"https://demo-fapi.binance.com"};
  /// "wss://host" or "wss://host:port"; the routes /private and /market are added.
  std::string stream_url{"wss://demo-fstream.binance.com"};
  user_stream_form user_stream{user_stream_form::routed_path};
  key_type key{key_type::hmac};
  std::string ca_file{};  ///< PEM file of trusted authorities; empty for the system's own.

  milliseconds recv_window_orders{1'500};
  milliseconds recv_window_reads{5'000};
  milliseconds connect_timeout{3'000};  ///< TCP and TLS together; within a request's own time.
  int connections_max{16};
  int requests_waiting_max{1'024};  ///< For a connection; beyond it a request fails at once.
  /// Bytes of replies and frames held at once, over all connections; a quarter is kept for exits.
  std::int64_t bytes_in_flight_max{64LL * 1024 * 1024};
  milliseconds idle_connection_max{25'000};  ///< A connection unused for longer is not used again.
  milliseconds clock_resync_every{60'000};

  milliseconds listen_key_keep_alive{1'800'000};
  /// From the last renewal to when a key may be gone: the venue's hour, less what clocks differ by.
  milliseconds listen_key_life{58 * 60'000};
  milliseconds reconnect_min{250};
  milliseconds reconnect_max{30'000};
  milliseconds stream_idle_timeout{20'000};  ///< Silence after which a WebSocket counts as lost; it
                                             ///< is pinged after half of it.
  milliseconds mark_silence_max{5'000};      ///< Without a frame of marks for this long: reconnect.
  /// The venue cuts a stream after 24 hours; before that a second connection takes over.
  milliseconds stream_age_max{std::chrono::hours(23)};
  milliseconds stream_overlap{5'000};  ///< How long both run, so that no event falls between them.

  std::int64_t weight_limit_1m{2'400};  ///< Until the venue has named its own limit.
  weight_shares shares{};

  /// All that is wrong, empty when usable.
  [[nodiscard]] std::vector<fault> validate() const;
};

}  // namespace sluice::exchange

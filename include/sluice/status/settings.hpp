// What an operator can set of the status layer: the HTTP server with its limits, and the logs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::status {

/// The HTTP server. Sizes in bytes.
struct http_settings {
  /// Literal address and port: "127.0.0.1:8645", "[::1]:8645", "localhost:8645" (IPv4). Port 0 lets
  /// the system choose. Beyond loopback both tokens and TLS are needed.
  std::string listen{"127.0.0.1:8645"};
  /// Names admitted in the Host header beside localhost, 127.0.0.1, [::1] and the literal address
  /// of `listen`; without a port.
  std::vector<std::string> allowed_hosts{};
  /// Hold the tokens that reading and ordering need, one a line; empty: none is needed.
  std::string read_token_file{};
  std::string write_token_file{};
  /// PEM: the server's certificate with its chain, and its key. Both or neither; neither: plain
  /// HTTP.
  std::string tls_certificate_file{};
  std::string tls_key_file{};

  std::size_t header_size_max{8 * 1024};         ///< Request line and fields together.
  std::size_t body_size_max{64 * 1024};          ///< Every path but plans_path.
  std::size_t plans_body_size_max{1024 * 1024};  ///< Of plans_path, which takes batches.
  std::size_t connections_max{256};    ///< The next one gets 503; event readers not counted.
  std::size_t event_readers_max{256};  ///< Further readers get 503.
  std::size_t event_buffer_size_max{256 * 1024};  ///< Per reader; whoever falls behind is dropped.

  milliseconds header_timeout{5'000};  ///< From the first byte of a request to the end of its head.
  milliseconds body_timeout{10'000};   ///< From the end of the head to the end of the body.
  milliseconds idle_timeout{60'000};   ///< Without any request on a kept connection.
  milliseconds answer_timeout{30'000};    ///< For the handler to answer; then 504.
  milliseconds write_timeout{10'000};     ///< For the client to take an answer or an event.
  milliseconds heartbeat_period{15'000};  ///< Comment line on a quiet event stream.
  milliseconds stop_timeout{2'000};       ///< For requests under way when the server stops.
};

/// The longest a request may be held for the verdicts of its plans; answer_timeout is longer.
inline constexpr milliseconds verdict_wait_max{10'000};

/// The one path whose body may be plans_body_size_max long.
inline constexpr std::string_view plans_path{"/api/v1/plans"};

enum class log_level : std::uint8_t { debug, info, warn, error };
/// "debug", "info", "warn", "error": as in settings and the API.
[[nodiscard]] std::string_view to_string(log_level level);
[[nodiscard]] result<log_level> parse_log_level(std::string_view text);

/// Everybody who writes log lines, by the name that stands in them.
inline constexpr std::array log_components{
    std::string_view{"config"},
    std::string_view{"dead_man"},
    std::string_view{"exchange"},
    std::string_view{"executor"},
    std::string_view{"exit_engine"},
    std::string_view{"flattener"},
    std::string_view{"gate"},
    std::string_view{"http"},
    std::string_view{"intake"},
    std::string_view{"journal"},
    std::string_view{"market_stream"},
    std::string_view{"planner"},
    std::string_view{"preflight"},
    std::string_view{"reconciler"},
    std::string_view{"redis_bridge"},
    std::string_view{"service"},
    std::string_view{"simulator"},
    std::string_view{"sluice"},
    std::string_view{"snapshot_manager"},
    std::string_view{"status"},
    std::string_view{"stop_guard"},
    std::string_view{"supervisor"},
    std::string_view{"universe"},
    std::string_view{"user_stream"},
    std::string_view{"watchdog"},
};
/// The place of a component in that list; none when nobody has this name.
[[nodiscard]] std::optional<std::size_t> find_log_component(std::string_view name);

/// One level per component, in the order of `log_components`; none: that of all.
using component_levels = std::array<std::optional<log_level>, log_components.size()>;

/// How lines are written to stderr and to the file.
enum class log_format : std::uint8_t { logfmt, json };

/// The logs. Sizes in bytes.
struct log_settings {
  log_level level{log_level::info};
  component_levels levels{};
  log_format format{log_format::logfmt};
  bool to_stderr{true};
  std::string file{};                           ///< Empty: no file.
  std::size_t file_size_max{64 * 1024 * 1024};  ///< The file is rotated when it would grow past it.
  std::size_t files_kept{5};                    ///< Rotated files beside the current one.
  std::size_t ring_lines{1'000};                ///< Lines kept in memory for /api/v1/logs.
  std::size_t queue_lines_max{8'192};           ///< Lines waiting for the disk; more are dropped.
  milliseconds repeat_period{10'000};           ///< A rate-limited line shows once per this.
};

/// An address and a port a listener can bind.
struct listen_address {
  std::string host{};  ///< Literal, without brackets.
  std::uint16_t port{0};
};
/// Errors: invalid_value when it is no literal address with a port.
[[nodiscard]] result<listen_address> parse_listen_address(std::string_view text);
/// Whether only this machine can reach it.
[[nodiscard]] bool is_loopback(const listen_address& address);

[[nodiscard]] std::vector<setting_fault> validate(const http_settings& s);
[[nodiscard]] std::vector<setting_fault> validate(const log_settings& s);

}  // namespace sluice::status

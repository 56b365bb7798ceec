// What an operator can set of the connection to a Redis server: where it is, what is read, how long
// anything may take.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::redis {

/// Where a server listens: a host and a port, or a socket in the file system.
struct endpoint {
  std::string host{};  ///< Empty: `path` counts.
  int port{0};
  std::string path{};
  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "127.0.0.1:6379", "[::1]:6379", "redis.example:6379" or "unix:/run/redis/redis.sock". Errors:
/// invalid_value.
[[nodiscard]] result<endpoint> parse_address(std::string_view text);

struct settings {
  bool enabled{false};
  std::string address{"127.0.0.1:6379"};
  std::string username{};       ///< Of an ACL; empty for the default user.
  std::string password_file{};  ///< Empty: the server takes no password.
  int database{0};

  std::string stream{"quantum:stream:apply.plan"};
  std::string group{"sluice"};
  /// Must stay the same over restarts: what a consumer took and did not acknowledge is its own.
  std::string consumer{"sluice-1"};
  milliseconds block{1'000};        ///< How long one read waits for entries.
  milliseconds claim_idle{15'000};  ///< Entries of others that lie this long are taken over.
  std::size_t entries_per_read{100};
  std::string refused_stream{"quantum:stream:apply.plan.refused"};
  std::size_t refused_max{10'000};  ///< Entries kept there, roughly.

  std::string key_prefix{"quantum:"};
  bool write_permits{false};
  bool write_snapshots{false};
  milliseconds snapshot_period{5'000};
  milliseconds snapshot_ttl{3'600'000};

  milliseconds connect_timeout{2'000};
  milliseconds command_timeout{2'000};
  milliseconds reconnect_min{200};
  milliseconds reconnect_max{10'000};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

}  // namespace sluice::redis

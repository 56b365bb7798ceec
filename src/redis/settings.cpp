// Reads addresses and checks the settings: every fault is named, none stops the search for the
// next.
#include "sluice/redis/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sluice::redis {
namespace {

constexpr std::string_view socket_scheme = "unix:";
constexpr std::size_t socket_path_bytes_max = 107;
constexpr std::size_t name_bytes_max = 128;

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

void check_name(std::vector<setting_fault>& faults, std::string_view key,
                const std::string& value) {
  if (value.empty() || value.size() > name_bytes_max || !is_plain(value))
    faults.push_back({std::string{key},
                      fmt::format("takes 1 to {} characters without white space", name_bytes_max)});
}

void check_span(std::vector<setting_fault>& faults, std::string_view key, milliseconds value,
                milliseconds least, milliseconds most) {
  if (value < least || value > most)
    faults.push_back(
        {std::string{key}, fmt::format("is {}, must be from {} to {}", format_duration(value),
                                       format_duration(least), format_duration(most))});
}

result<endpoint> wrong(std::string_view text) {
  return fail(errc::invalid_value,
              fmt::format("'{}' is no address; write 127.0.0.1:6379, [::1]:6379 or "
                          "unix:/run/redis/redis.sock",
                          text.substr(0, name_bytes_max)));
}

}  // namespace

result<endpoint> parse_address(std::string_view text) {
  if (!is_plain(text))
    return wrong("");
  endpoint where;
  if (text.starts_with(socket_scheme)) {
    where.path = text.substr(socket_scheme.size());
    if (!where.path.starts_with('/') || where.path.size() > socket_path_bytes_max)
      return wrong(text);
    return where;
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return wrong(text);
  const auto digits = text.substr(colon + 1);
  const auto* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, where.port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || where.port < 1 || where.port > 65'535)
    return wrong(text);
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2)
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return wrong(text);
  where.host = host;
  return where;
}

std::vector<setting_fault> settings::validate() const {
  using std::chrono::hours;
  using std::chrono::minutes;
  std::vector<setting_fault> faults;
  if (const auto where = parse_address(address); !where)
    faults.push_back({"address", where.error().text});
  if (!username.empty() && password_file.empty())
    faults.push_back({"username", "needs a password_file"});
  if (database < 0 || database > 1'000)
    faults.push_back({"database", fmt::format("is {}, must be from 0 to 1000", database)});
  check_name(faults, "stream", stream);
  check_name(faults, "group", group);
  check_name(faults, "consumer", consumer);
  check_name(faults, "refused_stream", refused_stream);
  check_name(faults, "key_prefix", key_prefix);
  if (refused_stream == stream)
    faults.push_back({"refused_stream", "is the stream that is read: it would be read again"});
  check_span(faults, "block", block, milliseconds{10}, minutes{1});
  check_span(faults, "claim_idle", claim_idle, milliseconds{100}, hours{24});
  check_span(faults, "snapshot_period", snapshot_period, milliseconds{500}, hours{1});
  check_span(faults, "snapshot_ttl", snapshot_ttl, milliseconds{1'000}, hours{24});
  check_span(faults, "connect_timeout", connect_timeout, milliseconds{10}, minutes{1});
  check_span(faults, "command_timeout", command_timeout, milliseconds{10}, minutes{1});
  check_span(faults, "reconnect_min", reconnect_min, milliseconds{10}, minutes{1});
  check_span(faults, "reconnect_max", reconnect_max, reconnect_min, minutes{10});
  if (snapshot_ttl < snapshot_period)
    faults.push_back({"snapshot_ttl", "is shorter than snapshot_period: keys would come and go"});
  if (entries_per_read < 1 || entries_per_read > 1'000)
    faults.push_back({"entries_per_read", "must be from 1 to 1000"});
  if (refused_max < 1 || refused_max > 1'000'000)
    faults.push_back({"refused_max", "must be from 1 to 1000000"});
  return faults;
}

}  // namespace sluice::redis

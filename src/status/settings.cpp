// Checks the status layer's settings and reads listen addresses.
#include "sluice/status/settings.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sluice::status {

namespace {

void check_range(std::vector<setting_fault>& faults, std::string_view key, std::size_t value,
                 std::size_t lowest, std::size_t highest) {
  if (value < lowest || value > highest)
    faults.push_back(
        {std::string{key}, fmt::format("{} is not between {} and {}", value, lowest, highest)});
}

void check_time(std::vector<setting_fault>& faults, std::string_view key, milliseconds value,
                milliseconds lowest, milliseconds highest) {
  if (value < lowest || value > highest)
    faults.push_back(
        {std::string{key}, fmt::format("{} is not between {} and {}", format_duration(value),
                                       format_duration(lowest), format_duration(highest))});
}

/// All addresses of this machine: says nothing of the name by which it is reached.
bool is_wildcard(const listen_address& address) {
  return address.host.find_first_not_of("0.:") == std::string::npos;
}

bool is_literal(const std::string& host, bool bracketed) {
  in_addr v4{};
  in6_addr v6{};
  return bracketed ? inet_pton(AF_INET6, host.c_str(), &v6) == 1
                   : inet_pton(AF_INET, host.c_str(), &v4) == 1;
}

bool usable_host_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 &&
         name.find_first_of(" \t\r\n/:@[]") == std::string_view::npos;
}

/// Tokens and TLS: whole, or not at all; and never less than all beyond loopback.
void check_access(std::vector<setting_fault>& faults, const http_settings& s) {
  if (s.tls_certificate_file.empty() != s.tls_key_file.empty())
    faults.push_back({s.tls_key_file.empty() ? "tls_key_file" : "tls_certificate_file",
                      "is missing: TLS needs a certificate and its key"});
  if (!s.read_token_file.empty() && s.write_token_file.empty())
    faults.push_back(
        {"write_token_file", "is missing: with a token for reading alone anybody could order"});
  const auto address = parse_listen_address(s.listen);
  if (!address || is_loopback(*address))
    return;
  std::string missing;
  for (const auto& [key, value] : {std::pair{"read_token_file", &s.read_token_file},
                                   std::pair{"write_token_file", &s.write_token_file},
                                   std::pair{"tls_certificate_file", &s.tls_certificate_file},
                                   std::pair{"tls_key_file", &s.tls_key_file}})
    if (value->empty())
      missing += (missing.empty() ? "" : ", ") + std::string{key};
  if (!missing.empty())
    faults.push_back(
        {"listen",
         fmt::format("{} is not a loopback address: others could read and order. It needs "
                     "both tokens and TLS; missing: {}",
                     s.listen, missing)});
  if (is_wildcard(*address) && s.allowed_hosts.empty())
    faults.push_back(
        {"allowed_hosts", fmt::format("is empty, and {} does not say by which name this machine is "
                                      "reached: every request from elsewhere would be refused",
                                      s.listen)});
}

}  // namespace

std::string_view to_string(log_level level) {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warn:
      return "warn";
    case log_level::error:
      return "error";
  }
  return "unknown";
}

result<log_level> parse_log_level(std::string_view text) {
  for (const auto level : {log_level::debug, log_level::info, log_level::warn, log_level::error})
    if (text == to_string(level))
      return level;
  return fail(errc::invalid_value, "a log level is one of debug, info, warn, error");
}

std::optional<std::size_t> find_log_component(std::string_view name) {
  const auto* const at = std::ranges::find(log_components, name);
  if (at == log_components.end())
    return std::nullopt;
  return static_cast<std::size_t>(at - log_components.begin());
}

result<listen_address> parse_listen_address(std::string_view text) {
  const auto wrong = [&] {
    return fail(errc::invalid_value,
                fmt::format("'{}' is no listen address; write 127.0.0.1:8645 or [::1]:8645", text));
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return wrong();
  const std::string_view digits = text.substr(colon + 1);
  listen_address address;
  const auto* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, address.port);
  if (digits.empty() || parsed.ec != std::errc{} || parsed.ptr != end)
    return wrong();
  const std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  address.host = bracketed             ? std::string{host.substr(1, host.size() - 2)}
                 : host == "localhost" ? std::string{"127.0.0.1"}
                                       : std::string{host};
  if (!is_literal(address.host, bracketed))
    return wrong();
  return address;
}

bool is_loopback(const listen_address& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1)
    return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, address.host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::vector<setting_fault> validate(const http_settings& s) {
  using std::chrono::hours;
  using std::chrono::minutes;
  std::vector<setting_fault> faults;
  if (const auto address = parse_listen_address(s.listen); !address)
    faults.push_back({"listen", address.error().text});
  for (const auto& name : s.allowed_hosts)
    if (!usable_host_name(name))
      faults.push_back(
          {"allowed_hosts", fmt::format("'{}' is not a host name without port", name)});
  check_access(faults, s);
  constexpr std::size_t mebibyte = 1024 * 1024;
  check_range(faults, "header_size_max", s.header_size_max, 512, 64 * 1024);
  check_range(faults, "body_size_max", s.body_size_max, 1024, 16 * mebibyte);
  check_range(faults, "plans_body_size_max", s.plans_body_size_max, 1024, 16 * mebibyte);
  check_range(faults, "connections_max", s.connections_max, 1, 10'000);
  check_range(faults, "event_readers_max", s.event_readers_max, 1, 10'000);
  check_range(faults, "event_buffer_size_max", s.event_buffer_size_max, 16 * 1024, 64 * mebibyte);
  check_time(faults, "header_timeout", s.header_timeout, milliseconds{100}, minutes{1});
  check_time(faults, "body_timeout", s.body_timeout, milliseconds{100}, minutes{5});
  check_time(faults, "idle_timeout", s.idle_timeout, milliseconds{100}, hours{1});
  check_time(faults, "answer_timeout", s.answer_timeout, milliseconds{100}, minutes{10});
  check_time(faults, "write_timeout", s.write_timeout, milliseconds{100}, minutes{5});
  check_time(faults, "heartbeat_period", s.heartbeat_period, milliseconds{100},
             std::chrono::seconds{20});
  check_time(faults, "stop_timeout", s.stop_timeout, milliseconds{0}, minutes{1});
  return faults;
}

std::vector<setting_fault> validate(const log_settings& s) {
  std::vector<setting_fault> faults;
  check_range(faults, "file_size_max", s.file_size_max, 64 * 1024, std::size_t{4} << 30);
  check_range(faults, "files_kept", s.files_kept, 0, 1'000);
  check_range(faults, "ring_lines", s.ring_lines, 1, 1'000'000);
  check_range(faults, "queue_lines_max", s.queue_lines_max, 16, 1'000'000);
  check_time(faults, "repeat_period", s.repeat_period, milliseconds{0}, std::chrono::hours{1});
  if (s.file.find('\0') != std::string::npos)
    faults.push_back({"file", "a file name cannot hold a NUL character"});
  return faults;
}

}  // namespace sluice::status

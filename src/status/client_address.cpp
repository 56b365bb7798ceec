// A URL of this client is a scheme and an address, and nothing else.
#include "client_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "sluice/status/settings.hpp"

namespace sluice::status {
namespace {

constexpr std::string_view plain_scheme{"http://"};
constexpr std::string_view secure_scheme{"https://"};
constexpr std::string_view secure_port{":443"};
constexpr std::size_t name_size_max = 253;

error no_url(std::string_view url) {
  return fail(errc::invalid_value,
              fmt::format("'{}' is no URL; write http://127.0.0.1:8645 or https://HOST:8645", url));
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= name_size_max && text.front() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '.' || c == '-';
         });
}

bool has_port(std::string_view rest) {
  const auto colon = rest.rfind(':');
  return colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
}

std::optional<client_address> read_name(std::string_view rest) {
  const auto colon = rest.rfind(':');
  const auto digits = rest.substr(colon + 1);
  client_address at{true, std::string{rest.substr(0, colon)}, 0};
  const auto* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, at.port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || at.port == 0 || !is_host_name(at.host))
    return std::nullopt;
  return at;
}

}  // namespace

result<client_address> parse_client_url(std::string_view url) {
  const bool secure = url.starts_with(secure_scheme);
  if (!secure && !url.starts_with(plain_scheme))
    return no_url(url);
  std::string rest{url.substr(secure ? secure_scheme.size() : plain_scheme.size())};
  if (rest.ends_with('/'))
    rest.pop_back();
  if (secure && !has_port(rest))
    rest += secure_port;
  // With TLS its name must be proven, not the address behind it.
  const bool by_name = secure && rest.starts_with("localhost:");
  if (const auto literal = parse_listen_address(rest); literal && !by_name) {
    if (!secure && !is_loopback(*literal))
      return fail(
          errc::not_permitted,
          fmt::format("'{}' is not asked: plain HTTP is spoken on this machine alone; write "
                      "http://127.0.0.1:8645 or https://",
                      url));
    return client_address{secure, literal->host, literal->port};
  }
  if (!secure)
    return no_url(url);
  const auto named = read_name(rest);
  if (!named)
    return no_url(url);
  return *named;
}

std::string host_field(const client_address& address) {
  return address.host.find(':') == std::string::npos
             ? fmt::format("{}:{}", address.host, address.port)
             : fmt::format("[{}]:{}", address.host, address.port);
}

}  // namespace sluice::status

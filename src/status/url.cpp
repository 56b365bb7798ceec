// Percent-decoding, query splitting and the Host allow-list.
#include "sluice/status/url.hpp"

#include <algorithm>
#include <array>

namespace sluice::status {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// The host without its port; none when what follows the colon is no port.
std::optional<std::string_view> without_port(std::string_view host) {
  const auto bracket = host.rfind(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos)
    return host;
  const auto port = host.substr(colon + 1);
  if (port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return host.substr(0, colon);
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, plus_sign plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == plus_sign::space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size())
        return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0)
        return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      return std::nullopt;
    decoded.push_back(c);
  }
  return decoded;
}

std::optional<query_parameters> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> values;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty())
      continue;
    if (values.size() == query_parameters_max)
      return std::nullopt;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals), plus_sign::space);
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), plus_sign::space);
    if (!name || !value)
      return std::nullopt;
    values.emplace_back(std::move(*name), std::move(*value));
  }
  return query_parameters{std::move(values)};
}

bool host_allowed(std::string_view host, const std::vector<std::string>& allowed) {
  static constexpr std::array<std::string_view, 3> always{"localhost", "127.0.0.1", "[::1]"};
  const auto bare = without_port(host);
  if (!bare)
    return false;
  const auto matches = [&](std::string_view name) { return equal_ignoring_case(*bare, name); };
  return std::ranges::any_of(always, matches) || std::ranges::any_of(allowed, matches);
}

}  // namespace sluice::status

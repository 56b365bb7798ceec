// Takes "https://host:port" apart.
#include "sluice/exchange/url.hpp"

#include <algorithm>
#include <charconv>

namespace sluice::exchange {
namespace {

bool host_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == ':';
}

bool usable_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failed == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

}  // namespace

std::string web_address::authority() const {
  const bool bare_v6 = host.find(':') != std::string::npos;
  const std::string name = bare_v6 ? "[" + host + "]" : host;
  return port == "443" ? name : name + ":" + port;
}

result<web_address> parse_address(std::string_view url, std::string_view scheme) {
  const auto refuse = [&](std::string_view why) {
    return fail(errc::invalid_value, "'" + std::string(url.substr(0, 80)) + "' " +
                                         std::string(why) + ", allowed is " + std::string(scheme) +
                                         "://host or " + std::string(scheme) + "://host:port");
  };
  const std::string start = std::string(scheme) + "://";
  if (!url.starts_with(start))
    return refuse("has another scheme");
  auto rest = url.substr(start.size());
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  web_address read;
  std::string_view after;
  if (rest.starts_with('[')) {
    const auto close = std::min(rest.find(']'), rest.size());
    read.host = rest.substr(1, close - 1);
    after = close < rest.size() ? rest.substr(close + 1) : std::string_view("?");
  } else {
    const auto colon = std::min(rest.find(':'), rest.size());
    read.host = rest.substr(0, colon);
    after = rest.substr(colon);
  }
  if (read.host.empty() || !std::all_of(read.host.begin(), read.host.end(), host_byte))
    return refuse("has no usable host");
  if (after.empty())
    return read;
  if (after.front() != ':' || !usable_port(after.substr(1)))
    return refuse("has no usable port");
  read.port = after.substr(1);
  return read;
}

}  // namespace sluice::exchange

// Writes response heads; refuses headers that could split the message.
#include "response_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

namespace sluice::status {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

void write_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

/// What a browser needs to be told so that a page of another origin gets nothing out of an answer.
struct standard_header {
  std::string_view name{};
  std::string_view value{};
};
constexpr std::array standard_headers{
    standard_header{"Cache-Control", "no-store"},
    standard_header{"Content-Security-Policy", "default-src 'self'"},
    standard_header{"X-Content-Type-Options", "nosniff"},
    standard_header{"Referrer-Policy", "no-referrer"},
};

}  // namespace

bool headers_usable(const response& r) {
  static constexpr std::array<std::string_view, 5> ours{"Content-Length", "Transfer-Encoding",
                                                        "Connection", "Date", "Content-Type"};
  if (!is_value(r.content_type) || r.status < 200 || r.status > 599)
    return false;
  return std::ranges::all_of(r.headers, [](const auto& h) {
    const std::string_view name = h.first;
    return is_name(name) && is_value(h.second) &&
           std::ranges::none_of(ours, [&](std::string_view o) { return same_name(o, name); });
  });
}

void write_response_head(std::string& out, const response& r, std::string_view date,
                         std::optional<std::size_t> length, connection_use use) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", r.status, reason_phrase(r.status));
  write_field(out, "Date", date);
  if (!r.content_type.empty())
    write_field(out, "Content-Type", r.content_type);
  if (length)
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", *length);
  for (const auto& standard : standard_headers)
    if (std::ranges::none_of(r.headers,
                             [&](const auto& h) { return same_name(h.first, standard.name); }))
      write_field(out, standard.name, standard.value);
  for (const auto& [name, value] : r.headers)
    write_field(out, name, value);
  if (use == connection_use::close)
    write_field(out, "Connection", "close");
  out += "\r\n";
}

std::string http_date(std::int64_t seconds) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                     months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace sluice::status

// How numbers, text and times stand in JSON.
#include "json_document.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <limits>

namespace sluice::journal {
namespace {

/// 9999-12-31T23:59:59.999Z: the last time RFC 3339 has four digits of year for.
constexpr std::int64_t rfc3339_last_ms = 253'402'300'799'999;

bool read_digits(std::string_view text, std::int64_t& out) {
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, out);
  return parsed.ec == std::errc{} && parsed.ptr == end;
}

boost::json::value write_time(std::int64_t ms) {
  if (ms == 0)
    return nullptr;
  if (ms < 0 || ms > rfc3339_last_ms)
    return boost::json::value(ms);
  return boost::json::value(format_rfc3339(wall_time{ms}));
}

bool read_time(const boost::json::value& v, std::int64_t& ms) {
  if (v.is_null()) {
    ms = 0;
    return true;
  }
  if (v.is_int64()) {
    ms = v.get_int64();
    return true;
  }
  if (!v.is_string())
    return false;
  const auto parsed = parse_rfc3339(std::string_view(v.get_string()));
  if (parsed)
    ms = parsed->ms;
  return parsed.has_value();
}

constexpr unsigned char byte(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

/// Length of the well-formed sequence at `at`, 0 if there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned char first = byte(text, at), second = byte(text, at + 1);
  const auto continues = [&](std::size_t i) { return (byte(text, at + i) & 0xC0U) == 0x80U; };
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool too_high = first == 0xF4 && second > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_high ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::int64_t nanoseconds_since(instant base, instant t) {
  const auto from = static_cast<std::uint64_t>(base.time_since_epoch().count());
  const auto to = static_cast<std::uint64_t>(t.time_since_epoch().count());
  return std::bit_cast<std::int64_t>(to - from);
}

instant instant_after(instant base, std::int64_t nanoseconds) {
  const auto from = static_cast<std::uint64_t>(base.time_since_epoch().count());
  const auto sum = from + static_cast<std::uint64_t>(nanoseconds);
  return instant{duration{std::bit_cast<std::int64_t>(sum)}};
}

std::string well_formed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto length = sequence_length(text, at);
    if (length == 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(at, length);
    at += length == 0 ? 1 : length;
  }
  return out;
}

boost::json::value write_value(const std::string& v, const json_context&) {
  return boost::json::value(well_formed(v));
}
boost::json::value write_value(milliseconds v, const json_context&) {
  return boost::json::value(v.count());
}
boost::json::value write_value(instant v, const json_context& c) {
  return boost::json::value(nanoseconds_since(c.base, v));
}
boost::json::value write_value(wall_time v, const json_context&) {
  return write_time(v.ms);
}
boost::json::value write_value(venue_time v, const json_context&) {
  return write_time(v.ms);
}

bool read_value(const boost::json::value& v, bool& out, const json_context&) {
  if (v.is_bool())
    out = v.get_bool();
  return v.is_bool();
}
bool read_value(const boost::json::value& v, int& out, const json_context&) {
  boost::system::error_code code;
  const int read = v.to_number<int>(code);
  if (!code)
    out = read;
  return !code;
}
bool read_value(const boost::json::value& v, std::int64_t& out, const json_context&) {
  boost::system::error_code code;
  const auto read = v.to_number<std::int64_t>(code);
  if (!code)
    out = read;
  return !code;
}
bool read_value(const boost::json::value& v, std::uint64_t& out, const json_context&) {
  boost::system::error_code code;
  const auto read = v.to_number<std::uint64_t>(code);
  if (!code)
    out = read;
  return !code;
}
bool read_value(const boost::json::value& v, std::string& out, const json_context&) {
  if (v.is_string())
    out = std::string(std::string_view(v.get_string()));
  return v.is_string();
}
bool read_value(const boost::json::value& v, milliseconds& out, const json_context& c) {
  std::int64_t count = 0;
  if (!read_value(v, count, c))
    return false;
  out = milliseconds{count};
  return true;
}
/// Documents of the API have it as text.
bool read_value(const boost::json::value& v, instant& out, const json_context& c) {
  std::int64_t count = 0;
  if (v.is_string() ? !read_digits(v.get_string(), count) : !read_value(v, count, c))
    return false;
  out = instant_after(c.base, count);
  return true;
}
bool read_value(const boost::json::value& v, wall_time& out, const json_context&) {
  return read_time(v, out.ms);
}
bool read_value(const boost::json::value& v, venue_time& out, const json_context&) {
  return read_time(v, out.ms);
}

}  // namespace sluice::journal

// Times and durations to and from text.
#include "sluice/domain/time.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace sluice {
namespace {

struct unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array units{unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000},
                           unit{"s", 1'000}, unit{"ms", 1}};

std::optional<int> digits_at(std::string_view text, std::size_t from, std::size_t count) {
  if (text.size() < from + count)
    return std::nullopt;
  int value = 0;
  for (char c : text.substr(from, count)) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Milliseconds of ".25" at the start of `rest`, which is cut; 0 when there is no fraction.
std::optional<int> take_fraction(std::string_view& rest) {
  if (rest.empty() || rest.front() != '.')
    return 0;
  rest.remove_prefix(1);
  int ms = 0;
  std::size_t count = 0;
  for (; count < rest.size() && rest[count] >= '0' && rest[count] <= '9'; ++count)
    if (count < 3)
      ms = ms * 10 + (rest[count] - '0');
  if (count == 0 || count > 9)
    return std::nullopt;
  for (std::size_t i = count; i < 3; ++i)
    ms *= 10;
  rest.remove_prefix(count);
  return ms;
}

}  // namespace

std::string format_rfc3339(wall_time t) {
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds{t.ms}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const hh_mm_ss clock{point - day};
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z"),
                     static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

result<wall_time> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto bad =
      fail(errc::invalid_value, "takes an RFC 3339 time in UTC, e.g. 2026-11-23T01:51:00Z");
  const auto y = digits_at(text, 0, 4), mo = digits_at(text, 5, 2), d = digits_at(text, 8, 2);
  const auto h = digits_at(text, 11, 2), mi = digits_at(text, 14, 2), s = digits_at(text, 17, 2);
  if (!y || !mo || !d || !h || !mi || !s || text[4] != '-' || text[7] != '-' || text[13] != ':' ||
      text[16] != ':' || (text[10] != 'T' && text[10] != 't'))
    return bad;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 60)
    return bad;
  auto rest = text.substr(19);
  const auto fraction = take_fraction(rest);
  if (!fraction || (rest != "Z" && rest != "z" && rest != "+00:00"))
    return bad;
  const auto whole = sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s};
  return wall_time{duration_cast<milliseconds>(whole.time_since_epoch()).count() + *fraction};
}

std::string format_duration(milliseconds d) {
  if (d.count() == 0)
    return "0ms";
  std::string text = d.count() < 0 ? "-" : "";
  auto left = d.count() < 0 ? -d.count() : d.count();
  for (const auto& u : units) {
    if (left >= u.ms) {
      text += fmt::format("{}{}", left / u.ms, u.name);
      left %= u.ms;
    }
  }
  return text;
}

result<milliseconds> parse_duration(std::string_view text) {
  const auto bad = fail(errc::invalid_value,
                        "takes a duration with units, e.g. \"250ms\", \"10s\", \"1m30s\", \"3h\"");
  std::int64_t total = 0;
  std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
  std::string_view rest = text;
  if (rest.empty())
    return bad;
  while (!rest.empty()) {
    std::int64_t count = 0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (ec != std::errc{} || rest.front() == '-')
      return bad;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto length = std::min(rest.find_first_of("0123456789"), rest.size());
    const auto name = rest.substr(0, length);
    const unit* found = nullptr;
    for (const auto& u : units)
      if (u.name == name)
        found = &u;
    std::int64_t part = 0;
    if (!found || found->ms >= smallest || __builtin_mul_overflow(count, found->ms, &part) ||
        __builtin_add_overflow(total, part, &total))
      return bad;
    smallest = found->ms;
    rest.remove_prefix(length);
  }
  return milliseconds{total};
}

}  // namespace sluice

// Text to and from fixed-point, digit by digit.
#include "sluice/domain/fixed.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr wide_int raw_max = std::numeric_limits<std::int64_t>::max();

error bad(std::string_view text, const char* why) {
  return fail(errc::invalid_value, "'" + std::string(text.substr(0, 40)) + "' " + why);
}

}  // namespace

result<std::int64_t> parse_fixed(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative || (!rest.empty() && rest.front() == '+'))
    rest.remove_prefix(1);
  const auto point = std::min(rest.find('.'), rest.size());
  const auto whole = rest.substr(0, point);
  auto fraction = point < rest.size() ? rest.substr(point + 1) : std::string_view{};
  while (!fraction.empty() && fraction.back() == '0')
    fraction.remove_suffix(1);

  if (whole.empty() && rest.size() <= point + 1)
    return bad(text, "is not a decimal number");
  if (fraction.size() > static_cast<std::size_t>(fixed_decimals))
    return bad(text, "has more than 8 decimals");
  wide_int seen = 0;
  for (std::string_view part : {whole, fraction}) {
    for (char c : part) {
      if (c < '0' || c > '9')
        return bad(text, "is not a decimal number");
      seen = seen * 10 + (c - '0');
      if (seen > raw_max)
        return fail(errc::out_of_range, "'" + std::string(text.substr(0, 40)) + "' is too large");
    }
  }
  for (std::size_t i = fraction.size(); i < static_cast<std::size_t>(fixed_decimals); ++i)
    seen *= 10;
  if (seen > raw_max)
    return fail(errc::out_of_range, "'" + std::string(text.substr(0, 40)) + "' is too large");
  const auto raw = static_cast<std::int64_t>(seen);
  return negative ? -raw : raw;
}

std::string format_fixed(std::int64_t raw) {
  const bool negative = raw < 0;
  const auto magnitude =
      negative ? 0ULL - static_cast<std::uint64_t>(raw) : static_cast<std::uint64_t>(raw);
  const auto scale = static_cast<std::uint64_t>(fixed_scale);
  // From its last character to its first: the most are a sign, 11 digits, a point and 8 more.
  std::array<char, 21> text;
  auto* first = text.end();
  const auto put = [&](std::uint64_t digit) { *--first = static_cast<char>('0' + digit); };
  auto fraction = magnitude % scale;
  for (int i = 0; i < fixed_decimals; ++i, fraction /= 10)
    if (fraction % 10 != 0 || first != text.end())
      put(fraction % 10);
  if (first != text.end())
    *--first = '.';
  auto whole = magnitude / scale;
  do
    put(whole % 10);
  while ((whole /= 10) != 0);
  if (negative)
    *--first = '-';
  return {first, text.end()};
}

}  // namespace sluice

// Decimals that are only displayed: cut to eight digits, saturated, never refused for their size.
#include <limits>

#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {

result<std::int64_t> parse_lenient(std::string_view text) {
  if (text.empty())
    return 0;
  auto kept = text;
  const auto point = text.find('.');
  if (point != std::string_view::npos) {
    const auto fraction = text.substr(point + 1);
    if (fraction.find_first_not_of("0123456789") != std::string_view::npos)
      return fail(errc::invalid_value, "is not a decimal number");
    kept = text.substr(0, point + 1 + static_cast<std::size_t>(fixed_decimals));
  }
  auto parsed = parse_fixed(kept);
  if (parsed || parsed.error().code != errc::out_of_range)
    return parsed;
  return text.front() == '-' ? std::numeric_limits<std::int64_t>::min()
                             : std::numeric_limits<std::int64_t>::max();
}

}  // namespace sluice::exchange

// Sizes in bytes to and from text.
#include "byte_size.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace sluice::config {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array units{unit{"GiB", 1ULL << 30U}, unit{"MiB", 1ULL << 20U},
                           unit{"KiB", 1ULL << 10U}, unit{"B", 1}};

}  // namespace

result<std::uint64_t> parse_byte_size(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (ec == std::errc{}) {
    const auto name = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& u : units) {
      std::uint64_t bytes = 0;
      if (u.name == name && !__builtin_mul_overflow(count, u.bytes, &bytes))
        return bytes;
    }
  }
  return fail(errc::invalid_value, "takes a size with a unit: B, KiB, MiB or GiB, e.g. \"64KiB\"");
}

std::string format_byte_size(std::uint64_t bytes) {
  for (const auto& u : units)
    if (bytes >= u.bytes && bytes % u.bytes == 0)
      return fmt::format("{}{}", bytes / u.bytes, u.name);
  return "0B";
}

}  // namespace sluice::config

// The small words of the reader: sizes with units, and names that were mistyped.
#include "byte_size.hpp"
#include "nearest.hpp"
#include "support/catch.hpp"

namespace sluice::config {

TEST_CASE("sizes are read with binary units and written with the largest that fits") {
  CHECK(*parse_byte_size("0B") == 0);
  CHECK(*parse_byte_size("64KiB") == 65'536);
  CHECK(*parse_byte_size("3GiB") == 3'221'225'472ULL);
  CHECK(format_byte_size(65'536) == "64KiB");
  CHECK(format_byte_size(1'500) == "1500B");
  CHECK(format_byte_size(0) == "0B");
  for (std::uint64_t n : {1ULL, 1'023ULL, 1'024ULL, 1ULL << 20U, (1ULL << 30U) + 1})
    CHECK(*parse_byte_size(format_byte_size(n)) == n);
}

TEST_CASE("sizes without a binary unit, negative, or past 64 bits are refused") {
  for (const auto* text : {"", "64", "64kB", "64MB", "64 KiB", "-1B", "1.5MiB", "KiB",
                           "18446744073709551615GiB", "99999999999999999999B"}) {
    INFO(text);
    CHECK_FALSE(parse_byte_size(text));
  }
}

TEST_CASE("the distance between names counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("bound", "bound") == 0);
  CHECK(edit_distance("bound", "buond") == 1);
  CHECK(edit_distance("bound", "bonud") == 1);
  CHECK(edit_distance("bound", "bounds") == 1);
  CHECK(edit_distance("bound", "ound") == 1);
  CHECK(edit_distance("abc", "") == 3);
}

TEST_CASE("only a name that is close is suggested") {
  const std::vector<std::string> known{"latency", "bound", "strategy"};
  CHECK(nearest("latancy", known) == "latency");
  CHECK(nearest("startegy", known) == "strategy");
  CHECK_FALSE(nearest("zzzzz", known));
  CHECK_FALSE(nearest(std::string(1'000'000, 'x'), known));
}

}  // namespace sluice::config
